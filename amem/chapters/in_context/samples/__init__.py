"""Where does the sampler lead its chains, the more points are shown?"""

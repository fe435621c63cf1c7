"""How well does the energy predict the next point, and how sharp is it, the more points are shown?"""

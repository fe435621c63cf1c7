"""Does it matter in which order the points are shown?"""

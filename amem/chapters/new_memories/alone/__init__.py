"""How well does one who makes every point a cluster, and which streams did the poster use?"""

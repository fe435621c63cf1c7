"""How many points are stored, dimension by dimension?"""

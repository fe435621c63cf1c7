"""How far apart must two points be to be two memories?"""

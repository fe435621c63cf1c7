"""How often is a bit of a stored pattern wrong after one step?"""

"""How much depends on the order in which the points come?"""

"""How much do the two knobs that we turn give away?"""

"""How many flipped bits does one step of the exponential memory repair?"""

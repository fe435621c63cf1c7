"""How well does it find the classes of small data sets?"""

"""What do the landscapes look like that a network makes of the points it is shown?"""

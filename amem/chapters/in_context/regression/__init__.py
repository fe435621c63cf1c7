"""Does the energy over y find a straight line from the pairs it is shown?"""

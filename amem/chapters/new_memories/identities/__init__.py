"""Does the network do exactly what theory says of it?"""

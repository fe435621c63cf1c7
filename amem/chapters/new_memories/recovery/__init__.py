"""Does the network count planted clusters, and what if it loses a constant?"""

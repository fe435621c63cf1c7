"""How many places are there on a walk through rooms and hallways?"""

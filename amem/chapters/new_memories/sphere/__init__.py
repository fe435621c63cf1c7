"""Does it find directions on the sphere, and what do two slips cost?"""

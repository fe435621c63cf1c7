"""How many points do the theorems promise in published settings, and are they stored?"""

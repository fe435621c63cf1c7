"""How fast does sampling tend to the recursion?"""

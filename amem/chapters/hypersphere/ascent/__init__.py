"""Does normalised attention ever go down under random heads?"""

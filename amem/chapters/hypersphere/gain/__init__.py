"""What does the gain do to the sphere and to the concentrations?"""

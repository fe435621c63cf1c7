"""What does an energy look like, and where do its paths end?"""

"""Which memories are one and the same two-layer network?"""

"""Does the right memory of the past help on streams of Gaussian clusters?"""

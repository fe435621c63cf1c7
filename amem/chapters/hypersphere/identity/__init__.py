"""Is attention what the mixture says, and what must change it?"""

"""Is it right when it is sure?"""

"""Which points can the theorems vouch for, one by one?"""

"""Which averages does attention remember at which temperature?"""

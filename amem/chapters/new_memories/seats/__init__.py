"""How many tables are there after so many customers?"""

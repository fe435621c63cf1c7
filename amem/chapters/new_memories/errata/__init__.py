"""What do slips of pen and code do, in numbers?"""

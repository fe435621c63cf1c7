"""How many real images does a memory hold?"""

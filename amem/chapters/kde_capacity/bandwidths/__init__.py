"""How wide may the kernels be?"""

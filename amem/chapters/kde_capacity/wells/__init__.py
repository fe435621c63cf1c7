"""What becomes of the wells as the kernels widen?"""

"""What does contrastive divergence teach one quadratic well?"""

"""What does a network that was taught mixtures make of other shapes?"""

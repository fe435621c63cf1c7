"""What does a memory make of a spoiled image?"""

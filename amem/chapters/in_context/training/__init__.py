"""What is there to see while a network learns, and what is its landscape worth on the way?"""

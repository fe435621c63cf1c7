"""What does a network learn from a finite pool of tasks?"""

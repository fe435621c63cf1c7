"""What does a head look like that attends on the ordinary sphere?"""

"""What is proved and what is predicted in the limit of many dimensions?"""

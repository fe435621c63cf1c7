"""What must hold whatever was learned?"""

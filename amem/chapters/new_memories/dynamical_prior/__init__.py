"""Who sits where when the past fades or comes back?"""

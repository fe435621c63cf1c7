"""How well every model clusters at one sensible setting."""

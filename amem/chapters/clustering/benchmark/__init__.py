"""How well every model clusters over all settings, none of them tuned."""

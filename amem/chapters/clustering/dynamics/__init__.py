"""Two memories at work on the same input."""

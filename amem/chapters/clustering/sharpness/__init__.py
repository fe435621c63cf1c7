"""How well the models cluster as β grows, and when they are trained for longer."""

"""The β below which memories fall together."""

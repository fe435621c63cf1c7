"""Chapters: each chooses and measures, with the equations of the core and the numbers of a paper."""

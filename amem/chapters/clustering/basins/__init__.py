"""Where CLAM comes to rest, and which memory was nearest."""

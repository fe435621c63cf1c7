"""Published statements beside what holds."""

"""Learning: functions from data to memories, weights or parameters. One rule family a file."""

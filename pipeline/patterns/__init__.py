"""Patterns: who starts, who waits, and where work waits."""

"""Hostile, damaged and unusual input: what a user can hand over, and what has to come of it."""

"""Reactions and returns told at the counter: recorded, reported, and counted against the product for that
patient."""

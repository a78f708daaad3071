"""Answers for other programs: JSON Lines on the command line and JSON over HTTP, in the contract's public form."""

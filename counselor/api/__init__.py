"""Answers for other programs: JSON Lines on the command line, JSON over HTTP, in the contract's form."""

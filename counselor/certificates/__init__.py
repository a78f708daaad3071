"""Certificates of analysis: the documents, what they say, and what is missing."""

"""Recalls: batches held at once, who was given them, each call and letter, and the closing with evidence."""

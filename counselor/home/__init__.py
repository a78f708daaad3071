"""The counter: where everybody starts."""

"""What comes in from outside: catalog files, read, judged, shown, applied whole or not at all."""

"""Training of the scorer that chooses passages as a set."""

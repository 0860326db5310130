"""Training of the reading of questions."""

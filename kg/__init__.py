"""What is known, and the only way to change it."""

"""What a question asks, read from its words."""

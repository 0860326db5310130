"""How the cost of retrieval grows with the number of passages."""

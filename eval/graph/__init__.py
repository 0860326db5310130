"""Questions that only the graph can answer, with gold computed from the tables."""

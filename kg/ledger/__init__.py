"""Changes of the graph: typed edits, their checks and what they write."""

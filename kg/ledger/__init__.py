"""Changes of the graph: typed edits, their checks and their writes."""

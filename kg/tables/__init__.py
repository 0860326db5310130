"""Tables in and out of the graph, as a mapping file says."""

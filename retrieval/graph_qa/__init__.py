"""Questions to the graph as plans: read by rules or by a model, executed through the graph's own protocol."""

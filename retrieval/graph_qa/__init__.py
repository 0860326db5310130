"""Questions to the graph as plans: parsed by rules or by a model, executed through the graph's own protocol."""

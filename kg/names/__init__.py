"""Names of entities: spelling, variants and how a text finds them."""

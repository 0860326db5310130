"""How well retrieval finds what answers."""

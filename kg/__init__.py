"""Documents, the knowledge graph, and the ledger of their changes."""

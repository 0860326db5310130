"""Documents: reading files into blocks and cutting blocks into passages."""

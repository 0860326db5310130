"""Sources of passages beside the dense and the lexical index."""

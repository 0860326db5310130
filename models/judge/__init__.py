"""The judge: a small cross-encoder that reads a claim or a question together with a text."""

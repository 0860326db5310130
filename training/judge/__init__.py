"""Training of the judge: a small cross-encoder that says whether evidence supports a claim."""

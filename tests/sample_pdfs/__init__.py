"""The two PDF documents of the sample, made from our own text."""

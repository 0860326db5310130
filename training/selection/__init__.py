"""Trains the weights that choose the sentences of an answer."""

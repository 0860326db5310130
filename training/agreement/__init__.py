"""Trains how probably a sentence of an answer is right, from labelled sentences."""

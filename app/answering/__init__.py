"""Answering a question from evidence, sentence by sentence."""

"""Checks of claims against evidence, and of evidence against a question."""

"""Parsed questions: intent, entities and records that a question asks for."""

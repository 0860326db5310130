"""Prompt strategies compared: the same questions, the same model, other prompts; accuracy beside its cost."""

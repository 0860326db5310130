"""A task for lm-evaluation-harness, which asks the service through its OpenAI-compatible endpoint."""

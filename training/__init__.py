"""Producing adapters: data building, fine-tuning and publishing behind the evaluation gate."""

"""Operational state: runs, feedback and API keys in SQL tables."""

"""Ingestion: files become documents, durably."""

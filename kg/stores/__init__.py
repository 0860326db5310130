"""Stores: where the knowledge is kept."""

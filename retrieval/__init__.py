"""Finding evidence."""

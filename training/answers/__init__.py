"""Training of the adapter that lets the embedded chat model answer from evidence."""

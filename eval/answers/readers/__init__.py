"""One file a format of questions."""

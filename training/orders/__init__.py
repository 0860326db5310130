"""Training of what tells orders to a reader of documents from ordinary sentences."""

"""Personalised PageRank over passages and the names in them."""

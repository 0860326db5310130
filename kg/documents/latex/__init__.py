"""LaTeX papers: the source made whole, its text, and its blocks."""

"""The space between two sentences of an answer."""

from kg.documents.language import language_of


def gap(before: str, after: str) -> str:
    """A space, except between Chinese sentences and where nothing stands before."""
    return "" if not before or language_of(before) == language_of(after) == "zh" else " "

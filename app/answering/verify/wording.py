"""How much of a text's wording another text holds, across Chinese and English."""

from collections.abc import Iterator

from kg.documents.language import language_of
from kg.documents.sentences import sentences
from retrieval.text.glossary import bundled_glossary
from retrieval.text.words import latin_words, words

_WINDOW = 3


def share_held(claim: str, text: str) -> float:
    """The share of the claim's words that the text holds, 0 to 1.

    A Chinese claim meets English text by the glossary's words for its terms and by the Latin words that it holds.
    """
    held = frozenset(words(text))
    asked = _alternatives(claim, across=language_of(claim) == "zh" and language_of(text) != "zh")
    return sum(not one.isdisjoint(held) for one in asked) / len(asked) if asked else 0.0


def added_words(text: str, question: str) -> frozenset[str]:
    """Words of a text that a question does not hold."""
    return frozenset(words(text)) - frozenset(words(question))


def windows(text: str, *, longest: int = _WINDOW) -> Iterator[str]:
    """Every run of one to ``longest`` neighbouring sentences, short runs first."""
    spans = sentences(text) or [(0, len(text))]
    for size in range(1, min(longest, len(spans)) + 1):
        for first in range(len(spans) - size + 1):
            yield text[spans[first][0] : spans[first + size - 1][1]]


def _alternatives(claim: str, *, across: bool) -> list[frozenset[str]]:
    """The words of a claim, each with the words of the other language that stand for it."""
    if not across:
        return [frozenset((word,)) for word in dict.fromkeys(words(claim))]
    terms = [frozenset(words(english)) for english in bundled_glossary().terms(claim).values()]
    latin = [frozenset((word,)) for word in dict.fromkeys(latin_words(claim))]
    return [one for one in (*terms, *latin) if one]

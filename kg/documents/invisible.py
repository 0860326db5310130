"""Text that no reader sees, as it is told, and the characters that hide text or turn its order around, left out."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.domain import Block, Box, Document
from kg.protocols import ParseResult

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_MOST_TOLD = 80
_KINDS = (
    ("marks of direction", re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")),
    ("tag characters", re.compile("[\U000e0000-\U000e0fff]")),
    ("characters without width", re.compile("[\u034f\u115f\u1160\u180e\u200b-\u200d\u2060\u3164\ufeff\uffa0]")),
)


def left_out(what: str, text: str) -> str:
    """The warning of text that no reader sees (``hidden text``), with its beginning."""
    told = text if len(text) <= _MOST_TOLD else f"{text[:_MOST_TOLD]}…"
    return f"{what} is left out: “{told}”"


def without_invisible(result: ParseResult) -> ParseResult:
    """The documents without invisible characters, with a warning that counts them; soft hyphens go untold."""
    told: Counter[str] = Counter()

    def seen(text: str) -> str:
        if text.isascii() or not _UNSEEN.search(text):
            return text
        for kind, pattern in _KINDS:
            told[kind] += len(pattern.findall(text))
        return _UNSEEN.sub("", text)

    documents = tuple((_document(document, seen), _blocks(blocks, seen)) for document, blocks in result.documents)
    kinds = ", ".join(f"{count} {kind}" for kind, count in told.items() if count)
    warnings = (*result.warnings, f"invisible characters are left out: {kinds}") if kinds else result.warnings
    return ParseResult(documents, result.problems, warnings)


def _document(document: Document, seen: Callable[[str], str]) -> Document:
    authors = tuple(map(seen, document.authors))
    journal = seen(document.journal) if document.journal else document.journal
    return replace(document, title=seen(document.title), authors=authors, journal=journal)


def _blocks(blocks: Sequence[Block], seen: Callable[[str], str]) -> tuple[Block, ...]:
    cleaned = [(block, seen(block.text)) for block in blocks]
    return tuple(
        block if text is block.text else replace(block, text=text, lines=_lines(block))
        for block, text in cleaned
        if text or not block.text
    )


def _lines(block: Block) -> tuple[tuple[int, Box], ...]:
    return tuple((len(_UNSEEN.sub("", block.text[:first])), box) for first, box in block.lines)

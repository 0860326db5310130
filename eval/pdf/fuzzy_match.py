"""Finding text with a number of differences allowed, as olmOCR-bench defines it."""

import re
import unicodedata
from collections.abc import Iterator

_REPLACED = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "＿": "_", "–": "-", "—": "-", "‑": "-", "‒": "-",
     "−": "-", "\u00b5": "\u03bc"}
)  # fmt: skip


def normalised(text: str) -> str:
    """Text without emphasis, with single spaces, NFC, plain quotes and dashes."""
    text = re.sub(r"<br/?>", " ", text)
    text = re.sub(r"(\*\*|__)(.*?)\1", r"\2", text)
    text = re.sub(r"</?[bi]>", "", text)
    text = re.sub(r"(\*\*|__)(.*?)\1", r"\2", text)
    text = re.sub(r"(\*|_)(.*?)\1", r"\2", text)
    text = re.sub(r"\s+", " ", text)
    return unicodedata.normalize("NFC", text).translate(_REPLACED)


def indel_ratio(one: str, two: str) -> float:
    """1 less the insertions and deletions that make one text the other, by their summed length."""
    whole = len(one) + len(two)
    *_, distance = _distances(one, two, replace_cost=2, anywhere=False)
    return (whole - distance) / whole if whole else 1.0


def contains(query: str, text: str, max_diffs: int) -> bool:
    """Whether some window as long as the query has an indel ratio of at least 1 - max_diffs / length."""
    if len(text) < len(query) - max_diffs:
        return False
    if query in text:
        return True
    if not max_diffs:
        return False
    threshold = 1 - max_diffs / len(query)
    size = len(query)
    ends = near_ends(query, text, 2 * max_diffs, replace_cost=2)
    starts = {start for end in ends for start in range(end - size - 2 * max_diffs, end - size + 2 * max_diffs + 1)}
    return any(
        indel_ratio(query, text[max(start, 0) : start + size]) >= threshold for start in starts if start + size > 0
    )


def near_ends(query: str, text: str, max_diffs: int, *, replace_cost: int = 1) -> list[int]:
    """Where substrings within ``max_diffs`` (Levenshtein by default) of the query end."""
    if max_diffs == 0:
        return [m.start() + len(query) for m in re.finditer(f"(?={re.escape(query)})", text)]
    distances = _distances(query, text, replace_cost=replace_cost, anywhere=True)
    return [end for end, distance in enumerate(distances) if end and distance <= max_diffs]


def comes_before(before: str, after: str, text: str, max_diffs: int) -> bool:
    """Whether a near match of one text starts before a near match of the other."""
    # A match starts where it ends in the text that is read backward, counted from the end.
    first, second = (near_ends(query[::-1], text[::-1], max_diffs) for query in (before, after))
    return bool(first) and bool(second) and max(first) > min(second)


def _distances(query: str, text: str, *, replace_cost: int, anywhere: bool) -> Iterator[int]:
    """The query's distance to each beginning of the text, or to what ends there and starts ``anywhere`` (Sellers)."""
    column = list(range(len(query) + 1))
    yield column[-1]
    for place, character in enumerate(text, start=1):
        diagonal, column[0] = column[0], 0 if anywhere else place
        for row, wanted in enumerate(query, start=1):
            cost = diagonal if wanted == character else diagonal + replace_cost
            diagonal = column[row]
            column[row] = min(cost, column[row] + 1, column[row - 1] + 1)
        yield column[-1]

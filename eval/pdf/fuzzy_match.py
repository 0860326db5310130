"""Finding text with a number of differences allowed, as olmOCR-bench defines it."""

import re
import unicodedata

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
    return 1.0 if not whole else 2 * _common(one, two) / whole


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
    ends = _near_ends(query, text, 2 * max_diffs, replace_cost=2)
    starts = {start for end in ends for start in range(end - size - 2 * max_diffs, end - size + 2 * max_diffs + 1)}
    return any(
        indel_ratio(query, text[max(start, 0) : start + size]) >= threshold for start in starts if start + size > 0
    )


def near_ends(query: str, text: str, max_diffs: int) -> list[int]:
    """Where substrings within ``max_diffs`` (Levenshtein) of the query end."""
    return _near_ends(query, text, max_diffs, replace_cost=1)


def comes_before(before: str, after: str, text: str, max_diffs: int) -> bool:
    """Whether a near match of one text starts before a near match of the other."""
    starts = [_starts(query, text, max_diffs) for query in (before, after)]
    return bool(starts[0]) and bool(starts[1]) and min(starts[0]) < max(starts[1])


def _starts(query: str, text: str, max_diffs: int) -> list[int]:
    backward = text[::-1]
    return [len(text) - end for end in near_ends(query[::-1], backward, max_diffs)]


def _near_ends(query: str, text: str, most: int, replace_cost: int) -> list[int]:
    """Sellers' algorithm: a column of distances for every end place in the text."""
    if most == 0:
        return [m.start() + len(query) for m in re.finditer(f"(?={re.escape(query)})", text)]
    column = list(range(len(query) + 1))
    ends = []
    for place, character in enumerate(text, start=1):
        diagonal, column[0] = column[0], 0
        for row, wanted in enumerate(query, start=1):
            cost = diagonal if wanted == character else diagonal + replace_cost
            diagonal = column[row]
            column[row] = min(cost, column[row] + 1, column[row - 1] + 1)
        if column[-1] <= most:
            ends.append(place)
    return ends


def _common(one: str, two: str) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(two) + 1)
    for a in one:
        diagonal = 0
        for place, b in enumerate(two, start=1):
            diagonal, row[place] = row[place], diagonal + 1 if a == b else max(row[place], row[place - 1])
    return row[-1]

"""Negation before an entity to exclude: "in A but not in B", "A 有而 B 没有"."""

import re

from retrieval.graph_qa.intent_patterns import BUT, CONTAINS, JOINS, NAME_FIRST, NAME_LAST, NOT_AFTER, NOT_BEFORE

_NAME = re.compile(f"[{NAME_FIRST}-{NAME_LAST}]")
_NO_NEGATION = re.compile(r"有没有|是不是|含不含|有无|能不能|\bwhether or not\b|\bnot only\b|\bnothing but\b")
_HAS = re.compile(r"^\s*(?:却|则|也)?(?:含|有|具|has|does|contains)")

_THAN = {"比", "比起", "相比"}
_HAS_MORE = re.compile(r"^\s*多(?:了|出|含|用)")


def excluded(text: str, count: int) -> frozenset[int]:
    """Numbers of the names in a read question that are excluded; never all of them."""
    gaps = _NAME.split(_NO_NEGATION.sub(" ", text))
    if len(gaps) != count + 1:
        return frozenset()
    out: dict[int, bool] = {}
    for number in range(count):
        before, after = gaps[number], gaps[number + 1]
        if (number and number - 1 in out and not out[number - 1] and JOINS.match(before)) or _excludes_next(
            before, gaps, number
        ):
            out[number] = False
        if _excludes_previous(after, gaps, number):
            out[number] = True
        if number and before.strip() in _THAN and _HAS_MORE.match(after):
            out[number] = False
    for number in range(count - 2, -1, -1):
        spared = count - len(out) > 1
        if number not in out and out.get(number + 1) and spared and JOINS.match(gaps[number + 1]):
            out[number] = True
    return frozenset(out) if len(out) < count else frozenset()


def _excludes_next(gap: str, gaps: list[str], number: int) -> bool:
    """Whether a negation in the gap is said of the name behind it."""
    found = list(NOT_BEFORE.finditer(gap))
    if not found:
        return False
    last = found[-1]
    if BUT.search(gap[last.end() :]):
        return False
    return not (number and _belongs_to_previous(gap, gaps, number))


def _excludes_previous(gap: str, gaps: list[str], number: int) -> bool:
    """Whether a negation in the gap is said of the name before it."""
    found = NOT_AFTER.match(gap)
    if found is None:
        return False
    last = number + 2 == len(gaps)
    if last or BUT.search(gap[found.end() :]):
        return True
    return _belongs_to_previous(gap, gaps, number + 1) or (
        gap[found.end() :].strip(" 的,，") == "" and found[0].endswith("外")
    )


def _belongs_to_previous(gap: str, gaps: list[str], number: int) -> bool:
    """黄芪不含而当归含有的 against 含黄芪不含当归的: whether the name before the gap is a subject."""
    if NOT_AFTER.match(gap) is None:
        return False
    return not CONTAINS.search(gaps[number - 1]) and _HAS.match(gaps[number + 1]) is not None

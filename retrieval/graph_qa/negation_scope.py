"""Negation before an entity to exclude: "in A but not in B", "A 有而 B 没有"."""

from retrieval.graph_qa.intent_patterns import NAME, IntentPatterns


def excluded(text: str, count: int, intents: IntentPatterns) -> frozenset[int]:
    """Numbers of the names in a read question that are excluded."""
    gaps = NAME.split(intents.no_negation.sub(" ", text))
    if len(gaps) != count + 1:
        return frozenset()
    out: dict[int, bool] = {}
    for number in range(count):
        before, after = gaps[number], gaps[number + 1]
        if (number and number - 1 in out and not out[number - 1] and intents.joins.match(before)) or _excludes_next(
            before, gaps, number, intents
        ):
            out[number] = False
        if _excludes_previous(after, gaps, number, intents):
            out[number] = True
        if number and intents.than.match(before) and intents.has_more.match(after):
            out[number] = False
    for number in range(count - 2, -1, -1):
        spared = count - len(out) > 1
        if number not in out and out.get(number + 1) and spared and intents.joins.match(gaps[number + 1]):
            out[number] = True
    return frozenset(out)


def _excludes_next(gap: str, gaps: list[str], number: int, intents: IntentPatterns) -> bool:
    """Whether a negation in the gap applies to the name after it."""
    found = list(intents.not_before.finditer(gap))
    if not found:
        return False
    last = found[-1]
    if intents.but.search(gap[last.end() :]):
        return False
    return not (number and _belongs_to_previous(gap, gaps, number, intents))


def _excludes_previous(gap: str, gaps: list[str], number: int, intents: IntentPatterns) -> bool:
    """Whether a negation in the gap is said of the name before it."""
    found = intents.not_after.match(gap)
    if found is None:
        return False
    last = number + 2 == len(gaps)
    if last or intents.but.search(gap[found.end() :]):
        return True
    return _belongs_to_previous(gap, gaps, number + 1, intents) or (
        gap[found.end() :].strip(f" ,，{intents.particles}") == "" and found[0].endswith(intents.beyond)
    )


def _belongs_to_previous(gap: str, gaps: list[str], number: int, intents: IntentPatterns) -> bool:
    """黄芪不含而当归含有的 against 含黄芪不含当归的: whether the name before the gap is a subject."""
    if intents.not_after.match(gap) is None:
        return False
    return not intents.contains.search(gaps[number - 1]) and intents.has.match(gaps[number + 1]) is not None

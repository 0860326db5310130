"""How much a corpus is like an encyclopaedia, whose passages name each other's titles."""

HALF_LINKED = 0.03
"""The share of titles named elsewhere that is half way from papers to an encyclopaedia."""


def linked_share(link_density: float | None, *, unknown: float) -> float:
    """From 0 among papers to 1 in an encyclopaedia; ``unknown`` where there are no titles."""
    if link_density is None:
        return unknown
    share = (link_density / HALF_LINKED) ** 2
    return share / (share + 1.0)

"""What it costs to find the elements that a selector of a style sheet names on a page."""

import re
from collections import Counter

from selectolax.lexbor import LexborHTMLParser

_ATTRIBUTE = re.compile(r"\[[^\]]{0,500}\]")
_COUNTED = re.compile(r":(?:nth-[a-z-]{1,20}\([^()]{0,100}\)|(?:first|last|only)-of-type)")
"""What counts the siblings of an element."""
_LINK = re.compile(r"\s{0,99}[>+~]\s{0,99}|\s{1,99}")
_NAME = re.compile(r"\.[\w-]{1,80}|^[a-z][\w-]{0,80}", re.IGNORECASE)
_STEPS_TO_TRY = 8
"""Trying a selector on an element takes as long as so many steps from one element to the next."""
_STEPS, _STEPS_AN_ELEMENT = 300_000_000, 10_000
"""Steps for all selectors of a page: about a second, and four more for 100,000 elements."""


class SelectorBudget:
    """The steps that are left for the selectors of one page.

    A selector is matched from its right end. Each descendant combinator is a walk through all ancestors and each ``~``
    one through all siblings before, again for every element that matches so far: three of them cost the cube.
    """

    def __init__(self, tree: LexborHTMLParser) -> None:
        depths: dict[int, int] = {}
        rows: Counter[int] = Counter()
        self._named: Counter[str] = Counter()
        for node in tree.css("*"):
            parent = node.parent.mem_id if node.parent is not None else 0
            depths[node.mem_id] = depths.get(parent, 0) + 1
            rows[parent] += 1
            self._named[(node.tag or "").lower()] += 1
            self._named.update({f".{name}" for name in (node.attributes.get("class") or "").split()})
        self._elements = len(depths)
        self._depth = max(depths.values(), default=0)
        self._row = max(rows.values(), default=0)
        self.left = _STEPS + _STEPS_AN_ELEMENT * self._elements

    def takes(self, selector: str) -> bool:
        """Take the steps of a selector from those that are left; whether there are as many."""
        steps = self.steps(selector)
        if steps > self.left:
            return False
        self.left -= steps
        return True

    def steps(self, selector: str) -> int:
        """The most steps that finding the elements of a selector takes."""
        bare = _COUNTED.sub(":nth", _ATTRIBUTE.sub("", selector))
        flat = re.sub("[()]", " ", bare).strip(" >+~")
        parts, links = _LINK.split(flat), _LINK.findall(flat)
        matched = self._elements if ":has" in selector else self._of(parts[-1])
        steps = _STEPS_TO_TRY * self._elements + matched * self._row * parts[-1].count(":nth")
        for part, link in zip(reversed(parts[:-1]), reversed(links), strict=True):
            reach = {">": 1, "+": 1, "~": self._row}.get(link.strip(), self._depth)
            steps += matched * reach
            matched *= min(reach, self._of(part))
            steps += matched * self._row * part.count(":nth")
        return steps

    def _of(self, part: str) -> int:
        """The most elements that a part of a selector without combinators matches."""
        names = (name if name.startswith(".") else name.lower() for name in _NAME.findall(part))
        return min((self._named[name] for name in names), default=self._elements)

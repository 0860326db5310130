"""How deep the elements of a page are nested, told from its text before the costly work of parsing it."""

import re
from collections import Counter
from dataclasses import dataclass, field

from kg.errors import DamagedDocument

MOST_OPEN = 2_000
"""Elements that may be open at once: an honest page has some tens, one that forgets to close them some hundreds."""
MOST_FORMATS = 100
"""Different formats that may be open at once: each paragraph after them gets all of them anew."""
_TAG = re.compile(r"<(?:!--|(/?)([a-z][^\s/>]{0,40}))")
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"})
"""Elements whose content is text, whatever it looks like."""
_FOREIGN = ("svg", "math")
"""Elements in which a tag that ends with ``/>`` holds nothing."""
_ROWS = frozenset({"tr", "tbody", "thead", "tfoot"})
_CELLS = frozenset({"td", "th"})
_UNCOUNTED = _ROWS | frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
     "html", "head", "body", "p", "li", "dt", "dd", "option", "optgroup", "rb", "rp", "rt", "rtc", "colgroup"}
)  # fmt: skip
"""Elements that hold nothing, and those that the next one of their kind closes."""
_FORMATS = frozenset({"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"})


def check_nesting(html: str, path: str, *, most: int = MOST_OPEN) -> None:
    """Raise DamagedDocument where more elements than ``most`` are open at once, or too many different formats.

    The time is linear in the length of the text.
    """
    if html.count("<") <= min(most, MOST_FORMATS):
        return
    html = html.lower()
    opened = _Opened()
    at = 0
    while found := _TAG.search(html, at):
        closes, name = found[1], found[2]
        if name is None:
            at = html.find("-->", found.start() + 2) + 3
            if at < found.end():  # a comment that takes the rest of the page
                return
            continue
        at = html.find(">", found.end()) + 1
        if not at:
            return
        foreign = any(opened.count[one] for one in _FOREIGN)
        if foreign and not closes and html[at - 2] == "/":
            continue
        if (name in _ROWS or name in _CELLS) and opened.count["table"]:
            opened.leave("table")
        if closes and opened.count[name]:
            opened.leave(name)
            opened.close()
        elif not closes and name in _RAW and not foreign:
            at = html.find(f"</{name}", at)
            if at < 0:
                return
        elif not closes and name not in _UNCOUNTED:
            opened.open(name, html[found.start() : at] if name in _FORMATS else "")
            if len(opened.names) > most or len(opened.formats) > MOST_FORMATS:
                line, much = html.count("\n", 0, at) + 1, f"{most:,} elements"
                much = much if len(opened.names) > most else f"{MOST_FORMATS} different formats"
                why = f"line {line}: more than {much} are open at once, the last one <{name}>"
                raise DamagedDocument(path, why, "close them: open the page in a browser and save it again")


@dataclass(slots=True)
class _Opened:
    """The elements that are open, how many there are of each name, and of each format with its attributes."""

    names: list[tuple[str, str]] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)

    def open(self, name: str, tag: str) -> None:
        """Open an element; ``tag`` is the whole tag of a format, else empty."""
        self.names.append((name, tag))
        self.count[name] += 1
        if tag:
            self.formats[tag] += 1

    def close(self) -> None:
        """Close the last element."""
        name, tag = self.names.pop()
        self.count[name] -= 1
        if tag:
            self.formats[tag] -= 1
            if not self.formats[tag]:
                del self.formats[tag]

    def leave(self, name: str) -> None:
        """Close the elements inside the last one of this name."""
        while self.names[-1][0] != name:
            self.close()

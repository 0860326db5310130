"""The running heads and page numbers of text that has form feeds between its pages."""

from collections import Counter
from collections.abc import Sequence

_LEAST_PAGES = 3


def without_margins(text: str) -> str:
    """The pages joined by blank lines, without the first and last lines that are the same, or count, on most pages.

    Lines that differ in their digits alone are text: a table may go on over the pages.
    """
    pages = [page.strip("\n").split("\n") for page in text.split("\f") if page.strip()]
    if len(pages) < _LEAST_PAGES:
        return text.replace("\f", "\n\n")
    for edge in (0, -1):
        shapes = [_shape(page[edge], number) for number, page in enumerate(pages)]
        repeated = {shape for shape, count in Counter(shapes).items() if count * 2 > len(pages)}
        pages = [_without(page, edge) if s in repeated else page for page, s in zip(pages, shapes, strict=True)]
    return "\n\n".join("\n".join(page) for page in pages)


def _without(page: Sequence[str], edge: int) -> list[str]:
    return [*page[1:]] if edge == 0 else [*page[:-1]] if len(page) > 1 else [*page]


def _shape(line: str, page: int) -> str:
    """The line, or for a number by how much it is ahead of the number of the page."""
    bare = line.strip(" -–—\t")
    return f"+{int(bare) - page}" if bare.isascii() and bare.isdecimal() and len(bare) < 5 else " ".join(line.split())

"""The running heads and page numbers of text that has form feeds between its pages."""

from collections import Counter

_LEAST_PAGES = 3


def without_margins(text: str) -> str:
    """The pages joined by blank lines, without the first and last lines that are the same, or count, on most pages.

    A running head is kept where it stands first, for it may be the title. Lines that differ in their digits alone are
    text: a table may go on over the pages.
    """
    pages = [page.strip("\n").split("\n") for page in text.split("\f") if page.strip()]
    if len(pages) < _LEAST_PAGES:
        return text.replace("\f", "\n\n")
    for edge in (0, -1):
        shapes = [_shape(page[edge], number) if page else "" for number, page in enumerate(pages)]
        repeated = {shape for shape, count in Counter(shapes).items() if count * 2 > len(pages)}
        kept = {shape for shape in repeated if edge == 0 and not shape.startswith("+")}
        for at, shape in enumerate(shapes):
            if shape in kept:
                kept.remove(shape)
            elif shape in repeated:
                pages[at] = pages[at][1:] if edge == 0 else pages[at][:-1]
    return "\n\n".join("\n".join(page) for page in pages if page)


def _shape(line: str, page: int) -> str:
    """The line, or for a number by how much it is ahead of the number of the page."""
    bare = line.strip(" -–—\t")
    return f"+{int(bare) - page}" if bare.isascii() and bare.isdecimal() and len(bare) < 5 else " ".join(line.split())

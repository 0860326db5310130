"""Metadata of a paper from its first page and from the metadata of its PDF; what neither tells stays empty."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import unescape
from types import MappingProxyType

from kg.documents.authors import turned, without_degrees
from kg.documents.description import Particulars, doi_in, year_in
from kg.documents.language import han_count, letters_of
from kg.documents.pdf.front import front_of
from kg.documents.pdf.pieces import Page, Word
from kg.documents.pdf.publication import publication_of
from kg.documents.pdf.raised import Raised
from kg.domain import Block, BlockKind, Box

_XMP = {
    "title": re.compile(r"<dc:title>(?>.{0,200}?<rdf:li[^<>]{0,200}>)(.{0,2000}?)</rdf:li>", re.DOTALL),
    "creators": re.compile(r"<dc:creator>((?:(?!<dc:creator>).){0,20000}?)</dc:creator>", re.DOTALL),
    "journal": re.compile(r"<prism:[pP]ublicationName[^>]{0,200}>(.{0,500}?)</", re.DOTALL),
    "doi": re.compile(r"<(?:prism:doi|prism:DOI|pdfx:doi|crossmark:DOI)[^>]{0,200}>(.{0,500}?)</", re.DOTALL),
    "date": re.compile(r"<prism:(?:coverDate|publicationDate|coverDisplayDate)[^>]{0,200}>(.{0,200}?)</", re.DOTALL),
}
_ITEM = re.compile(r"<rdf:li[^>]{0,200}>(.{0,500}?)</rdf:li>", re.DOTALL)
_NO_TITLE = re.compile(
    r"untitled|microsoft|\.(?:docx?|indd|qxd|tex|pdf|dvi|eps|tif|odt)\b|^\S*\d{4,}\S*$|^\W*$|proof|^article$|^PII\b|^doi:",
    re.IGNORECASE,
)


def particulars_of(
    page: Page,
    *,
    others: Iterable[Page] = (),
    raised: Sequence[Raised] = (),
    xmp: str | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> Particulars:
    """Title, authors, year, journal and identifiers, as far as the first page and the file tell them.

    ``others`` are the pages behind it; what their margins repeat is the work's own.
    """
    tags = {name: _told(pattern, xmp or "") for name, pattern in _XMP.items()}
    given = next((t for t in (tags["title"], told.get("Title", "")) if _is_title(t)), "")
    front = front_of(page, raised, given)
    whole = "\n".join(line.text for line in front.lines)
    shown = publication_of(front, page, others)
    doi = doi_in(tags["doi"])
    return Particulars(
        title=front.title or (given if letters_of(given) in letters_of(whole) else ""),
        authors=_told_authors(xmp or "", whole) or front.authors,
        year=year_in(tags["date"]) or shown.year,
        journal=tags["journal"] or shown.journal or None,
        identifiers={**shown.identifiers, **({"doi": doi} if doi else {})},
    )


def page_of(blocks: Sequence[Block]) -> Page:
    """The first page as blocks tell it, where its words are not known: headings are large, blocks stand in order."""
    words = []
    for number, block in enumerate(b for b in blocks if (b.page or 1) == 1):
        size = 16.0 - (block.level or 1) if block.kind is BlockKind.HEADING else 10.0
        words.append(Word(block.text, Box(0, 20.0 * number, 100, 20.0 * number + size), 0, size))
    return Page(1, 100, 20.0 * max(len(words), 40), (), tuple(words))


def with_title_whole(blocks: Sequence[Block], title: str) -> tuple[Block, ...]:
    """The blocks, with the heading of the first page that is the title less a line as the whole title."""
    words = title.split()
    return tuple(
        replace(block, text=title, lines=())
        if block.kind is BlockKind.HEADING and block.page == 1 and block.text != title and _is_part(block.text, words)
        else block
        for block in blocks
    )


def _is_part(text: str, title: Sequence[str]) -> bool:
    """Whether a text is half of a title at least, in its order, with lines of it left out."""
    rest = iter(title)
    words = text.split()
    return 2 * len(words) >= len(title) > len(words) > 2 and all(word in rest for word in words)


def _is_title(told: str) -> bool:
    return bool(told) and not _NO_TITLE.search(told) and len(told) >= (6 if han_count(told) else 12)


def _told(pattern: re.Pattern[str], xmp: str) -> str:
    found = pattern.search(xmp)
    return " ".join(unescape(re.sub(r"<[^>]{1,500}>", " ", found[1])).split()) if found else ""


def _told_authors(xmp: str, page: str) -> tuple[str, ...]:
    """The creators that the file tells, if the first page names each of them."""
    found = _XMP["creators"].search(xmp)
    names = [" ".join(unescape(name).split()) for name in _ITEM.findall(found[1])] if found else []
    names = [turned(name) for name in without_degrees(name for name in names if 3 < len(name) < 60)]
    shown = letters_of(page)
    whole = all((" " in name or han_count(name)) and letters_of(name.split()[-1]) in shown for name in names)
    return tuple(names) if names and whole else ()

"""Metadata of a paper from its first page and from the metadata of its PDF; what neither tells stays empty."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import unescape
from types import MappingProxyType

from kg.documents.authors import turned, without_degrees
from kg.documents.description import DOI, Particulars, doi_in
from kg.documents.language import han_count, letters_of
from kg.documents.pdf.front import Front, front_of
from kg.documents.pdf.pieces import Page, Word
from kg.documents.pdf.raised import Raised
from kg.documents.pdf.repair import repaired
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
_FRONT_PART, _FOOT_PART = 0.5, 0.85
_YEAR = r"(?:19|20)\d\d"
_NAMED = r"(?P<journal>[A-Z][\w.&:'’ -]{0,70}?)"
_CITATIONS = tuple(
    re.compile(_NAMED + pattern)
    for pattern in (
        rf"[,.]? \d{{1,4}}\w? \((?P<year>{_YEAR})\)",
        rf"[,.]? (?P<year>{_YEAR})[;,]\s?(?:\d{{1,2}} \w{{3,9}}[;,] ?)?[\w()]{{1,8}}\s?[:,]\s?\w",
        rf" ?\((?P<year>{_YEAR})\)[,;:]? \d{{1,4}}\s?[:,(]",
        rf"[,.]? \d{{1,4}} ?\w?[:,] ?\d{{1,5}}[–-]\d{{1,5}}\W{{0,4}}(?P<year>{_YEAR})?",
    )
)
_SITE = re.compile(r"(?P<journal>[A-Z][A-Za-z&:' ]{2,60}) \| (?:www\.|https?://)")
_IN_JOURNAL = re.compile(r"\((?:ESI|SI)\) for (?P<journal>[A-Z][\w.&' -]{2,60}?)\.?$")
_DATED = tuple(
    re.compile(rf"{words}[^\n]{{0,60}}?\b(?P<year>{_YEAR})\b", re.IGNORECASE)
    for words in (
        r"(?:publication date|published(?: online)?|version posted|citation|erschienen|出版|发表|刊出)",
        r"(?:©|\(c\)|copyright)",
        r"(?:accepted|available online|录用)",
        r"(?:received|收稿日期)",
        r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
    )
)
_PERSIAN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
_PMID = re.compile(r"\bPMID:?\s{0,2}(\d{5,9})\b")
_PMCID = re.compile(r"\b(PMC\d{5,9})\b")
_ARXIV = re.compile(r"\barXiv:(\d{2})(\d{2})\.(\d{4,5})(?:v\d{1,2})?\b")


def particulars_of(
    page: Page,
    blocks: Sequence[Block],
    *,
    raised: Sequence[Raised] = (),
    xmp: str | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> Particulars:
    """Title, authors, year, journal and identifiers, as far as the first page and the file tell them."""
    text = "\n".join(b.text for b in blocks if (b.page or 1) <= 2 and b.kind is not BlockKind.REFERENCE)
    tags = {name: _told(pattern, xmp or "") for name, pattern in _XMP.items()}
    given = next((t for t in (tags["title"], told.get("Title", "")) if _is_title(t)), "")
    front = front_of(page, raised, given)
    edges = [line.text for line in front.lines if not _FRONT_PART < line.box.y0 / max(front.height, 1) < _FOOT_PART]
    whole = "\n".join(line.text for line in front.lines)
    identifiers = _identifiers(tags["doi"], edges, whole, text)
    journal, year = _cited(edges, front)
    stamp = _ARXIV.search("\n".join(word.text for word in page.words))
    if stamp:
        identifiers["arxiv"] = f"{stamp[1]}{stamp[2]}.{stamp[3]}"
        year = year or 2000 + int(stamp[1])
    dated = re.search(_YEAR, tags["date"])
    return Particulars(
        title=front.title or (given if letters_of(given) in letters_of(whole) else ""),
        authors=_told_authors(xmp or "", whole) or front.authors,
        year=int(dated[0]) if dated else year or _dated(edges, whole),
        journal=tags["journal"] or journal or None,
        identifiers=identifiers,
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


def _identifiers(told: str, edges: Sequence[str], page: str, text: str) -> dict[str, str]:
    found = {}
    doi = doi_in(told) or next((doi for line in edges if (doi := doi_in(line))), None)
    if doi is None and len({d.casefold() for d in DOI.findall(page)}) == 1:
        doi = doi_in(page)
    if doi:
        found["doi"] = doi
    for name, pattern in (("pmid", _PMID), ("pmcid", _PMCID)):
        if here := pattern.search(text):
            found[name] = here[1]
    return found


def _cited(edges: Sequence[str], front: Front) -> tuple[str, int | None]:
    """Journal and year of the line by which the page says how it is to be cited."""
    title = letters_of(front.title)
    for line in map(repaired, edges):
        if letters_of(line) in title and title:
            continue
        for pattern in _CITATIONS:
            if found := pattern.search(line):
                journal = found["journal"].strip(" .,|")
                name = f"{journal}." if found["journal"].rstrip().endswith(".") else journal
                return _journal(name), int(found["year"]) if found["year"] else None
    for line in map(repaired, edges):
        if found := _SITE.search(line) or _IN_JOURNAL.search(line):
            return found["journal"].strip(), None
    return "", None


def _journal(name: str) -> str:
    likely = len(name.rstrip(".")) > 1 and not re.search(r"[a-z]{2}\.\s+[A-Z][a-z]+ et al", name)
    return name if likely and " et al" not in name else ""


def _dated(edges: Sequence[str], page: str) -> int | None:
    lines = "\n".join(edges)
    for pattern in _DATED:
        if found := pattern.search(lines):
            return int(found["year"])
    alone = re.search(rf"\(({_YEAR})\)|^({_YEAR})$|, ({_YEAR})\.|({_YEAR})\s?年", lines, re.MULTILINE)
    if alone:
        return int(next(group for group in alone.groups() if group))
    persian = re.search(r"\b(1[34]\d\d)/\d\d/\d\d", page.translate(_PERSIAN))
    return int(persian[1]) if persian else None

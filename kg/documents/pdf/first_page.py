"""Metadata of a paper from the first page and the metadata of its PDF."""

import re
from collections.abc import Sequence
from html import unescape

from kg.documents.description import Particulars, doi_in
from kg.documents.language import han_count, letters_of
from kg.domain import Block, BlockKind

_XMP = {
    "title": re.compile(r"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", re.DOTALL),
    "creators": re.compile(r"<dc:creator>(.*?)</dc:creator>", re.DOTALL),
    "journal": re.compile(r"<(?:prism:publicationName|prism:PublicationName)[^>]*>(.*?)</", re.DOTALL),
    "doi": re.compile(r"<(?:prism:doi|prism:DOI|pdfx:doi|crossmark:DOI)[^>]*>(.*?)</", re.DOTALL),
    "date": re.compile(r"<(?:prism:coverDate|prism:publicationDate|prism:coverDisplayDate)[^>]*>(.*?)</", re.DOTALL),
}
_NO_TITLE = re.compile(
    r"untitled|microsoft|\.(?:docx?|indd|qxd|tex|pdf|dvi|eps|tif)\b|^\S*\d{4,}\S*$|^\W*$|print|proof|^article$|^PII\b",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:©|\(c\)|copyright|published(?: online)?|accepted|received|available online|收稿日期|出版|发表)"
    r"[^\n]{0,40}?\b((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\(((?:19|20)\d\d)\)|\b((?:19|20)\d\d)\s*[;,]\s*\d|\b((?:19|20)\d\d)年")
_NAME = r"(?:[A-Z][\w'’.-]*\.?\s+){1,3}[A-ZÀ-Þ][\w'’-]+"
_NOT_AUTHORS = re.compile(
    r"universit|department|institut|hospital|school|college|laborator|academy|e-?mail|@|http|correspond|received|abstract"
    r"|大学|学院|医院|研究所|实验室|摘要",
    re.IGNORECASE,
)
_PMID = re.compile(r"\bPMID:?\s*(\d{5,9})\b")
_GENERIC = re.compile(
    r"(?:research|review|original|short|case|brief)\s*(?:article|report|paper|communication|s)?|article|open access"
    r"|abstract"
    r"|letters?|editorial|table of contents|contents|supplementary.*|.*\b(?:journal|proceedings|bulletin)\b.{0,20}",
    re.IGNORECASE,
)


def particulars_of(blocks: Sequence[Block], xmp: str | None) -> Particulars:
    """Title, authors, year, journal and identifiers, as far as they can be found."""
    first = [b for b in blocks if (b.page or 1) == 1]
    text = "\n".join(b.text for b in blocks if (b.page or 1) <= 2 and b.kind is not BlockKind.REFERENCE)
    told = {name: _told(pattern, xmp or "") for name, pattern in _XMP.items()}
    title, place = _title(first, told["title"])
    doi = doi_in(told["doi"]) or doi_in("\n".join(b.text for b in first))
    identifiers = {"doi": doi} if doi else {}
    pmid = _PMID.search(text)
    if pmid:
        identifiers["pmid"] = pmid[1]
    return Particulars(
        title=title,
        authors=_metadata_authors(xmp or "") or _authors(first, place),
        year=_year(told["date"], text),
        journal=told["journal"] or None,
        identifiers=identifiers,
    )


def _told(pattern: re.Pattern[str], xmp: str) -> str:
    found = pattern.search(xmp)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


def _title(first: Sequence[Block], told: str) -> tuple[str, int]:
    heads = [
        (n, b)
        for n, b in enumerate(first[:40])
        if b.kind is BlockKind.HEADING and len(b.text) >= 6 and not _GENERIC.fullmatch(b.text)
    ]
    if told and not _NO_TITLE.search(told) and len(told) >= (6 if han_count(told) else 12):
        place = next((n for n, b in enumerate(first) if letters_of(told)[:30] in letters_of(b.text)), -1)
        return told, place
    if not heads:
        line = first[0] if first and first[0].kind is BlockKind.PARAGRAPH else None
        return (
            (line.text, 0)
            if line and len(line.text) <= 100 and not line.text.endswith((".", "。", "，", ","))
            else ("", -1)
        )
    top = min(b.level or 9 for _, b in heads)
    of_top = [(n, b) for n, b in heads if (b.level or 9) == top]
    place, best = max(of_top[:3], key=lambda pair: (min(len(pair[1].text), 60), -pair[0]))
    return best.text, place


def _authors(first: Sequence[Block], title_at: int) -> tuple[str, ...]:
    for block in first[title_at + 1 : title_at + 4] if title_at >= 0 else ():
        text = block.text
        if _NOT_AUTHORS.search(text[:200]) and not re.match(_NAME, text):
            continue
        text = re.split(_NOT_AUTHORS, text)[0]
        text = re.sub(r"\$[^$]*\$|[\d⁰¹²³⁴-⁹⁺⁻*†‡§¶#∗☯\"^]+(?:,\s*(?=[\d⁰¹²³⁴-⁹*†‡]))?", ",", text)
        if han_count(text) > len(text) / 2:
            names = [n for n in re.split(r"[,，、;；\s]+", text) if 2 <= han_count(n) <= 4 and han_count(n) == len(n)]
        else:
            parts = [p.strip(" .") for p in re.split(r",|;|\band\b|&", text)]
            names = [p for p in parts if re.fullmatch(_NAME, p)]
        if names and (len(names) > 1 or len(text) < 60):
            return tuple(dict.fromkeys(names))
    return ()


def _metadata_authors(xmp: str) -> tuple[str, ...]:
    found = _XMP["creators"].search(xmp)
    if not found:
        return ()
    names = [
        " ".join(unescape(name).split()) for name in re.findall(r"<rdf:li[^>]*>(.*?)</rdf:li>", found[1], re.DOTALL)
    ]
    return tuple(name for name in names if 3 < len(name) < 60 and (" " in name or han_count(name)))


def _year(date: str, text: str) -> int | None:
    dated = re.search(r"(?:19|20)\d\d", date)
    if dated:
        return int(dated[0])
    found = _YEAR.search(text[:4000]) or _PUBLISHED.search(text)
    return int(next(g for g in found.groups() if g)) if found else None

"""The metadata of a whole file, as a document."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.documents.identity import content_hash_of, document_id
from kg.documents.language import language_of
from kg.domain import Block, BlockKind, Document
from models.han import HAN

DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\u3000-\u303f\uff00-\uffef" + HAN + "]+", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?=(?:[01]\d(?:[0-3]\d)?)?(?!\d))")
"""A year alone, or before the digits of a month and a day."""
_ABSENT = frozenset({"", "nan", "none", "null", "n/a", "<na>", "nat"})


@dataclass(frozen=True, slots=True)
class Particulars:
    """The metadata of a paper."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    source_id: str = ""


def described(
    path: Path,
    data: bytes,
    blocks: Sequence[Block],
    *,
    media_type: str,
    parser: str,
    particulars: Particulars | None = None,
    pages: int | None = None,
) -> tuple[Document, tuple[Block, ...]]:
    """A document of one file with its blocks; without a given title the first heading is it, else the file name."""
    known = particulars or Particulars()
    hashed = content_hash_of(data)
    heading = next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
    body = " ".join(block.text for block in blocks if block.kind is not BlockKind.REFERENCE)
    document = Document(
        id=document_id(hashed),
        content_hash=hashed,
        source_id=known.source_id or path.name,
        title=" ".join((known.title or heading or path.stem).split()),
        path=str(path),
        media_type=media_type,
        language=language_of(body[:20000]),
        authors=known.authors,
        year=known.year,
        journal=known.journal,
        identifiers=known.identifiers,
        parser=parser,
        pages=pages,
    )
    return document, tuple(blocks)


def with_subtitle(title: str, subtitle: str) -> str:
    """The title with its subtitle, unless it holds it already."""
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title} {subtitle}" if title[-1] in ":：?？!.—–" else f"{title}: {subtitle}"


def is_absent(text: str) -> bool:
    """Whether a value is none, as pandas and R write one that is missing."""
    return text.strip() == "NA" or text.strip().lower() in _ABSENT


def year_in(text: str) -> int | None:
    """The first year in a text or a date, such as ``May 2013``, ``2013-05-01`` or ``20130501``."""
    found = _YEAR.search(text)
    return int(found[0]) if found else None


def doi_in(text: str) -> str | None:
    """The first DOI in a text, without the punctuation after it."""
    found = DOI.search(text)
    if not found:
        return None
    doi = found[0].rstrip(".,;:)]}'\"’”*")
    return doi + ")" if doi.count("(") > doi.count(")") else doi

"""Metadata of first pages: what the parser takes from them against what a reader wrote down."""

import json
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.errors import MissingData
from eval.pdf.made_papers import made
from kg.documents.parse import parse
from kg.domain import Document
from kg.errors import UnreadableDocument
from kg.protocols import ParseLimits

ASKED = 0.8
"""Share of first pages of each set of which all is asked to be right."""
FIELDS = ("title", "authors", "year", "doi", "journal")
_GOLD = Path(__file__).with_name("front_pages.json")
_PAPERS = "papers/plos_jats/papers_plos_jats.tar.gz"


@dataclass(frozen=True, slots=True)
class Front:
    """What a first page tells; empty where it does not tell."""

    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    journal: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Of each set, how many pages are right in each field and as a whole, and what is wrong: told, wanted."""

    asked: float
    passed: bool
    sets: Mapping[str, Mapping[str, str]]
    wrong: Mapping[str, Mapping[str, Sequence[object]]] = field(default_factory=dict)


def run(shared_data: Path) -> Report:
    """Parse the fixtures and the made papers; raises MissingData."""
    fixtures, archive = shared_data / "pdf_fixtures", shared_data / _PAPERS
    if not fixtures.is_dir() or not archive.is_file():
        raise MissingData(f"{fixtures} or {archive} is not there; set JIANXI_SHARED_DATA (eval/README.md)")
    gold = [_front(values) for values in json.loads(_GOLD.read_text(encoding="utf-8"))]
    with tempfile.TemporaryDirectory() as folder:
        sets = {
            "fixtures": [(fixtures / name, front) for name, front in gold],
            "papers": [(path, front_of(document)) for path, document in made(archive, Path(folder))],
        }
        found = {name: [(path.name, right, _read(path)) for path, right in pages] for name, pages in sets.items()}
    wrong = {
        name: {
            key: [told, wanted]
            for key in FIELDS
            if not same(key, told := getattr(front, key), wanted := getattr(right, key))
        }
        for pages in found.values()
        for name, right, front in pages
    }
    counts = {name: {page for page, _, _ in pages} for name, pages in found.items()}
    shares = {name: sum(not wrong[page] for page in pages) / len(pages) for name, pages in counts.items()}
    return Report(
        asked=ASKED,
        passed=all(share >= ASKED for share in shares.values()),
        sets={
            name: {
                "whole": f"{sum(not wrong[page] for page in pages)}/{len(pages)}",
                **{key: f"{sum(key not in wrong[page] for page in pages)}/{len(pages)}" for key in FIELDS},
            }
            for name, pages in counts.items()
        },
        wrong={page: fields for page, fields in wrong.items() if fields},
    )


def same(key: str, told: object, wanted: object) -> bool:
    """Whether a field is as wanted, but for case, accents, dashes and the order of given and family names."""
    if key == "authors" and isinstance(told, tuple) and isinstance(wanted, tuple):
        return [sorted(_words(name)) for name in told] == [sorted(_words(name)) for name in wanted]
    if isinstance(told, str) and isinstance(wanted, str):
        return "".join(_words(told)) == "".join(_words(wanted))
    return told == wanted


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else "" if unicodedata.combining(c) else " " for c in plain)
    return kept.split()


def _front(values: Mapping[str, object]) -> tuple[str, Front]:
    authors = values.get("authors", ())
    year = values.get("year")
    return str(values["file"]), Front(
        str(values.get("title", "")),
        tuple(map(str, authors)) if isinstance(authors, list) else (),
        year if isinstance(year, int) else None,
        str(values.get("doi", "")),
        str(values.get("journal", "")),
    )


def front_of(document: Document) -> Front:
    """The metadata of a document as a first page tells them."""
    return Front(
        document.title, document.authors, document.year, document.identifiers.get("doi", ""), document.journal or ""
    )


def _read(path: Path) -> Front:
    try:
        return front_of(parse(path, ParseLimits(), ocr=False).documents[0][0])
    except UnreadableDocument:
        return Front()

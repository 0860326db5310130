"""Metadata of first pages: what the parser takes from them against what a reader wrote down."""

import json
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.errors import MissingData
from eval.pdf.made_papers import made
from eval.scale.papers import PLOS
from kg.documents.parse import parse
from kg.domain import Document
from kg.errors import UnreadableDocument
from kg.protocols import ParseLimits

ASKED = 0.8
"""Share of first pages of each set of which all is asked to be right."""
FIELDS = ("title", "authors", "year", "doi", "journal")
_GOLD = Path(__file__).with_name("front_pages.json")

Front = Mapping[str, object]
"""What a first page tells in each of the fields; empty where it does not tell."""
_NOTHING: dict[str, object] = {"title": "", "authors": (), "year": None, "doi": "", "journal": ""}


@dataclass(frozen=True, slots=True)
class Report:
    """Of each set, how many pages are right in each field and as a whole, and what is wrong: told, wanted."""

    asked: float
    passed: bool
    sets: Mapping[str, Mapping[str, str]]
    wrong: Mapping[str, Mapping[str, Sequence[object]]]


def run(shared_data: Path) -> Report:
    """Parse the fixtures and the made papers; raises MissingData."""
    fixtures, archive = shared_data / "pdf_fixtures", shared_data / PLOS
    if not fixtures.is_dir() or not archive.is_file():
        raise MissingData(f"{fixtures} or {archive} is not there; set JIANXI_SHARED_DATA (eval/README.md)")
    gold = json.loads(_GOLD.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        sets: dict[str, dict[Path, Front]] = {
            "fixtures": {fixtures / row["file"]: _NOTHING | row for row in gold},
            "papers": {path: front_of(document) for path, document in made(shared_data, Path(folder))},
        }
        wrong = {
            name: {path.name: _differences(_read(path), wanted) for path, wanted in pages.items()}
            for name, pages in sets.items()
        }
    whole = {name: [not fields for fields in pages.values()] for name, pages in wrong.items()}
    return Report(
        asked=ASKED,
        passed=all(sum(right) / len(right) >= ASKED for right in whole.values()),
        sets={
            name: {
                "whole": f"{sum(whole[name])}/{len(pages)}",
                **{key: f"{sum(key not in fields for fields in pages.values())}/{len(pages)}" for key in FIELDS},
            }
            for name, pages in wrong.items()
        },
        wrong={page: fields for pages in wrong.values() for page, fields in pages.items() if fields},
    )


def same(key: str, told: object, wanted: object) -> bool:
    """Whether a field is as wanted, but for case, accents, dashes and the order of given and family names."""
    if key == "authors" and isinstance(told, Sequence) and isinstance(wanted, Sequence):
        return [sorted(_words(name)) for name in told] == [sorted(_words(name)) for name in wanted]
    if isinstance(told, str) and isinstance(wanted, str):
        return "".join(_words(told)) == "".join(_words(wanted))
    return told == wanted


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else "" if unicodedata.combining(c) else " " for c in plain)
    return kept.split()


def front_of(document: Document) -> Front:
    """The metadata of a document as a first page tells them."""
    doi, journal = document.identifiers.get("doi", ""), document.journal or ""
    return dict(zip(FIELDS, (document.title, document.authors, document.year, doi, journal), strict=True))


def _read(path: Path) -> Front:
    try:
        return front_of(parse(path, ParseLimits(), ocr=False).documents[0][0])
    except UnreadableDocument:
        return _NOTHING


def _differences(told: Front, wanted: Front) -> dict[str, Sequence[object]]:
    return {key: [told[key], wanted[key]] for key in FIELDS if not same(key, told[key], wanted[key])}

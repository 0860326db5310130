"""The YAML front matter of a Markdown file."""

import re
from pathlib import Path

import yaml

from kg.documents.description import Particulars, doi_in
from kg.errors import DamagedDocument

_FRONT = re.compile(r"\A---[^\S\n]*\n(.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL)
_IDENTIFIERS = ("doi", "pmid", "pmcid", "isbn", "arxiv")


def front_matter(text: str, path: Path) -> tuple[Particulars, str]:
    """The metadata before the text (title, authors, year, journal, doi, pmid, id), and the text.

    Raises DamagedDocument where it is no YAML.
    """
    found = _FRONT.match(text)
    if not found:
        return Particulars(), text
    try:
        values = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise DamagedDocument(
            str(path), f"line {line}: the front matter is no YAML", "put a value that has a colon into quotes"
        ) from error
    if not isinstance(values, dict):
        return Particulars(), text
    fields = {str(name).lower(): value for name, value in values.items()}
    authors = fields.get("authors", fields.get("author")) or ()
    names = re.split(r"[;、]|,\s", authors) if isinstance(authors, str) else [str(a) for a in authors]
    year = re.search(r"\d{4}", str(fields.get("year") or fields.get("date") or ""))
    identifiers = {name: str(fields[name]).strip() for name in _IDENTIFIERS if fields.get(name)}
    if "doi" in identifiers:
        identifiers["doi"] = doi_in(identifiers["doi"]) or identifiers["doi"]
    known = Particulars(
        title=_text(fields.get("title")),
        authors=tuple(name.strip() for name in names if name.strip()),
        year=int(year[0]) if year else None,
        journal=_text(fields.get("journal")) or None,
        identifiers=identifiers,
        source_id=_text(fields.get("source_id") or fields.get("id")),
    )
    return known, text[found.end() :]


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())

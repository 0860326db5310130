"""The YAML front matter of a Markdown file."""

import re
from pathlib import Path

import yaml

from kg.documents.authors import author_names
from kg.documents.description import Particulars, doi_in, year_in
from kg.errors import DamagedDocument

_OPENING = re.compile(r"\A---[^\S\n]{0,100}\n")
_END = re.compile(r"^(?:---|\.\.\.)[^\S\n]{0,100}$\n?", re.MULTILINE)
_MOST_CHARACTERS = 65_536
_IDENTIFIERS = ("doi", "pmid", "pmcid", "isbn", "arxiv")


class _Alias(yaml.composer.ComposerError):
    problem = "it has an alias (*name), which may stand for any amount of text"


class _PlainLoader(yaml.SafeLoader):
    """Values without aliases: a few of them, one in another, make gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _Alias(None, None, _Alias.problem, self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


def front_matter(text: str, path: Path) -> tuple[Particulars, str]:
    """The metadata before the text (title, authors, year, journal, doi, pmid, id), and the text.

    Raises DamagedDocument where it is no YAML, has aliases or is over 65,536 characters.
    """
    opening = _OPENING.match(text)
    end = _END.search(text, opening.end()) if opening else None
    if opening is None or end is None:
        return Particulars(), text
    if end.start() > _MOST_CHARACTERS:
        raise DamagedDocument(
            str(path),
            f"the front matter is longer than {_MOST_CHARACTERS} characters",
            "keep the particulars alone in it",
        )
    try:
        values = yaml.load(text[opening.end() : end.start()], _PlainLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        why = f"line {line}: the front matter is no YAML{': ' + error.problem if isinstance(error, _Alias) else ''}"
        raise DamagedDocument(str(path), why, "put a value that has a colon into quotes") from error
    if not isinstance(values, dict):
        return Particulars(), text
    fields = {str(name).lower(): value for name, value in values.items()}
    authors = fields.get("authors", fields.get("author")) or ()
    names = re.split(r"[;、]|,\s", authors) if isinstance(authors, str) else author_names(authors)
    identifiers = {name: str(fields[name]).strip() for name in _IDENTIFIERS if fields.get(name)}
    if "doi" in identifiers:
        identifiers["doi"] = doi_in(identifiers["doi"]) or identifiers["doi"]
    known = Particulars(
        title=_text(fields.get("title")),
        authors=tuple(name.strip() for name in names if name.strip()),
        year=year_in(str(fields.get("year") or fields.get("date") or "")),
        journal=_text(fields.get("journal")) or None,
        identifiers=identifiers,
        source_id=_text(fields.get("source_id") or fields.get("id")),
    )
    return known, text[end.end() :]


def _text(value: object) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text.encode("utf-8", "replace").decode()

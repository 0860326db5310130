"""The front matter of a Markdown file: YAML, TOML, or the title block of Pandoc."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import yaml

from kg.documents.authors import author_names
from kg.documents.description import Particulars, doi_in, is_absent, with_subtitle, year_in
from kg.errors import DamagedDocument

_OPENING = re.compile(r"\A(---|\+\+\+)[^\S\n]{0,100}\n")
_END = {
    "---": re.compile(r"^(?:---|\.\.\.)[^\S\n]{0,100}$\n?", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[^\S\n]{0,100}$\n?", re.MULTILINE),
}
_TITLE_BLOCK = re.compile(r"\A% (?P<title>.*)\n(?:%(?P<authors>.*)\n)?(?:%(?P<date>.*)\n)?")
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
    """The metadata before the text (title, authors, year, journal, doi, pmid, id), and the text, its abstract first.

    Raises DamagedDocument where it is no YAML or TOML, has aliases or is over 65,536 characters.
    """
    if block := _TITLE_BLOCK.match(text):
        return _particulars({name: value or "" for name, value in block.groupdict().items()}), text[block.end() :]
    opening = _OPENING.match(text)
    end = _END[opening[1]].search(text, opening.end()) if opening else None
    if opening is None or end is None:
        return Particulars(), text
    if end.start() > _MOST_CHARACTERS:
        raise DamagedDocument(
            str(path),
            f"the front matter is longer than {_MOST_CHARACTERS} characters",
            "keep the particulars alone in it",
        )
    source = text[opening.end() : end.start()]
    try:
        values = tomllib.loads(source) if opening[1] == "+++" else yaml.load(source, _PlainLoader)  # noqa: S506 - a SafeLoader
    except tomllib.TOMLDecodeError as error:
        why = f"the front matter is no TOML: {error}"
        raise DamagedDocument(str(path), why, "put a text into quotes") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        why = f"line {line}: the front matter is no YAML{': ' + error.problem if isinstance(error, _Alias) else ''}"
        raise DamagedDocument(str(path), why, "put a value that has a colon into quotes") from error
    if not isinstance(values, dict):
        return Particulars(), text
    fields = {str(name).lower(): value for name, value in values.items()}
    return _particulars(fields), _with_abstract(fields.get("abstract"), text[end.end() :])


def _with_abstract(abstract: object, body: str) -> str:
    """The text after its abstract, unless the words of the abstract are in it."""
    if not isinstance(abstract, str) or " ".join(abstract.split()) in " ".join(body.split()):
        return body
    return f"## Abstract\n\n{abstract.strip()}\n\n{body}"


def _particulars(fields: Mapping[str, object]) -> Particulars:
    authors = fields.get("authors", fields.get("author")) or ()
    identifiers = {n: value for n in _IDENTIFIERS if fields.get(n) and (value := _text(fields[n]))}
    if "doi" in identifiers:
        identifiers["doi"] = doi_in(identifiers["doi"]) or identifiers["doi"]
    journal = fields.get("journal")
    if isinstance(journal, Mapping):
        journal = journal.get("name") or journal.get("title")
    dates = (year_in(str(fields.get(name) or "")) for name in ("year", "date", "published", "issued"))
    return Particulars(
        title=with_subtitle(_text(fields.get("title")), _text(fields.get("subtitle"))),
        authors=author_names(authors),
        year=next((year for year in dates if year), None),
        journal=_text(journal) or None,
        identifiers=identifiers,
        source_id=_text(fields.get("source_id") or fields.get("id")),
    )


def _text(value: object) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return "" if is_absent(text) else text.encode("utf-8", "replace").decode()

"""BibTeX and BibLaTeX with abstracts, one document an entry."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

from kg.documents.authors import plain_key, turned
from kg.documents.encoding import decoded
from kg.documents.latex.inline import line_of, nodes_of, text_of
from kg.documents.records.bibtex_source import entries
from kg.documents.records.fields import READ_AS_TEXT, paper_of
from kg.documents.records.readings import Reading, gathered, record_reading
from kg.protocols import ParseLimits, ParseResult

_OPENING = re.compile(rb"(?:\s|%[^\n]*\n)*@[A-Za-z]{3,20}\s*[{(]")
_WITH_FIELD = re.compile(rb"@[A-Za-z]{3,20}\s{0,9}[{(]\s{0,9}[^,{}=\"\s]{0,200}\s{0,9},\s{0,99}[A-Za-z-]{1,40}\s{0,9}=")
_MARKED = re.compile(r"[\\{}$~&]|--|``|''")
_BRACED = re.compile(r"\{[^{}]*\}")
_BETWEEN_NAMES = re.compile(r"\\.|[{}]|(?<=\s)and(?=\s)", re.DOTALL)
_NAMES = {"booktitle": "journal", "journaltitle": "journal"}


class BibtexParser:
    """Reads entries with a title or an abstract; their LaTeX becomes text."""

    identity = "bibtex 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By a first entry with a field, whatever the ending."""
        bare = head.removeprefix(b"\xef\xbb\xbf")
        return _OPENING.match(bare) is not None and _WITH_FIELD.search(bare) is not None

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document an entry; raises EmptyDocument without any, DamagedDocument without a good one."""
        return gathered(path, self._readings(path, decoded(path.read_bytes(), path)))

    def _readings(self, path: Path, text: str) -> Iterator[Reading]:
        for entry in entries(text):
            try:
                known, body = paper_of({**_record(entry.fields), "paper_id": entry.key})
            except RecursionError:
                yield Reading(entry.line, problem="its braces are nested too deeply")
                continue
            data = entry.source.encode("utf-8", "replace")
            yield record_reading(path, entry.line, data, known, body, media_type="text/x-bibtex", parser=self.identity)


def _record(fields: Mapping[str, str]) -> dict[str, object]:
    """The fields of an entry as a record; those that a reader sees as text."""
    record: dict[str, object] = {name: value for name, value in fields.items() if name not in {*_NAMES, "author"}}
    record.setdefault("journal", next((fields[name] for name in _NAMES if name in fields), None))
    for name, value in record.items():
        if isinstance(value, str) and plain_key(name) in READ_AS_TEXT:
            record[name] = _text(value)
    record["authors"] = [_person(name) for name in _names(fields.get("author", ""))]
    record["doi"] = fields.get("doi", "").replace("\\_", "_")
    return record


def _names(value: str) -> Iterator[str]:
    """The names between which ``and`` stands outside of braces."""
    depth = start = 0
    for mark in _BETWEEN_NAMES.finditer(value):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if depth == 0 and mark[0] == "and":
            yield value[start : mark.start()].strip()
            start = mark.end()
    yield value[start:].strip()


def _person(name: str) -> object:
    """A name as text, the family name before its comma; one in braces is a whole, whatever commas it has."""
    text = _text(name)
    return {"name": text} if _BRACED.fullmatch(name) else turned(text)


def _text(source: str) -> str:
    """A value as text; a percent sign opens no comment in it, and the sign for "and" no cell."""
    if not _MARKED.search(source):
        return source
    return line_of(text_of(nodes_of(re.sub(r"(?<!\\)[%&]", r"\\\g<0>", unescape(source)))))

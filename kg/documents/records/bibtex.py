"""BibTeX and BibLaTeX with abstracts, one document an entry."""

import re
from collections.abc import Iterator
from pathlib import Path

from kg.documents.encoding import decoded
from kg.documents.latex.inline import line_of, nodes_of, text_of
from kg.documents.records.fields import paper_of
from kg.documents.records.readings import Reading, gathered, record_reading
from kg.protocols import ParseLimits, ParseResult

_OPENING = re.compile(rb"(?:\s|%[^\n]*\n)*@[A-Za-z]{3,20}\s*[{(]")
_WITH_FIELD = re.compile(rb"@[A-Za-z]{3,20}\s*\{[^,{}=\"\s]{0,200},\s*[A-Za-z-]+\s*=")
_ENTRY = re.compile(
    r"^[^\S\n]*@(?P<type>[A-Za-z]{3,20})\s{0,9}\{\s{0,9}(?P<key>[^,{}=\"\s]{0,200})\s{0,9},", re.MULTILINE
)
_STRING = re.compile(r"^[^\S\n]*@string\s{0,9}[{(]\s{0,9}([\w:-]{1,60})\s{0,9}=\s{0,99}", re.MULTILINE | re.IGNORECASE)
_FIELD = re.compile(r"\s{0,99},?\s{0,99}([A-Za-z][\w-]{0,40})\s{0,99}=\s{0,99}")
_MARK = re.compile(r"\\.|[{}\"]", re.DOTALL)
_BARE = re.compile(r"[\w.:-]*")
_PLAIN = frozenset({"doi", "url", "year", "date", "pmid", "pmcid", "eprint"})
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
        told = {found[1].lower(): _value(text, found.end())[0] for found in _STRING.finditer(text)}
        starts = [*_ENTRY.finditer(text)]
        for start, after in zip(starts, [*(found.start() for found in starts[1:]), len(text)], strict=True):
            entry = text[start.start() : after]
            found = _fields(entry, start.end() - start.start())
            fields = {name: told.get(value.lower(), value) for name, value in found}
            record: dict[str, object] = {name: value for name, value in fields.items() if name not in _NAMES}
            record["authors"] = [_text(name) for name in re.split(r"\s+and\s+", fields.get("author", "")) if name]
            record.pop("author", None)
            record.setdefault("journal", next((fields[name] for name in _NAMES if name in fields), None))
            for name, value in record.items():
                if isinstance(value, str) and name not in _PLAIN:
                    record[name] = _text(value)
            record["doi"] = fields.get("doi", "").replace("\\_", "_")
            known, body = paper_of({**record, "paper_id": start["key"]})
            line = text.count("\n", 0, start.start()) + 1
            data = entry.encode("utf-8", "replace")
            yield record_reading(path, line, data, known, body, media_type="text/x-bibtex", parser=self.identity)


def _fields(entry: str, at: int) -> Iterator[tuple[str, str]]:
    while found := _FIELD.match(entry, at):
        value, at = _value(entry, found.end())
        yield found[1].lower(), " ".join(value.split())


def _value(entry: str, at: int) -> tuple[str, int]:
    """The value that begins here, in braces, in quotation marks or bare, and where it ends."""
    quoted = entry[at : at + 1] == '"'
    if not quoted and entry[at : at + 1] != "{":
        bare = _BARE.match(entry, at)
        return (bare[0], bare.end()) if bare else ("", at)
    depth = 0
    for mark in _MARK.finditer(entry, at + quoted):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if depth == 0 and mark[0] == ('"' if quoted else "}"):
            return entry[at + 1 : mark.start()], mark.end()
    return entry[at + 1 :], len(entry)


def _text(source: str) -> str:
    """A value as text; a percent sign opens no comment in it."""
    return line_of(text_of(nodes_of(re.sub(r"(?<!\\)%", r"\\%", source))))

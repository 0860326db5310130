"""Tagged text of reference managers: MEDLINE (``.nbib``) and RIS, one document a record."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.documents.authors import turned
from kg.documents.encoding import decoded
from kg.documents.records.fields import paper_of
from kg.documents.records.readings import Reading, gathered, record_reading
from kg.protocols import ParseLimits, ParseResult

_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
_OPENING = re.compile(rb"\s*(?:PMID ?- ?\d{1,9}|TY {2}- [A-Z]{2,8})\s*[\r\n]")
_FIELDS = {
    "title": ("TI", "T1", "BTI", "CTI", "TT"),
    "abstract": ("AB", "N2", "OAB"),
    "authors": ("FAU", "AU", "A1", "CN"),
    "year": ("DP", "PY", "Y1", "DA", "DEP"),
    "journal": ("JT", "TA", "JO", "JF", "T2", "JA"),
    "doi": ("DO",),
    "pmid": ("PMID",),
    "pmcid": ("PMC",),
}


class TaggedParser:
    """Reads records whose lines begin with a tag; a record without title and abstract is told with its line."""

    identity = "tagged 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the ending, or by a first line that opens a record."""
        bare = head.removeprefix(b"\xef\xbb\xbf")
        return path.suffix.lower() in {".nbib", ".ris"} or _OPENING.match(bare) is not None

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document a record; raises EmptyDocument without any, DamagedDocument without a good one."""
        return gathered(path, self._readings(path, decoded(path.read_bytes(), path)))

    def _readings(self, path: Path, text: str) -> Iterator[Reading]:
        for line, source, tags in _records(text):
            fields = {name: values for name, of_name in _FIELDS.items() if (values := _values(tags, of_name))}
            record: dict[str, object] = {name: values[0] for name, values in fields.items()}
            record["authors"] = [turned(name) for name in fields.get("authors", [])]
            located = [value for tag in ("LID", "AID") for value in tags.get(tag, []) if value.endswith("[doi]")]
            record.setdefault("doi", located[0].removesuffix("[doi]").strip() if located else None)
            known, body = paper_of(record)
            data = source.encode("utf-8", "replace")
            yield record_reading(path, line, data, known, body, media_type="text/x-tagged", parser=self.identity)


def _values(tags: Mapping[str, list[str]], names: tuple[str, ...]) -> list[str]:
    """The values of the first tag that has any."""
    return next((tags[name] for name in names if name in tags), [])


def _records(text: str) -> Iterator[tuple[int, str, dict[str, list[str]]]]:
    """Each record with its line, its text and the values of its tags; a line without a tag goes on with the last."""
    tags: dict[str, list[list[str]]] = {}
    lines: list[str] = []
    start, last = 1, None
    for number, line in enumerate([*text.split("\n"), "ER  -"], start=1):
        found = _TAG.fullmatch(line)
        tag = found[1] if found else None
        if tag in {"ER", "TY"} or (tag == "PMID" and "PMID" in tags):
            if any(name not in {"TY", "ER"} for name in tags):
                yield start, "\n".join(lines), {name: [" ".join(v) for v in values] for name, values in tags.items()}
            tags, lines, last = {}, [], None
        if found and tag != "ER":
            if not tags:
                start = number
            last = [found[2].strip()]
            tags.setdefault(found[1], []).append(last)
        elif last is not None and line.strip() and not found:
            last.append(line.strip())
        lines.append(line)

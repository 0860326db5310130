"""JSON and JSON Lines of papers: one document a record."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kg.documents.encoding import MARKS, decoded
from kg.documents.language import han_count
from kg.documents.records.fields import is_record, paper_of
from kg.documents.records.readings import MOST_UNREADABLE, Reading, gathered, record_reading
from kg.documents.records.shapes import records_in
from kg.errors import DamagedDocument, EmptyDocument, OtherUse, UnreadableDocument
from kg.protocols import ParseLimits, ParseResult

_LINES = frozenset({".jsonl", ".ndjson"})
_JSON_NAMES = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}
_RECORDS = "records have a title and an abstract or text"
_BLANK = re.compile(r"\s*")
_AFTER = re.compile(r"\s*+(?:,\s*+)?")


class JsonParser:
    """Reads records that have a title, an abstract or text, and the paper's particulars.

    They stand one a line, in a list, in a reply of Crossref, PubMed, Europe PMC, OpenAlex or Semantic Scholar, or in a
    table of pandas. A broken record becomes a problem with its line and the others go in. A record with a title and no
    abstract keeps the title as its text, with a warning: the paper can then still be found and cited by its name.
    """

    identity = "json 2"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the ending, or by a first line that is an object or a list of objects."""
        first = head.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0].rstrip()
        if path.suffix.lower() in {*_LINES, ".json"}:
            return True
        return (re.match(rb'\{\s*"', first) is not None and first.endswith(b"}")) or first.startswith(b'[{"')

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document a record; raises EmptyDocument, DamagedDocument, or OtherUse."""
        lines = _lines(path)
        if not lines:
            raise EmptyDocument(str(path), "there is no record in the file")
        opening = lines[0][1][:1]
        if path.suffix.lower() not in _LINES or opening == b"[" or lines[0][1] == b"{":
            return gathered(path, self._whole(path, lines))
        return gathered(path, self._by_line(path, lines))

    def _by_line(self, path: Path, lines: list[tuple[int, bytes]]) -> Iterator[Reading]:
        for number, line in lines:
            try:
                value = json.loads(_text(line, path))
            except (ValueError, RecursionError, UnreadableDocument) as error:
                yield Reading(number, problem=_why(error))
                continue
            if not isinstance(value, Mapping) or is_record(value):
                yield self._reading(path, number, value, line)
            else:
                for record in records_in(value):
                    yield self._reading(path, number, record, line if record is value else None)

    def _whole(self, path: Path, lines: list[tuple[int, bytes]]) -> Iterator[Reading]:
        """The records of a file that is one JSON value; of a list, each one before a fault in it."""
        text = decoded(path.read_bytes(), path)
        if text.lstrip().startswith("["):
            yield from self._listed(path, text)
            return
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            if len(lines) > 1 and lines[0][1].endswith(b"}"):
                yield from self._by_line(path, lines)
                return
            line = getattr(error, "lineno", 1)
            raise DamagedDocument(str(path), f"line {line}: {_why(error)}", "get the file again") from error
        records = list(records_in(value))
        if not any(map(is_record, records)):
            raise OtherUse(str(path), "its JSON holds no record of a paper", _RECORDS)
        for number, record in enumerate(records, start=1):
            yield _numbered(number, self._reading(path, 1, record, None))

    def _listed(self, path: Path, text: str) -> Iterator[Reading]:
        decoder = json.JSONDecoder()
        at, line, counted, number, any_paper = text.index("[") + 1, 1, 0, 0, False
        found: list[Reading] = []
        while (at := _match_end(_BLANK, text, at)) < len(text) and text[at] != "]":
            line += text.count("\n", counted, at)
            counted = at
            try:
                value, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                found.append(Reading(line, problem=f"{_why(error)}; what follows it is not read"))
                any_paper = True
                break
            number += 1
            any_paper = any_paper or is_record(value)
            found.append(_numbered(number, self._reading(path, line, value, None)))
            at = _match_end(_AFTER, text, at)
            if any_paper:
                yield from found
                found.clear()
            elif number == MOST_UNREADABLE:
                raise OtherUse(str(path), f"its first {number} values are no records of papers", _RECORDS)
        if found and not any_paper:
            raise OtherUse(str(path), "its JSON holds no record of a paper", _RECORDS)
        yield from found

    def _reading(self, path: Path, line: int, record: object, data: bytes | None) -> Reading:
        if not isinstance(record, Mapping):
            named = _JSON_NAMES.get(type(record), "null")
            return Reading(line, problem=f"{named} where an object is expected")
        try:
            own = data or json.dumps(record, ensure_ascii=False, sort_keys=True).encode()
            if b"\\u" in own:
                json.dumps(record, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            half = ord(error.object[error.start])
            return Reading(line, problem=f"\\u{half:04x} in it is half of a character pair, which is no text")
        known, body = paper_of(record)
        return record_reading(path, line, own, known, body, media_type="application/jsonl", parser=self.identity)


def _numbered(number: int, reading: Reading) -> Reading:
    """The reading, with the number of its record in what is told of it: many may be on one line."""
    problem, warning = (f"record {number}: {text}" if text else "" for text in (reading.problem, reading.warning))
    return replace(reading, problem=problem, warning=warning)


def _lines(path: Path) -> list[tuple[int, bytes]]:
    """The lines with anything in them, with their numbers; a file in UTF-16 is turned into UTF-8."""
    data = path.read_bytes()
    if data.startswith(tuple(mark for mark, name in MARKS if name == "utf-16")):
        data = decoded(data, path).encode()
    numbered = enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
    return [(number, stripped) for number, line in numbered if (stripped := line.strip())]


def _text(line: bytes, path: Path) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        text = line.decode("gb18030")
        if han_count(text) * 2 < sum(1 for character in text if ord(character) > 127):
            raise
        return text


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"no UTF-8 at byte {error.start + 1}"
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON: {error.msg} at column {error.colno}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"no JSON that can be read: {error}".split(";")[0]


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at

"""Tagged text of reference managers and databases, one document a record."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kg.documents.authors import author_names, turned
from kg.documents.description import doi_in, year_in
from kg.documents.encoding import decoded
from kg.documents.records.fields import paper_of
from kg.documents.records.readings import Reading, gathered, record_reading
from kg.documents.records.tags import DIALECTS, MEDLINE, RIS, Dialect, records_of
from kg.protocols import ParseLimits, ParseResult

_ENDINGS = {".nbib": MEDLINE, ".ris": RIS}


class TaggedParser:
    """Reads MEDLINE (``.nbib``), RIS, EndNote, RefWorks, NoteExpress and Web of Science.

    A record without title and abstract is told with its line.
    """

    identity = "tagged 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the ending, or by a first line that opens a record."""
        return _dialect(path, head) is not None

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document a record; raises EmptyDocument without any, DamagedDocument without a good one."""
        data = path.read_bytes()
        return gathered(path, self._readings(path, decoded(data, path), _dialect(path, data) or RIS))

    def _readings(self, path: Path, text: str, dialect: Dialect) -> Iterator[Reading]:
        for line, source, tags in records_of(text, dialect):
            fields = {name: values for name, of_name in dialect.fields.items() if (values := _values(tags, of_name))}
            record: dict[str, object] = {name: values[0] for name, values in fields.items()}
            people = [name for given in fields.get("authors", []) for name in _names(given)]
            record["authors"] = [*people, *fields.get("groups", [])]
            dated = (year_in(value) for name in dialect.fields["year"] for value in tags.get(name, []))
            record["year"] = next((year for year in dated if year), None)
            located = [value for tag in ("LID", "AID") for value in tags.get(tag, []) if value.endswith("[doi]")]
            told = dialect.fields.get("doi", ())
            own = [value for tag in told[:1] for value in tags.get(tag, []) if value]
            record["doi"] = next((value.removesuffix("[doi]").strip() for value in (*own, *located)), None)
            known, body = paper_of(record)
            known = replace(known, identifiers={**_linked(tags, told[1:]), **known.identifiers})
            data = source.encode("utf-8", "replace")
            yield record_reading(path, line, data, known, body, media_type="text/x-tagged", parser=self.identity)


def _dialect(path: Path, head: bytes) -> Dialect | None:
    bare = head.removeprefix(b"\xef\xbb\xbf")
    told = next((dialect for dialect in DIALECTS if dialect.opening.match(bare)), None)
    return told or _ENDINGS.get(path.suffix.lower())


def _names(given: str) -> tuple[str, ...]:
    """The name, or the names where semicolons stand between them."""
    return author_names(given) if ";" in given else (turned(given),) if given else ()


def _linked(tags: Mapping[str, list[str]], names: tuple[str, ...]) -> dict[str, str]:
    """The DOI in an address or a field for any number: it names the paper, but is no id of the record."""
    found = next((doi for name in names for value in tags.get(name, []) if (doi := doi_in(value))), None)
    return {"doi": found} if found else {}


def _values(tags: Mapping[str, list[str]], names: tuple[str, ...]) -> list[str]:
    """The values of the first tag that has any."""
    return next((tags[name] for name in names if any(tags.get(name, []))), [])

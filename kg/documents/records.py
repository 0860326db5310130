"""JSON Lines of papers: one document a line."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from kg.documents.identity import content_hash_of, document_id
from kg.documents.language import language_of
from kg.domain import Block, BlockKind, Document
from kg.errors import BrokenRecord, DamagedDocument, EmptyDocument
from kg.protocols import ParseLimits, ParseResult, RecordProblem

_IDS = ("paper_id", "source_id", "document_id", "doc_id", "id", "_id", "pmid", "doi")
_TEXTS = ("abstract", "text", "contents", "content", "body", "passage")
_TITLES = ("title", "name", "headline")
_IDENTIFIERS = {
    "doi": ("doi", "DOI"),
    "pmid": ("pmid", "PMID", "pubmed_id"),
    "pmcid": ("pmcid", "pmc", "PMCID"),
    "arxiv": ("arxiv_id", "arxiv"),
    "biorxiv": ("biorxiv_id",),
}
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")

_JSON_NAMES = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}


class JsonLinesParser:
    """Reads JSON Lines whose records have a title, an abstract or text, and the paper's particulars.

    Spellings of PubMed exports, of BEIR (``_id``, ``title``, ``text``) and of Semantic Scholar are understood. A
    broken line becomes a problem with its number and the others go in. A record with a title and no abstract keeps
    the title as its text, with a warning: the paper can then still be found and cited by its name.
    """

    identity = "jsonl 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the ending, or by a first line that is an object."""
        if path.suffix.lower() in {".jsonl", ".ndjson"}:
            return True
        first = head.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0].rstrip()
        return re.match(rb'\{\s*"', first) is not None and first.endswith(b"}")

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document a record; raises EmptyDocument without any line, DamagedDocument without any good record."""
        documents: list[tuple[Document, tuple[Block, ...]]] = []
        problems: list[RecordProblem] = []
        warnings: list[str] = []
        lines: dict[str, int] = {}
        number = 0
        for number, line in _lines(path):
            try:
                record = _record(line, path, number)
                document, blocks, warning = _document(record, line, path, number)
            except BrokenRecord as error:
                problems.append(RecordProblem(number, error.why.removeprefix(f"line {number}: ")))
                continue
            if document.id in lines:
                problems.append(RecordProblem(number, f"the same record is on line {lines[document.id]} already"))
                continue
            lines[document.id] = number
            documents.append((document, blocks))
            if warning:
                warnings.append(f"line {number}: {warning}")
        if not documents and not problems:
            raise EmptyDocument(str(path), "there is no record in the file")
        if not documents:
            shown = "; ".join(f"line {p.line}: {p.why}" for p in problems[:3])
            raise DamagedDocument(str(path), f"none of its {len(problems)} records can be read ({shown})")
        return ParseResult(tuple(documents), tuple(problems), tuple(warnings))


@dataclass(frozen=True, slots=True)
class _Fields:
    values: Mapping[str, object]

    def text(self, *names: str) -> str:
        for name in names:
            value = self.values.get(name)
            if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
            if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
                return "\n".join(part.strip() for part in value if part.strip())
        return ""


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
            if stripped:
                yield number, stripped


def _record(line: bytes, path: Path, number: int) -> _Fields:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = line.decode("gb18030")
        except UnicodeDecodeError as error:
            raise BrokenRecord(str(path), number, f"no UTF-8 at byte {error.start + 1}") from error
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenRecord(str(path), number, f"no JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise BrokenRecord(str(path), number, "nested too deeply") from error
    if not isinstance(value, dict):
        raise BrokenRecord(str(path), number, f"{_JSON_NAMES.get(type(value), 'null')} where an object is expected")
    return _Fields(value)


def _document(record: _Fields, line: bytes, path: Path, number: int) -> tuple[Document, tuple[Block, ...], str | None]:
    title = " ".join(_plain(record.text(*_TITLES)).split())
    body = _plain(record.text(*_TEXTS))
    if not body and not title:
        raise BrokenRecord(
            str(path), number, f"no text: none of the fields {', '.join((*_TITLES[:1], *_TEXTS[:2]))} has any"
        )
    given = record.text(*_IDS)
    hashed = content_hash_of(line)
    blocks = []
    if title and body:
        blocks.append(Block(BlockKind.HEADING, title, level=1))
    blocks.extend(
        Block(BlockKind.PARAGRAPH, part.strip()) for part in re.split(r"\n\s*\n", body or title) if part.strip()
    )
    year = _YEAR.search(record.text("publication_year", "year", "pub_year", "publication_date", "date"))
    document = Document(
        id=document_id(hashed, given),
        content_hash=hashed,
        source_id=given or f"{path.name}:{number}",
        title=title,
        path=str(path),
        media_type="application/jsonl",
        language=language_of(body or title),
        authors=_authors(record.values.get("authors", record.values.get("author"))),
        year=int(year[0]) if year else None,
        journal=record.text("journal", "venue", "journal_title", "source_title") or None,
        identifiers={name: value for name, spellings in _IDENTIFIERS.items() if (value := record.text(*spellings))},
        parser=JsonLinesParser.identity,
    )
    return document, tuple(blocks), None if body else "no abstract; the title is its text"


def _authors(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(name.strip() for name in re.split(r";|\band\b|、|，", value) if name.strip())
    if not isinstance(value, list):
        return ()
    names = []
    for author in value:
        if isinstance(author, str):
            names.append(author.strip())
        elif isinstance(author, dict):
            fields = _Fields(author)
            whole = fields.text("name", "full_name", "collective")
            names.append(
                whole or " ".join(p for p in (fields.text("given", "first"), fields.text("family", "last")) if p)
            )
    return tuple(name for name in names if name)


def _plain(text: str) -> str:
    """Without the tags (``<i>``, ``<sub>``), character references and control characters that exports leave in text."""
    text = re.sub(r"</?(?:i|b|u|em|strong|sub|sup|p|br|jats:[a-z]+|sec|title|span)(?:\s[^<>]{0,200})?/?>", "", text)
    text = re.sub(r"[\xa0\u2000-\u200b\u202f\u205f\u3000]", " ", unescape(text))
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text).strip()

"""What was read of each record of a file, gathered as one result."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.documents.description import Particulars
from kg.documents.identity import content_hash_of, document_id
from kg.documents.language import language_of
from kg.domain import Block, BlockKind, Document
from kg.errors import DamagedDocument, EmptyDocument
from kg.protocols import ParseResult, RecordProblem

MOST_UNREADABLE = 10_000
"""Records without any good one before them, after which a file is refused."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One record: its document and blocks, or the problem with it."""

    line: int
    document: tuple[Document, tuple[Block, ...]] | None = None
    problem: str = ""
    warning: str = ""


def gathered(path: Path, readings: Iterable[Reading]) -> ParseResult:
    """The documents of the good records and the problems of the others.

    Raises EmptyDocument without any record, DamagedDocument without any good one, of all or of the first 10,000.
    """
    documents: list[tuple[Document, tuple[Block, ...]]] = []
    problems: list[RecordProblem] = []
    warnings: list[str] = []
    lines: dict[str, int] = {}
    for reading in readings:
        if reading.document is None:
            problems.append(RecordProblem(reading.line, reading.problem))
            if not documents and len(problems) == MOST_UNREADABLE:
                raise DamagedDocument(str(path), f"none of its first {_shown(problems)}")
            continue
        id_ = reading.document[0].id
        if id_ in lines:
            problems.append(RecordProblem(reading.line, f"the same record is on line {lines[id_]} already"))
            continue
        lines[id_] = reading.line
        documents.append(reading.document)
        if reading.warning:
            warnings.append(f"line {reading.line}: {reading.warning}")
    if not documents and not problems:
        raise EmptyDocument(str(path), "there is no record in the file")
    if not documents:
        raise DamagedDocument(str(path), f"none of its {_shown(problems)}")
    return ParseResult(tuple(documents), tuple(problems), tuple(warnings))


def _shown(problems: Sequence[RecordProblem]) -> str:
    shown = "; ".join(f"line {p.line}: {p.why}" for p in problems[:3])
    return f"{len(problems)} records can be read ({shown})"


def record_reading(
    path: Path,
    line: int,
    data: bytes,
    particulars: Particulars,
    body: tuple[Block, ...],
    *,
    media_type: str,
    parser: str,
) -> Reading:
    """A record as a document; one with a title and no text keeps the title as its text, with a warning."""
    title = particulars.title
    if not body and not title:
        return Reading(line, problem="no text: none of the fields title, abstract, text has any")
    blocks = (Block(BlockKind.HEADING, title, level=1), *body) if title and body else body
    hashed = content_hash_of(data)
    document = Document(
        id=document_id(hashed, particulars.source_id),
        content_hash=hashed,
        source_id=particulars.source_id or f"{path.name}:{line}",
        title=title,
        path=str(path),
        media_type=media_type,
        language=language_of(" ".join(block.text for block in body)[:20000] or title),
        authors=particulars.authors,
        year=particulars.year,
        journal=particulars.journal,
        identifiers=particulars.identifiers,
        parser=parser,
    )
    whole = (document, blocks or (Block(BlockKind.PARAGRAPH, title),))
    return Reading(line, whole, warning="" if body else "no abstract; the title is its text")

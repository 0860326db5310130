"""Documents and blocks as values of JSON, in stores and between processes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from kg.domain import Block, BlockKind, Box, Document, DocumentId, Passage, Span


def document_values(document: Document) -> dict[str, Any]:
    """The fields of a document by name."""
    return asdict(document)


def document_from(values: Mapping[str, Any]) -> Document:
    """The inverse of ``document_values``."""
    return Document(**{**values, "authors": tuple(values["authors"])})


def block_values(block: Block) -> list[object]:
    """The fields of a block in order, its boxes as four numbers, the last field only where its lines are known."""
    lines = [[start, *_corners(box)] for start, box in block.lines]
    corners = None if block.box is None else _corners(block.box)
    values: list[object] = [block.kind.value, block.text, block.page, corners, block.level, block.confidence]
    return [*values, lines] if lines else values


def block_from(values: Sequence[Any]) -> Block:
    """The inverse of ``block_values``."""
    kind, text, page, corners, level, confidence, *more = values
    box = None if corners is None else Box(*corners)
    lines = tuple((start, Box(*line)) for start, *line in (more[0] if more else ()))
    return Block(BlockKind(kind), text, page, box, level, confidence, lines)


def passage_values(passage: Passage) -> list[object]:
    """The fields of a passage in order, without the document that it is of."""
    spans = [[span.block, span.start, span.end] for span in passage.spans]
    return [passage.id, passage.ordinal, passage.text, passage.language, passage.heading_path, passage.page, spans]


def passage_from(values: Sequence[Any], document: DocumentId) -> Passage:
    """The inverse of ``passage_values``."""
    id_, ordinal, text, language, heading_path, page, spans = values
    return Passage(
        id_, document, ordinal, text, language, tuple(heading_path), page, tuple(Span(*span) for span in spans)
    )


def _corners(box: Box) -> list[float]:
    return [box.x0, box.y0, box.x1, box.y1]

"""Documents and blocks as values of JSON, in stores and between processes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from kg.domain import Block, BlockKind, Box, Document


def document_values(document: Document) -> dict[str, Any]:
    """The fields of a document by name."""
    return asdict(document)


def document_from(values: Mapping[str, Any]) -> Document:
    """The inverse of ``document_values``."""
    return Document(**{**values, "authors": tuple(values["authors"])})


def block_values(block: Block) -> list[object]:
    """The fields of a block in order, its box as four numbers."""
    box = block.box
    corners = None if box is None else [box.x0, box.y0, box.x1, box.y1]
    return [block.kind.value, block.text, block.page, corners, block.level, block.confidence]


def block_from(values: Sequence[Any]) -> Block:
    """The inverse of ``block_values``."""
    kind, text, page, corners, level, confidence = values
    return Block(BlockKind(kind), text, page, None if corners is None else Box(*corners), level, confidence)

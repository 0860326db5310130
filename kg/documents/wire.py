"""Parse results and errors as JSON, for the way between processes."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kg import errors
from kg.domain import Block, BlockKind, Box, Document
from kg.errors import UnreadableDocument
from kg.protocols import ParseLimits, ParseResult, RecordProblem

_ERRORS = {
    cls.__name__: cls
    for cls in (
        errors.UnreadableDocument,
        errors.UnsupportedFormat,
        errors.EncryptedDocument,
        errors.DamagedDocument,
        errors.EmptyDocument,
        errors.OversizedDocument,
    )
}


def request_bytes(path: Path, limits: ParseLimits, parser: str, ocr: bool) -> bytes:
    """The request to the child."""
    return json.dumps({"path": str(path), "limits": asdict(limits), "parser": parser, "ocr": ocr}).encode()


def read_request(data: bytes) -> tuple[Path, ParseLimits, str, bool]:
    """The inverse of ``request_bytes``."""
    value = json.loads(data)
    return Path(value["path"]), ParseLimits(**value["limits"]), str(value["parser"]), bool(value["ocr"])


def result_bytes(result: ParseResult) -> bytes:
    """The answer of the child."""
    value = {
        "documents": [[asdict(document), [_block(b) for b in blocks]] for document, blocks in result.documents],
        "problems": [[p.line, p.why] for p in result.problems],
        "warnings": result.warnings,
    }
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def error_bytes(error: UnreadableDocument) -> bytes:
    """The answer of the child if the file cannot be read."""
    kind = type(error).__name__ if type(error).__name__ in _ERRORS else "UnreadableDocument"
    return json.dumps({"error": kind, "path": error.path, "why": error.why, "cure": error.cure}).encode()


def read_result(data: bytes) -> ParseResult:
    """The inverse of both; raises the error that occurred in the child."""
    value = json.loads(data.decode("utf-8", "surrogatepass"))
    if "error" in value:
        raise _ERRORS[value["error"]](value["path"], value["why"], value["cure"])
    return ParseResult(
        tuple((_read_document(d), tuple(_read_block(b) for b in blocks)) for d, blocks in value["documents"]),
        tuple(RecordProblem(line, why) for line, why in value["problems"]),
        tuple(value["warnings"]),
    )


def _block(block: Block) -> list[Any]:
    box = [block.box.x0, block.box.y0, block.box.x1, block.box.y1] if block.box else None
    return [block.kind.value, block.text, block.page, box, block.level, block.confidence]


def _read_block(value: list[Any]) -> Block:
    kind, text, page, box, level, confidence = value
    return Block(BlockKind(kind), text, page, Box(*box) if box else None, level, confidence)


def _read_document(value: dict[str, Any]) -> Document:
    return Document(**{**value, "authors": tuple(value["authors"])})

"""Parse results and errors as JSON, for the way between processes."""

import json
import struct
from dataclasses import asdict
from pathlib import Path

from kg import errors
from kg.documents.file_names import shown
from kg.errors import UnreadableDocument
from kg.plain_values import block_from, block_values, document_from, document_values
from kg.protocols import ParseLimits, ParseResult, RecordProblem

FRAME = struct.Struct("!Q")
"""The length of a message, in front of it."""

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


def over_memory(path: Path, limits: ParseLimits) -> errors.OversizedDocument:
    """The error for a file that takes more memory than it may, whoever sees it first."""
    megabytes = limits.memory_bytes // 2**20
    cure = "raise JIANXI_LIMIT_MEMORY_MB"
    return errors.OversizedDocument(shown(path), f"takes more than {megabytes} MB to parse", cure)


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
        "documents": [
            [document_values(document), list(map(block_values, blocks))] for document, blocks in result.documents
        ],
        "problems": [[p.line, p.why] for p in result.problems],
        "warnings": result.warnings,
    }
    text = json.dumps(value, ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def error_bytes(error: UnreadableDocument) -> bytes:
    """The answer of the child if the file cannot be read."""
    kind = type(error).__name__ if type(error).__name__ in _ERRORS else "UnreadableDocument"
    return json.dumps({"error": kind, "why": error.why, "cure": error.cure}).encode()


def read_result(data: bytes, path: Path) -> ParseResult:
    """The inverse of both, for the file at ``path``; raises the error that occurred in the child."""
    value = json.loads(data)
    name = shown(path)
    if "error" in value:
        raise _ERRORS[value["error"]](name, value["why"], value["cure"])
    return ParseResult(
        tuple(
            (document_from({**document, "path": name}), tuple(map(block_from, blocks)))
            for document, blocks in value["documents"]
        ),
        tuple(RecordProblem(line, why) for line, why in value["problems"]),
        tuple(value["warnings"]),
    )

"""Parse results and errors as JSON, for the way between processes."""

import json
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from kg.documents.extent import computing_s
from kg.documents.file_names import shown
from kg.documents.pdf.page_count import is_pdf
from kg.domain import Block, Document, Passage
from kg.errors import OtherUse, OversizedDocument, UnreadableDocument
from kg.plain_values import (
    block_from,
    block_values,
    document_from,
    document_values,
    passage_from,
    passage_values,
)
from kg.protocols import ParseLimits, ParseResult, RecordProblem

T = TypeVar("T")
_AT_ONCE = 500
_HALF = re.compile("[\ud800-\udfff]")

FRAME = struct.Struct("!Q")
"""The length of a message, in front of it."""

_KINDS: list[type[UnreadableDocument]] = [UnreadableDocument, OtherUse, *UnreadableDocument.__subclasses__()]
_ERRORS = {kind.__name__: kind for kind in _KINDS}


def over_memory(path: Path, limits: ParseLimits) -> OversizedDocument:
    """The error for a file that takes more memory than it may, whoever sees it first."""
    limit, most = (size // 2**20 for size in (limits.memory_bytes, most_bytes(limits)))
    why = f"takes more than {most} MB to parse; a parser ends there, below its limit of {limit} MB"
    return OversizedDocument(shown(path), why, "raise JIANXI_LIMIT_MEMORY_MB")


def most_bytes(limits: ParseLimits) -> int:
    """Memory at which a parser is ended: below the limit, for it grows on between two looks at it."""
    return limits.memory_bytes * 7 // 8


def over_computing(path: Path, limits: ParseLimits) -> OversizedDocument:
    """The error for a file that takes more processor time than one of its size may."""
    pages = f" and than {limits.computing_s_per_page:g} s a page" if is_pdf(path) else ""
    why = f"takes more than {computing_s(path, limits):.0f} s of computing{pages}, too much for its size"
    return OversizedDocument(shown(path), why, "split the file, or save it in another format")


def request_bytes(path: Path, limits: ParseLimits, parser: str, ocr: bool) -> bytes:
    """The request to the child."""
    return json.dumps({"path": str(path), "limits": asdict(limits), "parser": parser, "ocr": ocr}).encode()


def read_request(data: bytes) -> tuple[Path, ParseLimits, str, bool]:
    """The inverse of ``request_bytes``."""
    value = json.loads(data)
    return Path(value["path"]), ParseLimits(**value["limits"]), str(value["parser"]), bool(value["ocr"])


def result_bytes(result: ParseResult) -> bytes:
    """The answer of the child: a line of JSON for the whole, and lines for each document, its blocks and passages."""
    lines = [_line({"problems": [[p.line, p.why] for p in result.problems], "warnings": result.warnings})]
    for number, (document, blocks) in enumerate(result.documents):
        lines.append(_line({"document": document_values(document)}))
        lines += (_line({"blocks": list(map(block_values, some))}) for some in _some(blocks))
        if result.passages:
            lines += (_line({"passages": list(map(passage_values, some))}) for some in _some(result.passages[number]))
    return b"\n".join(lines)


def _line(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _HALF.sub("\ufffd", text).encode()


def _some(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))


def error_bytes(error: UnreadableDocument) -> bytes:
    """The answer of the child if the file cannot be read."""
    kind = type(error).__name__ if type(error).__name__ in _ERRORS else "UnreadableDocument"
    return json.dumps({"error": kind, "why": error.why, "cure": error.cure}).encode()


def read_result(data: bytes, path: Path) -> ParseResult:
    """The inverse of both, for the file at ``path``; raises the error that occurred in the child.

    It reads line by line, so that other threads are never kept waiting for long.
    """
    name = shown(path)
    first, *lines = data.split(b"\n")
    whole = json.loads(first)
    if "error" in whole:
        raise _ERRORS[whole["error"]](name, whole["why"], whole["cure"])
    documents: list[tuple[Document, list[Block], list[Passage]]] = []
    for line in lines:
        value = json.loads(line)
        if "document" in value:
            documents.append((document_from({**value["document"], "path": name}), [], []))
            continue
        document, blocks, passages = documents[-1]
        blocks += map(block_from, value.get("blocks", ()))
        passages += (passage_from(values, document.id) for values in value.get("passages", ()))
    return ParseResult(
        tuple((document, tuple(blocks)) for document, blocks, _ in documents),
        tuple(RecordProblem(line, why) for line, why in whole["problems"]),
        tuple(whole["warnings"]),
        tuple(tuple(passages) for _, _, passages in documents),
    )

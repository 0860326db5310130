"""Parsing one file: the parser is chosen by the file's content."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from kg.errors import DamagedDocument, EmptyDocument, OversizedDocument, UnsupportedFormat
from kg.protocols import DocumentParser, ParseLimits, ParseResult

HEAD_BYTES = 8192
READS = "PDF, JATS XML, HTML, DOCX, LaTeX, Markdown, text and JSON Lines"
"""Kinds of file, as a reader is told of them."""

PARSERS = (
    "kg.documents.word:WordParser",
    "kg.documents.webpage:HtmlParser",
    "kg.documents.jats.parser:JatsParser",
    "kg.documents.mineru.content_list:ContentListParser",
    "kg.documents.records:JsonLinesParser",
    "kg.documents.latex.parser:LatexParser",
    "kg.documents.markdown:MarkdownParser",
    "kg.documents.plain_text:PlainTextParser",
)
"""Parsers in order; the first one that accepts the file parses it."""


def parse(path: Path, limits: ParseLimits, *, pdf: DocumentParser | None = None, ocr: bool = True) -> ParseResult:
    """Parse a file in this process; ``pdf`` reads PDF files in place of liteparse.

    Raises UnreadableDocument. Memory and time are watched by kg.documents.sandbox, not here.
    """
    head = _head(path, limits)
    for parser in _parsers(pdf, ocr):
        if parser.reads(path, head):
            return parser.parse(path, limits)
    raise UnsupportedFormat(
        str(path),
        f"no parser reads {path.suffix or 'a file without ending'} with this content",
        f"files that are read are {READS}",
    )


def _parsers(pdf: DocumentParser | None, ocr: bool) -> Iterator[DocumentParser]:
    yield pdf or _liteparse(ocr)
    for name in PARSERS:
        module, _, class_ = name.partition(":")
        yield cast(DocumentParser, getattr(import_module(module), class_)())


def _liteparse(ocr: bool) -> DocumentParser:
    from kg.documents.pdf.liteparse_parser import LiteparseParser

    if not ocr:
        return LiteparseParser(None)
    from kg.documents.ocr.best import installed_reader

    return LiteparseParser(installed_reader())


def _head(path: Path, limits: ParseLimits) -> bytes:
    try:
        size = path.stat().st_size
        if size > limits.size_bytes:
            raise OversizedDocument(
                str(path),
                f"{size / 2**20:.1f} MB is over the limit of {limits.size_bytes / 2**20:.0f} MB",
                "split the file or raise JIANXI_LIMIT_SIZE_MB",
            )
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise DamagedDocument(
            str(path), f"cannot be opened: {error.strerror}", "check the path and its rights"
        ) from error
    if not size:
        raise EmptyDocument(str(path), "the file has no bytes", "copy it again from its source")
    return head

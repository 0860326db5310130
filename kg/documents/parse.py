"""Parsing one file: the parser is chosen by the file's content."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from kg.documents.invisible import without_invisible
from kg.documents.picture import PictureParser
from kg.documents.refusals import without_refusal
from kg.errors import DamagedDocument, EmptyDocument, OversizedDocument, UnsupportedFormat
from kg.protocols import DocumentParser, ParseLimits, ParseResult

HEAD_BYTES = 8192
READS = (
    "PDF, XML of JATS, BITS, TEI, PubMed, EndNote and Dublin Core, HTML, DOCX, LaTeX, Markdown, text, JSON (Lines), "
    "nbib, RIS, EndNote, and with --include BibTeX and pictures of text (PNG, JPEG, TIFF)"
)
"""Kinds of file, as a reader is told of them."""

PARSERS = (
    "kg.documents.word.parser:WordParser",
    "kg.documents.webpage:HtmlParser",
    "kg.documents.jats.parser:JatsParser",
    "kg.documents.mineru.content_list:ContentListParser",
    "kg.documents.records.json_parser:JsonParser",
    "kg.documents.records.tagged:TaggedParser",
    "kg.documents.records.bibtex:BibtexParser",
    "kg.documents.latex.parser:LatexParser",
    "kg.documents.markdown:MarkdownParser",
    "kg.documents.plain_text:PlainTextParser",
)
"""Parsers in order; the first one that accepts the file parses it."""


def _unheard() -> None:
    """What is called for each page that OCR has read, where nobody waits for it."""


def parse(
    path: Path,
    limits: ParseLimits,
    *,
    pdf: DocumentParser | None = None,
    ocr: bool = True,
    page_read: Callable[[], None] = _unheard,
) -> ParseResult:
    """Parse a file in this process; ``pdf`` reads PDF files in place of liteparse.

    ``page_read`` is called after each page that OCR has read.
    Raises UnreadableDocument. Memory and time are watched by kg.documents.sandbox, not here.
    """
    head = _head(path, limits)
    for parser in _parsers(pdf or _liteparse(limits if ocr else None, page_read)):
        if parser.reads(path, head):
            return without_refusal(path, without_invisible(parser.parse(path, limits)))
    raise UnsupportedFormat(
        str(path),
        f"no parser reads {path.suffix or 'a file without ending'} with this content",
        f"files that are read are {READS}",
    )


def _parsers(pdf: DocumentParser) -> Iterator[DocumentParser]:
    yield pdf
    yield PictureParser(pdf)
    for name in PARSERS:
        module, _, class_ = name.partition(":")
        yield cast(DocumentParser, getattr(import_module(module), class_)())


@cache
def _liteparse(limits: ParseLimits | None, page_read: Callable[[], None]) -> DocumentParser:
    """One for all files with the same limits, since its OCR keeps a process; ``limits`` are None without OCR."""
    from kg.documents.ocr.process import SeparateReader
    from kg.documents.pdf.liteparse_parser import LiteparseParser

    return LiteparseParser(None if limits is None else SeparateReader(limits, page_read))


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

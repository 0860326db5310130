"""How much a file may become: blocks, characters and passages, held against its size."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.documents.file_names import shown
from kg.documents.passages import split
from kg.domain import Block, Passage
from kg.errors import OversizedDocument
from kg.protocols import ParseLimits, ParseResult

_FREE_CHARACTERS = 1_000_000
_CHARACTERS_A_BYTE = 10
_LEAST_BYTES_A_PAGE = 1000


def with_passages(result: ParseResult, path: Path, size_bytes: int, limits: ParseLimits) -> ParseResult:
    """The result with its documents cut into passages; raises OversizedDocument for a file that became too much."""
    characters = sum(len(block.text) for _, blocks in result.documents for block in blocks)
    most = min(limits.characters, _FREE_CHARACTERS + _CHARACTERS_A_BYTE * size_bytes)
    if characters > most:
        why = f"becomes {characters:,} characters of text; a file of {size_bytes:,} bytes may become {most:,}"
        raise OversizedDocument(shown(path), why, "split the file, or save it without cells that span many others")
    passages: list[tuple[Passage, ...]] = []
    left = limits.passages
    for document, blocks in result.documents:
        if len(blocks) > limits.blocks:
            raise too_many_blocks(path, limits)
        passages.append(split(document, blocks))
        left -= len(passages[-1])
        if left < 0:
            raise OversizedDocument(shown(path), f"gives more than {limits.passages:,} passages", "split the file")
    return ParseResult(result.documents, result.problems, result.warnings, tuple(passages))


def counted(blocks: Iterable[Block], path: Path, limits: ParseLimits) -> Iterator[Block]:
    """The blocks of one document while they are made; raises OversizedDocument at the first one too many."""
    for number, block in enumerate(blocks):
        if number >= limits.blocks:
            raise too_many_blocks(path, limits)
        yield block


def too_many_blocks(path: Path, limits: ParseLimits) -> OversizedDocument:
    """The error for a document of more blocks than it may have."""
    why = f"has more than {limits.blocks:,} paragraphs, headings and tables in one document"
    return OversizedDocument(shown(path), why, "split the document")


def computing_s(path: Path, limits: ParseLimits, pages: int = 0) -> float:
    """Processor time that a file may take: in proportion to its size, or to its pages where that is more.

    A file has no more pages than kilobytes, whatever it says: else a few bytes could claim any time.
    """
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    believed = min(pages, size // _LEAST_BYTES_A_PAGE)
    of_size = limits.computing_s + limits.computing_s_per_mb * size / 2**20
    return max(of_size, limits.computing_s_per_page * believed)

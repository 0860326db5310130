"""Markdown: headings, paragraphs, lists, tables, code and the front matter."""

import re
from collections.abc import Iterator
from pathlib import Path

from kg.documents.description import described
from kg.documents.encoding import decoded
from kg.documents.front_matter import front_matter
from kg.documents.plain_text import joined_lines
from kg.documents.references import with_references
from kg.domain import Block, BlockKind
from kg.errors import EmptyDocument
from kg.protocols import ParseLimits, ParseResult

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*\Z")
_UNDERLINE = re.compile(r"(?:=+|-{2,})\s*\Z")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_CAPTION = re.compile(r"[*_]{0,2}(?:table|tab\.|figure|fig\.|表|图)\s*\d+", re.IGNORECASE)
_MARKS = (
    (re.compile(r"!\[([^\]]*)\]\([^)\s]*(?:\s[^)]*)?\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\([^)\s]*(?:\s[^)]*)?\)"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])([*_])(?=[^\s*_])(.+?)(?<=[^\s*_])\1(?![\w*])"), r"\2"),
    (re.compile(r"`([^`]+)`"), r"\1"),
    (re.compile(r"</?(?:su[bp]|br|em|strong|i|b|span|div|p)\b[^<>]{0,200}>", re.IGNORECASE), ""),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!>])"), r"\1"),
)


class MarkdownParser:
    """Reads Markdown with pipe tables and an optional front matter of title, authors, year, journal, doi, pmid, id."""

    identity = "markdown 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the ending."""
        return path.suffix.lower() in {".md", ".markdown"}

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises EmptyDocument without text."""
        data = path.read_bytes()
        particulars, body = front_matter(decoded(data, path), path)
        blocks = markdown_blocks(body)
        if not any(block.kind is not BlockKind.HEADING for block in blocks):
            raise EmptyDocument(str(path), "there is no text under its headings")
        found = described(path, data, blocks, media_type="text/markdown", parser=self.identity, particulars=particulars)
        return ParseResult((found,))


def markdown_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text, markup taken off."""
    blocks: list[Block] = []
    for kind, lines, level in _pieces(text.split("\n")):
        if kind is BlockKind.CODE:
            content = "\n".join(lines).strip("\n")
        elif kind is BlockKind.TABLE:
            content = "\n".join(_plain(line.strip()) for line in lines)
        else:
            content = _plain(joined_lines(lines))
        if not content.strip():
            continue
        if kind is BlockKind.PARAGRAPH and _CAPTION.match(content) and len(content) < 600:
            kind = BlockKind.CAPTION
        elif kind is BlockKind.PARAGRAPH and content.startswith("$$") and content.endswith("$$"):
            kind = BlockKind.FORMULA
        blocks.append(Block(kind, content, level=level))
    return tuple(with_references(blocks))


def _pieces(lines: list[str]) -> Iterator[tuple[BlockKind, list[str], int | None]]:
    group: list[str] = []
    kind = BlockKind.PARAGRAPH
    at = 0
    while at < len(lines):
        line = lines[at]
        fence = _FENCE.match(line.strip())
        heading = _HEADING.match(line)
        if fence:
            yield kind, group, None
            end = next((n for n in range(at + 1, len(lines)) if lines[n].strip().startswith(fence[1])), len(lines))
            yield BlockKind.CODE, lines[at + 1 : end], None
            group, kind, at = [], BlockKind.PARAGRAPH, end + 1
            continue
        if heading:
            yield kind, group, None
            yield BlockKind.HEADING, [heading[2]], len(heading[1])
            group, kind = [], BlockKind.PARAGRAPH
        elif _UNDERLINE.match(line) and len(group) == 1 and kind is BlockKind.PARAGRAPH:
            yield BlockKind.HEADING, group, 1 if line.startswith("=") else 2
            group = []
        elif not line.strip() or re.fullmatch(r"\s*(?:[-*_]\s*){3,}", line) or line.strip().startswith("<!--"):
            yield kind, group, None
            group, kind = [], BlockKind.PARAGRAPH
        else:
            now = _kind(line, kind if group else BlockKind.PARAGRAPH)
            if group and (now is not kind or (now is BlockKind.LIST and _ITEM.match(line))):
                yield kind, group, None
                group = []
            kind = now
            group.append(line.strip().removeprefix("> ") if now is BlockKind.PARAGRAPH else line)
        at += 1
    yield kind, group, None


def _kind(line: str, before: BlockKind) -> BlockKind:
    if line.lstrip().startswith("|"):
        return BlockKind.TABLE
    if _ITEM.match(line):
        return BlockKind.LIST
    return BlockKind.LIST if before is BlockKind.LIST else BlockKind.PARAGRAPH


def _plain(text: str) -> str:
    for mark, replacement in _MARKS:
        text = mark.sub(replacement, text)
    return text

"""Markdown: headings, paragraphs, lists, tables, code and the front matter."""

import re
from collections.abc import Iterator
from pathlib import Path

from kg.documents.description import described
from kg.documents.encoding import decoded
from kg.documents.extent import counted
from kg.documents.front_matter import front_matter
from kg.documents.invisible import left_out
from kg.documents.markdown_html import html_blocks, split_html
from kg.documents.markdown_inline import plain_line
from kg.documents.markdown_tables import dashed_table, grid_table
from kg.documents.plain_text import joined_lines
from kg.documents.references import with_references
from kg.documents.tables import markdown_table
from kg.domain import Block, BlockKind
from kg.errors import EmptyDocument
from kg.protocols import ParseLimits, ParseResult

_HEADING = re.compile(r" {0,3}(#{1,6})\s")
_UNDERLINE = re.compile(r"(?:=+|-{2,})\s*\Z")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_FENCED = re.compile(r"\s*```(?:markdown|md)[^\S\n]*\n((?:(?!\n```).)*)\n```\s*", re.DOTALL | re.IGNORECASE)
"""A file that is one fence of Markdown, as language models write it."""
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_QUOTED = re.compile(r"\A {0,3}>(?!\s?\d) ?")
_RULE_CELL = re.compile(r":?-{1,300}:?")
_CELL_END = re.compile(r"(?<!\\)\|")
_DEFINITION = re.compile(
    r" {0,3}\[(?!\^)[^\[\]]{1,200}\]:\s{0,10}(?:<[^<>]{0,2000}>|[#./]\S{0,2000}|\w{2,10}:\S{1,2000})"
    r"(?:\s+(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|\([^()]{0,2000}\)))?\s*"
)
_DIV = re.compile(r" {0,3}:{3,}+\s*+(?:(?:\{[^{}]*\}|[\w-]++)\s*+)?:*+\s*+")
"""The beginning or end of an element of Pandoc, Quarto or MyST, whose text is read as it stands."""
_BREAK = re.compile(r"(?<!\\)\\\Z")
"""A break of the line; two of the sign are a row of a formula."""
_ATTRIBUTES = re.compile(r"(?<!\s)\s+\{(?:[#.][^{}]{0,200}|-)\}\Z")
_CALLOUT = re.compile(r"\A\[!\w{1,20}\][+-]?\s*")
_DISPLAYED = re.compile(r"\\\[(?![\d\s,–-]*\\\])((?:(?!\\\]).)+)\\\]")
_CAPTION = re.compile(r"[*_]{0,2}(?:table|tab\.|figure|fig\.|表|图)\s*\d+", re.IGNORECASE)


class MarkdownParser:
    """Reads Markdown with tables and an optional front matter of title, authors, year, journal, doi, pmid, id."""

    identity = "markdown 2"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the ending."""
        return path.suffix.lower() in {".md", ".markdown"}

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises EmptyDocument without text."""
        data = path.read_bytes()
        text = decoded(data, path)
        whole = _FENCED.fullmatch(text)
        particulars, body = front_matter(whole[1] if whole else text, path)
        hidden: list[str] = []
        blocks = with_references(counted(_blocks(body, hidden), path, limits))
        if not any(block.kind is not BlockKind.HEADING for block in blocks):
            raise EmptyDocument(str(path), "there is no text under its headings")
        found = described(path, data, blocks, media_type="text/markdown", parser=self.identity, particulars=particulars)
        unseen = " ".join(filter(None, hidden))
        return ParseResult((found,), warnings=(left_out("hidden text", unseen),) if unseen else ())


def markdown_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a Markdown text, markup taken off, tables in HTML as tables, comments left out."""
    return tuple(with_references(_blocks(text, [])))


def _blocks(text: str, hidden: list[str]) -> Iterator[Block]:
    for part, is_html in split_html(text, hidden):
        yield from html_blocks(part, hidden) if is_html else _text_blocks(part)


def _text_blocks(text: str) -> Iterator[Block]:
    for kind, lines, level in _pieces(text.split("\n")):
        if kind is BlockKind.CODE:
            content = "\n".join(lines).strip("\n")
        elif kind is BlockKind.TABLE:
            content = markdown_table([_cells(line) for line in lines if not _is_rule(line)])
        else:
            content = _line(lines)
        if not content.strip():
            continue
        if kind is BlockKind.PARAGRAPH and _CAPTION.match(content) and len(content) < 600:
            kind = BlockKind.CAPTION
        elif kind is BlockKind.PARAGRAPH and content.startswith((": ", "Table: ")):
            kind, content = BlockKind.CAPTION, content.removeprefix(": ")
        elif kind is BlockKind.PARAGRAPH and content.startswith("$$") and content.endswith("$$"):
            kind = BlockKind.FORMULA
        yield Block(kind, content, level=level)


def _line(lines: list[str]) -> str:
    """Lines as one, without the marks of breaks, attributes and callouts."""
    line = joined_lines([_BREAK.sub("", line.rstrip()) for line in lines])
    if displayed := _DISPLAYED.fullmatch(line):
        return f"$${displayed[1]}$$"
    return plain_line(_CALLOUT.sub("", _ATTRIBUTES.sub("", line)))


def _pieces(lines: list[str]) -> Iterator[tuple[BlockKind, list[str], int | None]]:
    group: list[str] = []
    kind = BlockKind.PARAGRAPH
    at = 0
    while at < len(lines):
        line = _QUOTED.sub("", lines[at], count=1)
        fence = _FENCE.match(line.strip())
        if fence:
            yield kind, group, None
            end = next((n for n in range(at + 1, len(lines)) if lines[n].strip().startswith(fence[1])), len(lines))
            yield BlockKind.CODE, lines[at + 1 : end], None
            group, kind, at = [], BlockKind.PARAGRAPH, end + 1
            continue
        if heading := _HEADING.match(line):
            yield kind, group, None
            yield BlockKind.HEADING, [_heading_text(line[heading.end() :])], len(heading[1])
            group, kind = [], BlockKind.PARAGRAPH
        elif _UNDERLINE.match(line) and len(group) == 1 and kind is BlockKind.PARAGRAPH:
            yield BlockKind.HEADING, group, 1 if line.startswith("=") else 2
            group = []
        elif (
            not line.strip()
            or _DIV.fullmatch(line)
            or re.fullmatch(r"\s*(?:[-*_]\s*){3,}", line)
            or _DEFINITION.fullmatch(line)
        ):
            yield kind, group, None
            group, kind = [], BlockKind.PARAGRAPH
        elif (drawn := _drawn(lines, at))[0]:
            yield kind, group, None
            yield BlockKind.TABLE, ["|".join(cell.replace("|", r"\|") for cell in ("", *row)) for row in drawn[0]], None
            group, kind, at = [], BlockKind.PARAGRAPH, drawn[1]
            continue
        elif (end := _table_end(lines, at)) > at:
            yield kind, group, None
            yield BlockKind.TABLE, [_QUOTED.sub("", row, count=1) for row in lines[at:end]], None
            group, kind, at = [], BlockKind.PARAGRAPH, end
            continue
        else:
            now = _kind(line, kind if group else BlockKind.PARAGRAPH)
            if group and (now is not kind or (now is BlockKind.LIST and _ITEM.match(line))):
                yield kind, group, None
                group = []
            kind = now
            group.append(line)
        at += 1
    yield kind, group, None


def _drawn(lines: list[str], at: int) -> tuple[list[list[str]], int]:
    rows, end = grid_table(lines, at)
    return (rows, end) if rows else dashed_table(lines, at)


def _table_end(lines: list[str], at: int) -> int:
    """Where the table ends that begins on this line: its rows have bars outside, or a rule below the first; else 0."""
    ruled = (
        at + 1 < len(lines)
        and _CELL_END.search(lines[at]) is not None
        and _is_rule(_QUOTED.sub("", lines[at + 1], count=1))
    )
    end = at
    while end < len(lines) and lines[end].strip() and (ruled or _QUOTED.sub("", lines[end]).lstrip().startswith("|")):
        if ruled and end > at + 1 and _CELL_END.search(lines[end]) is None:
            break
        end += 1
    return end


def _is_rule(line: str) -> bool:
    """Whether a line is the rule below the head of a table."""
    return "|" in line and all(_RULE_CELL.fullmatch(cell.strip()) for cell in line.strip().strip("|").split("|"))


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    parts = _CELL_END.split(bare)
    if len(parts) > 1 and not parts[-1].strip():
        parts.pop()
    return [plain_line(part) for part in parts]


def _heading_text(text: str) -> str:
    text = text.strip()
    bare = text.rstrip("#")
    return bare.rstrip() if not bare or bare[-1].isspace() else text


def _kind(line: str, before: BlockKind) -> BlockKind:
    if _ITEM.match(line):
        return BlockKind.LIST
    return BlockKind.LIST if before is BlockKind.LIST else BlockKind.PARAGRAPH

"""The blocks of a LaTeX text: headings, paragraphs, lists, formulas, captions and tables."""

import re
from collections.abc import Iterable
from typing import Any

from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
)

from kg.documents.grids import filled_grid, span_of
from kg.documents.language import language_of
from kg.documents.latex.inline import line_of, nodes_of, text_of
from kg.documents.references import with_references
from kg.documents.tables import markdown_table
from kg.domain import Block, BlockKind

_LEVELS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
_FORMULAS = frozenset({
    "equation", "align", "gather", "multline", "flalign", "alignat", "eqnarray", "displaymath", "dmath", "IEEEeqnarray",
    "math",
})  # fmt: skip
_TABLES = frozenset(["tabular", "tabularx", "tabulary", "longtable", "xtabular"])
_LISTS = frozenset(["itemize", "enumerate", "description", "compactitem", "tasks"])
_FLOATS = frozenset(
    ["figure", "table", "wrapfigure", "wraptable", "sidewaysfigure", "sidewaystable", "SCfigure", "algorithm"]
)
_DROPPED = frozenset(["tikzpicture", "pgfpicture", "picture", "thebibliography", "algorithmic", "verbatim", "CCSXML"])
_ALIGNMENT = re.compile(
    r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag|displaystyle)(?![A-Za-z])"
    r"|\\(?:begin|end)\{(?:aligned|split|gathered)\}(?:\[\w\])?|(?<!\\)&"
)
_A_TABLE = re.compile(r"\\begin\s{0,9}\{(?:tabular|longtable|xtabular)")
_LONGEST_REPEATED = 200
_HEADS = {"en": "Abstract", "zh": "摘要"}


def latex_blocks(source: str) -> tuple[Block, ...]:
    """The blocks of a LaTeX text without preamble, marks taken off; pictures and the bibliography are left out."""
    reader = _Reader()
    reader.read(nodes_of(source), BlockKind.PARAGRAPH)
    reader.end(BlockKind.PARAGRAPH)
    return tuple(with_references(reader.blocks))


class _Reader:
    """Reads nodes in order; text between blocks waits in ``_loose`` until a block or a blank line ends it.

    Footnotes wait until the text around them ends. Of the text in a float that below a table is its caption too.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._loose: list[str] = []
        self._notes: list[str] = []
        self._is_below_table = False

    def read(self, nodes: Iterable[Any], kind: BlockKind | None) -> None:
        """Read nodes whose loose text is of a kind, or is left out where there is none."""
        for node in nodes:
            if isinstance(node, LatexCharsNode):
                first, *others = re.split(r"\n[^\S\n]*\n", node.chars)
                self._loose.append(first)
                for text in others:
                    self.end(kind)
                    self._loose.append(text)
            elif isinstance(node, LatexEnvironmentNode):
                self._environment(node, kind)
            elif isinstance(node, LatexMathNode) and node.displaytype == "display":
                self._formula(node, kind)
            elif isinstance(node, LatexGroupNode):
                self.read(node.nodelist, kind)
            elif isinstance(node, LatexMacroNode):
                self._macro(node, kind)
            elif node is not None:
                self._loose.append(text_of([node]))

    def end(self, kind: BlockKind | None) -> None:
        """End the loose text as a block."""
        text = line_of("".join(self._loose))
        self._loose.clear()
        kind = kind or (BlockKind.CAPTION if self._is_below_table else None)
        if kind and any(character.isalnum() for character in text):
            self.blocks.append(Block(kind, text))
        self.blocks += (Block(BlockKind.PARAGRAPH, note) for note in self._notes if note)
        self._notes.clear()

    def _add(self, kind: BlockKind, text: str, level: int | None = None) -> None:
        if text:
            self.blocks.append(Block(kind, text, level=level))

    def _environment(self, node: Any, kind: BlockKind | None) -> None:
        name = node.environmentname.rstrip("*")
        if name in _DROPPED:
            return
        if name in _FORMULAS:
            self._formula(node, kind)
            return
        self.end(kind)
        inside = BlockKind.LIST if name in _LISTS else None if name in _FLOATS else kind
        if name in _TABLES:
            self._table(node)
            self._is_below_table = kind is None
        elif name == "tablenotes":
            self.read(node.nodelist, BlockKind.LIST)
            self.end(BlockKind.LIST)
        elif name == "abstract":
            self._abstract(node.nodelist)
        else:
            if _A_TABLE.search(node.latex_verbatim()):  # what stands in it before its table is below none
                self._is_below_table = False
            self.read(node.nodelist, inside)
        self.end(inside)
        self._is_below_table &= name not in _FLOATS

    def _macro(self, node: Any, kind: BlockKind | None) -> None:
        name, given = node.macroname, [one for one in (node.nodeargd.argnlist if node.nodeargd else ()) if one]
        if name in {"footnote", "footnotetext"} and given:
            self._notes.append(line_of(text_of(given[-1:])))
        elif name in {*_LEVELS, "caption", "captionof"} and given:
            self.end(kind)
            level = _LEVELS.get(name)
            self._add(BlockKind.HEADING if level else BlockKind.CAPTION, line_of(text_of(given[-1:])), level)
        elif name in {"item", "par"}:
            self.end(kind)
            self._loose.append(f"{text_of(given)} " if given else "")
        elif name == "abstract" and given:
            self.end(kind)
            self._abstract(given)
        elif given and isinstance(given[-1], LatexGroupNode) and any(map(_is_block, given[-1].nodelist)):
            self.read(given[-1:], kind)
        else:
            self._loose.append(text_of([node]))

    def _abstract(self, nodes: Iterable[Any]) -> None:
        nodes = list(nodes)
        self._add(BlockKind.HEADING, _HEADS[language_of(text_of(nodes))], 2)
        self.read(nodes, BlockKind.PARAGRAPH)
        self.end(BlockKind.PARAGRAPH)

    def _formula(self, node: Any, kind: BlockKind | None) -> None:
        self.end(kind)
        source = "".join(part.latex_verbatim() for part in node.nodelist)
        text = " ".join(_ALIGNMENT.sub(" ", source).split())
        self._add(BlockKind.FORMULA, f"${text}$" if text else "")

    def _table(self, node: Any) -> None:
        """The rows as a table; a table of one column only sets out its cells, which are read as they are."""
        rows: list[list[list[Any]]] = [[[]]]
        for part in node.nodelist:
            if getattr(part, "specials_chars", "") == "&":
                rows[-1].append([])
            elif getattr(part, "macroname", "") in {"\\", "tabularnewline"}:
                rows.append([[]])
            elif getattr(part, "macroname", "") == "caption":
                self._macro(part, None)
            else:
                rows[-1][-1].append(part)
        cells = [[_cell(cell) for cell in row] for row in rows]
        grid = [[*row] for row in filled_grid(cells)]
        for number, row in enumerate(rows):
            for at, below in _rows_below(row, cells[number]):
                text = grid[number][at] if at < len(grid[number]) else ""
                for lower in grid[number + 1 : number + 1 + below] if len(text) < _LONGEST_REPEATED else ():
                    if at < len(lower):
                        lower[at] = lower[at] or text
        grid = [row for row in grid if any(row)]
        if any(len(row) > 1 for row in grid):
            self._add(BlockKind.TABLE, markdown_table(grid))
        else:
            self.read((part for row in rows for cell in row for part in cell), BlockKind.PARAGRAPH)
            self.end(BlockKind.PARAGRAPH)


def _cell(nodes: list[Any]) -> tuple[str, int, int]:
    span = next((n.nodeargd.argnlist[0] for n in nodes if getattr(n, "macroname", "") == "multicolumn"), None)
    return line_of(text_of(nodes)), span_of(text_of([span])), 1


def _rows_below(row: list[list[Any]], cells: list[tuple[str, int, int]]) -> Iterable[tuple[int, int]]:
    """The columns of a row whose cell goes on below, each with the number of rows, in which it is empty."""
    at = 0
    for nodes, (_, span, _) in zip(row, cells, strict=True):
        told = next((text_of(n.nodeargd.argnlist[1:2]) for n in nodes if getattr(n, "macroname", "") == "multirow"), "")
        if told.strip().isdecimal():
            yield at, span_of(told.strip()) - 1
        at += span


def _is_block(node: Any) -> bool:
    return (
        isinstance(node, LatexEnvironmentNode)
        or (isinstance(node, LatexMathNode) and node.displaytype == "display")
        or (isinstance(node, LatexCharsNode) and re.search(r"\n[^\S\n]*\n", node.chars) is not None)
    )

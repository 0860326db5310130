"""HTML pages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kg.documents.authors import author_names, without_degrees
from kg.documents.description import Particulars, described, doi_in, year_in
from kg.documents.encoding import decoded
from kg.documents.extent import counted
from kg.documents.invisible import left_out
from kg.documents.linked_data import article_in
from kg.documents.main_text import BESIDE, main_parts, size
from kg.documents.markup_table import line_of, table_from_node
from kg.documents.nesting import check_nesting
from kg.documents.page_archive import is_archive, page_in
from kg.documents.page_style import HIDDEN_MARKS, without_hidden
from kg.documents.page_text import BLOCKS, plain_inside
from kg.documents.references import with_references
from kg.domain import Block, BlockKind
from kg.errors import EmptyDocument
from kg.protocols import ParseLimits, ParseResult

_DROPPED = (
    "script:not([type^='math/tex']),style,noscript,template,svg,iframe,object,"
    f".mw-editsection,.ltx_note_mark,.ltx_note_content>.ltx_tag,.ltx_eqn_eqno,{HIDDEN_MARKS},{BESIDE}"
)
_AUTHORS = ("citation_author", "citation_authors", "dc.creator", "dc.contributor", "author", "article:author")
_DATES = (
    "citation_publication_date", "citation_date", "citation_year", "citation_online_date", "prism.publicationdate",
    "dc.date", "dcterms.issued", "article:published_time",
)  # fmt: skip
_DOIS = ("citation_doi", "prism.doi", "dc.identifier", "bepress_citation_doi")
_CONTROLS = "input,button,select,textarea,datalist"
_STRUCK = "del,s,strike"
_LEAST_OF_FORM = 200
_KINDS = {
    "p": BlockKind.PARAGRAPH,
    "blockquote": BlockKind.PARAGRAPH,
    "dd": BlockKind.PARAGRAPH,
    "dt": BlockKind.PARAGRAPH,
    "address": BlockKind.PARAGRAPH,
    "li": BlockKind.LIST,
    "pre": BlockKind.CODE,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
}
_BLOCK_TAGS = frozenset(BLOCKS.split(","))
_HEAD_BYTES = 2**16
_CLOSED = re.compile(r"<(script|style|title|iframe|textarea|noscript|div|span|p|a|td|th|i|em|b)(\b[^<>]{0,2000})/>")
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?([\w:.-]{2,40})|\A.{0,3}<\?xml[^>]{0,100}encoding=[\"']([\w:.-]{2,40})",
    re.IGNORECASE | re.DOTALL,
)


class HtmlParser:
    """Reads the visible main text of a page: headings, paragraphs, lists, tables; nothing is loaded or run."""

    identity = "html 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the first bytes, or the ending."""
        start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")[:2000].lower()
        by_content = (
            start.startswith((b"<!doctype html", b"<html")) or re.match(rb"(?:<[?!][^>]*>\s*)+<html", start) is not None
        )
        return by_content or is_archive(head) or (path.suffix.lower() in {".html", ".htm", ".xhtml"} and b"<" in start)

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises EmptyDocument where nothing is visible, DamagedDocument where all is nested."""
        whole = path.read_bytes()
        data = page_in(whole) if is_archive(whole[:_HEAD_BYTES]) else whole
        named = _CHARSET.search(data[:_HEAD_BYTES])
        declared = (named[1] or named[2]).decode("ascii", "replace") if named else ""
        html = decoded(data, path, declared)
        if html.startswith("<?xml"):  # elements may be closed where they open, which HTML does not know
            html = _CLOSED.sub(r"<\1\2></\1>", html)
        check_nesting(html, str(path))
        tree = LexborHTMLParser(html)
        blocks: list[Block] = []
        known = Particulars()
        linked = [node.text(deep=True) for node in tree.css("script[type^='application/ld+json']")]
        told = {"hidden text": without_hidden(tree)}
        if tree.body is not None:
            _drop(tree.body)
            for note in tree.body.css(".ltx_note_content"):  # a note of arXiv's pages stands inside its sentence
                note.insert_before(" (")
                note.insert_after(")")
            plain_inside(tree.body, "sup,[data-place=super]", "sub,[data-place=sub]")
            known = _particulars(tree, article_in(linked))
            parts, beside = main_parts(tree.body)
            told |= beside
            found = (block for root in parts for block in _blocks(root))
            blocks = with_references(counted(found, path, limits))
        if not any(block.kind is not BlockKind.HEADING for block in blocks):
            raise EmptyDocument(str(path), "there is no visible text on the page")
        page = described(path, whole, blocks, media_type="text/html", parser=self.identity, particulars=known)
        return ParseResult((page,), warnings=tuple(left_out(what, text) for what, text in told.items() if text))


def _drop(root: LexborNode) -> None:
    for node in root.css(f"{_DROPPED},{_STRUCK}"):
        node.decompose()
    whole = size(root)
    for form in root.css("form"):
        for control in form.css(_CONTROLS):
            control.decompose()
        if size(form) < min(_LEAST_OF_FORM, 0.3 * whole):
            form.decompose()
    for control in root.css(_CONTROLS):
        control.decompose()


def _particulars(tree: LexborHTMLParser, linked: Particulars) -> Particulars:
    """What the marks of the page tell, then its linked data."""
    metas: dict[str, list[str]] = {}
    for node in tree.css("meta[name],meta[property]"):
        name = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        content = " ".join((node.attributes.get("content") or "").split())
        if content:
            metas.setdefault(name, []).append(content)

    def first(*names: str) -> str:
        return next((metas[name][0] for name in names if name in metas), "")

    title = first("citation_title", "dc.title", "og:title")
    heading = tree.css_first("h1")
    page_title = tree.css_first("title")
    if not title and heading is not None:
        title = line_of(heading)
    if not title and page_title is not None:
        title = line_of(page_title)
    date = first(*_DATES)
    doi = next((doi for name in _DOIS for value in metas.get(name, ()) if (doi := doi_in(value))), "")
    identifiers = {"doi": doi or linked.identifiers.get("doi", ""), "pmid": first("citation_pmid")}
    return Particulars(
        title=title,
        authors=_authors(metas) or linked.authors,
        year=year_in(date) or linked.year,
        journal=first("citation_journal_title", "prism.publicationname", "dc.source") or linked.journal,
        identifiers={name: value for name, value in identifiers.items() if value},
    )


def _authors(metas: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The names under the first mark that has any; an address is none, and one mark alone holds a list in a text."""
    for mark in _AUTHORS:
        names = [name for name in metas.get(mark, ()) if "://" not in name]
        if mark == "citation_authors":
            names = [name for listed in names for name in author_names(listed)]
        elif mark.startswith(("citation", "dc.")):
            names = [*author_names(names)]
        else:
            names = without_degrees(names)
        if names:
            return tuple(names)
    return ()


def _blocks(node: LexborNode) -> Iterator[Block]:
    """Blocks in order; text between blocks is a paragraph."""
    loose: list[str] = []
    child = node.child
    while child is not None:
        tag = child.tag or ""
        if tag == "-text":
            loose.append(child.text_content or "")
        elif re.fullmatch(r"h[1-6]", tag) or tag in _KINDS or tag == "table" or _holds_blocks(child, tag):
            yield from _paragraph(loose)
            yield from _block(child, tag)
        elif not tag.startswith(("-", "_", "!")):
            loose.append(child.text(deep=True))
        child = child.next
    yield from _paragraph(loose)


def _holds_blocks(node: LexborNode, tag: str) -> bool:
    return tag in _BLOCK_TAGS or (not tag.startswith(("-", "_", "!")) and node.css_first(BLOCKS) is not None)


def _block(node: LexborNode, tag: str) -> Iterator[Block]:
    if re.fullmatch(r"h[1-6]", tag):
        if text := line_of(node):
            yield Block(BlockKind.HEADING, text, level=int(tag[1]))
    elif tag == "table" and "ltx_eqn_table" in (node.attributes.get("class") or ""):
        if text := line_of(node):
            yield Block(BlockKind.FORMULA, text)
    elif tag == "table":
        yield from _table(node)
    elif tag == "pre":
        yield Block(BlockKind.CODE, node.text(deep=True).strip("\n"))
    elif tag in _KINDS and not node.css("p,ul,ol,table,h1,h2,h3,h4,h5,h6,pre,div"):
        if text := line_of(node):
            yield Block(_KINDS[tag], text)
    else:
        yield from _blocks(node)


def _table(node: LexborNode) -> Iterator[Block]:
    caption = node.css_first("caption")
    if caption is not None and (text := line_of(caption)):
        yield Block(BlockKind.CAPTION, text)
    cells, around = node.css("td,th"), _around_tables(node)
    if around or len(cells) < 2:
        for cell in cells:
            if cell.mem_id not in around:
                yield from _blocks(cell)
        return
    if text := table_from_node(node):
        yield Block(BlockKind.TABLE, text)


def _around_tables(root: LexborNode) -> set[int]:
    """The elements between a table and those inside it, by their ids in memory; each is visited once."""
    around: set[int] = set()
    for table in root.css("table"):
        parent = table.parent if table.mem_id != root.mem_id else None
        while parent is not None and parent.mem_id != root.mem_id and parent.mem_id not in around:
            around.add(parent.mem_id)
            parent = parent.parent
    return around


def _paragraph(loose: list[str]) -> Iterator[Block]:
    text = " ".join("".join(loose).split())
    loose.clear()
    if any(c.isalnum() for c in text):
        yield Block(BlockKind.PARAGRAPH, text)

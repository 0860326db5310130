"""HTML pages."""

import re
from collections.abc import Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kg.documents.description import Particulars, described, doi_in
from kg.documents.encoding import decoded
from kg.documents.markup_table import line_of, table_from_node
from kg.documents.references import with_references
from kg.domain import Block, BlockKind
from kg.errors import EmptyDocument
from kg.protocols import ParseLimits, ParseResult

_DROPPED = (
    "script,style,noscript,template,svg,math annotation,nav,footer,aside,form,button,iframe,object,select,"
    "[hidden],[aria-hidden=true]"
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:\.0*)?\s*(?:;|\Z)"
)
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
_CONTAINERS = frozenset(
    {"body", "main", "article", "section", "div", "header", "figure", "ul", "ol", "dl", "center", "details", "summary",
     "hgroup", "fieldset", "html", "td", "th", "tr", "tbody", "search"}
)  # fmt: skip
_CHARSET = re.compile(rb"<meta[^>]{0,100}charset\s*=\s*[\"']?([\w-]{3,20})", re.IGNORECASE)


class HtmlParser:
    """Reads the visible text of a page: headings, paragraphs, lists, tables; nothing is loaded or run."""

    identity = "html 1"

    def reads(self, path: Path, head: bytes) -> bool:
        """By the first bytes, or the ending."""
        start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")[:2000].lower()
        by_content = (
            start.startswith((b"<!doctype html", b"<html")) or re.match(rb"(?:<[?!][^>]*>\s*)+<html", start) is not None
        )
        return by_content or (path.suffix.lower() in {".html", ".htm", ".xhtml"} and b"<" in start)

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises EmptyDocument where nothing is visible."""
        data = path.read_bytes()
        tree = LexborHTMLParser(_text(data, path))
        known = _particulars(tree)
        root = tree.css_first("article") or tree.css_first("main,[role=main]") or tree.body
        blocks: list[Block] = []
        if root is not None:
            _drop(root)
            blocks = with_references(_blocks(root))
        if not any(block.kind is not BlockKind.HEADING for block in blocks):
            raise EmptyDocument(str(path), "there is no visible text on the page")
        found = described(path, data, blocks, media_type="text/html", parser=self.identity, particulars=known)
        return ParseResult((found,))


def _text(data: bytes, path: Path) -> str:
    named = _CHARSET.search(data[:2000])
    if named and named[1].lower() in {b"gb2312", b"gbk", b"gb18030"}:
        return data.decode("gb18030", errors="replace")
    return decoded(data, path)


def _drop(root: LexborNode) -> None:
    for node in root.css(_DROPPED):
        node.decompose()
    for node in root.css("[style]"):
        if _HIDDEN.search((node.attributes.get("style") or "").lower()):
            node.decompose()


def _particulars(tree: LexborHTMLParser) -> Particulars:
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
    year = re.search(r"\d{4}", first("citation_publication_date", "citation_date", "dc.date", "article:published_time"))
    doi = doi_in(first("citation_doi", "dc.identifier"))
    identifiers = {"doi": doi or "", "pmid": first("citation_pmid")}
    return Particulars(
        title=title,
        authors=tuple(metas.get("citation_author") or metas.get("dc.creator") or metas.get("author") or ()),
        year=int(year[0]) if year else None,
        journal=first("citation_journal_title", "dc.source") or None,
        identifiers={name: value for name, value in identifiers.items() if value},
    )


def _blocks(node: LexborNode) -> Iterator[Block]:
    """Blocks in order; text between blocks is a paragraph."""
    loose: list[str] = []
    child = node.child
    while child is not None:
        tag = child.tag or ""
        if tag == "-text":
            loose.append(child.text_content or "")
        elif re.fullmatch(r"h[1-6]", tag) or tag in _KINDS or tag == "table" or tag in _CONTAINERS:
            yield from _paragraph(loose)
            yield from _block(child, tag)
        elif tag == "br":
            loose.append(" ")
        elif not tag.startswith(("-", "_", "!")):
            loose.append(child.text(deep=True))
        child = child.next
    yield from _paragraph(loose)


def _block(node: LexborNode, tag: str) -> Iterator[Block]:
    if re.fullmatch(r"h[1-6]", tag):
        if text := line_of(node):
            yield Block(BlockKind.HEADING, text, level=int(tag[1]))
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
    if node.css("table table") or len(node.css("td,th")) < 2:
        for cell in node.css("td,th"):
            if not cell.css("table"):
                yield from _blocks(cell)
        return
    if text := table_from_node(node):
        yield Block(BlockKind.TABLE, text)


def _paragraph(loose: list[str]) -> Iterator[Block]:
    text = " ".join("".join(loose).split())
    loose.clear()
    if any(c.isalnum() for c in text):
        yield Block(BlockKind.PARAGRAPH, text)

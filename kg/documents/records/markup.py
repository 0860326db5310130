"""Abstracts with the markup of JATS or HTML in them, as blocks."""

import re
from html import unescape

from lxml import etree

from kg.documents.jats.body import marked_blocks
from kg.documents.jats.inline import inline_text, strip_namespaces
from kg.domain import Block, BlockKind

_NAMES = """
p|sec|title|sub|sup|i|b|u|em|strong|italic|bold|sc|br|break|div|span|list|list-item|ul|ol|li|h[1-6]|xref|ext-link|a|
monospace|overline|underline|named-content|styled-content|inline-formula|disp-formula|alternatives|tex-math|abstract|
math|mi|mn|mo|ms|mrow|msup|msub|msubsup|mfrac|msqrt|mroot|mtext|mstyle|mspace|mover|munder|munderover|mtable|mtr|mtd|
mfenced|mpadded|mphantom|semantics|annotation|abstracttext|label|inline-graphic|small|font|center|blockquote
"""
_TAG = re.compile(
    rf"</?(?:jats:|mml:)?(?:{''.join(_NAMES.split())})"
    r"(?:\s+[\w:.-]{1,60}\s*=\s*(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>]{1,2000})){0,20}\s*/?>",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLANK = re.compile(r"[\xa0\u2000-\u200a\u202f\u205f\u3000]")


def blocks_of(text: str) -> tuple[Block, ...]:
    """The headings and paragraphs of a text; character references and control characters are replaced."""
    root = _tree(text)
    if root is not None:
        return tuple(block for block in marked_blocks(root, 2) if block.text)
    parts = re.split(r"\n[^\S\n]*\n", _clean(text))
    return tuple(Block(BlockKind.PARAGRAPH, part.strip()) for part in parts if part.strip())


def line_of(text: str) -> str:
    """A text in one line without markup, superscripts kept."""
    root = _tree(text)
    return inline_text(root) if root is not None else " ".join(_clean(text).split())


def _tree(text: str) -> etree._Element | None:
    """The text as an element, where it has any markup that is known; ``p < 0.05`` is none."""
    if "<" not in text and "&lt;" in text and _TAG.search(unescape(text)):
        text = unescape(text)
    pieces: list[str] = []
    at = 0
    for found in _TAG.finditer(text):
        tag = re.sub(r"\A(</?)(?:jats|mml):", r"\1", found[0].lower())
        pieces += [_escaped(text[at : found.start()]), "<break/>" if tag.startswith("<br") else tag]
        at = found.end()
    if not pieces:
        return None
    pieces.append(_escaped(text[at:]))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(f"<abstract>{''.join(pieces)}</abstract>".encode(), parser)
    if root is not None:
        strip_namespaces(root)
    return root


def _escaped(text: str) -> str:
    return _clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clean(text: str) -> str:
    return _CONTROL.sub("", _BLANK.sub(" ", unescape(text)))

"""The text of a line of Markdown, its marks taken off; every pattern reads in linear time."""

import re
import unicodedata
from html import unescape

from kg.documents.language import han_count
from kg.documents.superscript import subscript, superscript

_HELD = "\x00"
"""Stands for a piece of text that is done; no text that was decoded has this character."""

_ATTRIBUTES = (
    r"(?:\s+[\w:.-]{1,60}\s*=\s*(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>]{1,500})"
    r"|\s+(?:hidden|open|controls|noshade)){0,20}\s*/?"
)
_TAGS = """
a|abbr|b|big|blockquote|body|br|caption|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|html|i|img|
ins|kbd|li|mark|ol|p|picture|pre|q|s|section|article|small|source|span|strike|strong|sub|summary|sup|tbody|td|tfoot|th|
thead|tr|tt|u|ul|var|video|audio
"""
_OF_BLOCK = re.compile(
    r"</?(?:br|p|pre|li|ul|ol|dl|dt|dd|td|th|tr|div|h[1-6]|summary|details|section|article|blockquote|figure|figcaption|hr)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"(?P<code>(?P<ticks>`{1,2})(?P<inside>[^`]{1,5000})(?P=ticks)(?!`))"
    r"|(?P<math>\$\$[^$]{1,5000}\$\$|\$(?![\s$])[^$]{1,2000}(?<![\s\\])\$(?!\d)|\\\((?:[^\\]|\\(?![()])){1,2000}\\\))"
    r"|(?P<wiki>(?<![\w\]])!?\[\[(?!\d+\]\])(?P<page>[^\[\]|\n]{1,200})(?:\|(?P<alias>[^\[\]\n]{1,200}))?\]\](?!\())"
    r"|(?P<unseen>(?<![\w%])%%(?!%)[^%]{1,2000}%%(?![\w%]))"
    r"|(?P<lit>(?<![=\w])==(?=[^\s=])(?P<lighted>[^=]{1,500})(?<!\s)==(?![=\w]))"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|<(?P<raised>su[bp])\b[^<>]{0,200}>(?P<exponent>(?:[^<]|<(?!/?su[bp]\b)){0,300})</su[bp]\s*>"
    r"|\^(?P<power>[^\s^\[\]]{1,20})\^(?:(?![\w^])|(?<=\d\^)(?=[A-Z]))"
    r"|(?<=[A-Za-z])~(?P<index>[0-9A-Za-z+\-]{1,8})~(?![~\d])"
    r"|(?P<struck>~~(?=\S)[^~]{1,2000}(?<=\S)~~)"
    r"|<(?P<address>(?:https?|mailto):[^\s<>]{1,2000})>"
    rf"|(?P<tag></?(?:{''.join(_TAGS.split())}){_ATTRIBUTES}>)"
    r"|(?P<reference>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]{0,200}\]){0,1000})\]"
    r"(?:\((?:<[^<>\n]{0,500}>|(?:[^()\s]|\([^()\s]{0,200}\)){0,2000})(?:\s+(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s{0,5}\)"
    r"(?:\{[^{}]{0,200}\})?|\[[^\[\]]{0,200}\]|\{[.#][^{}]{0,200}\})"
)
_FOOTNOTE = re.compile(r"\[\^([\w-]{1,30})\]")
_SPECIAL = re.compile(r"[`$\\<^~&*_\[]|%%|==")
_RUN = re.compile(r"\*+|_+")


def plain_line(text: str) -> str:
    """The text without emphasis, links, tags and escapes; exponents raised, code and formulas as they are."""
    if not _SPECIAL.search(text):
        return " ".join(text.split())
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(_done(found))
        return _HELD

    text = _DONE.sub(hold, text)
    text = _LINK.sub(_link_text, _FOOTNOTE.sub(r"[\1]", text))
    text = _without_emphasis(text)
    pieces = iter(held)
    return " ".join(re.sub(_HELD, lambda _: next(pieces), text).split())


def _done(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if found["code"]:
        return found["inside"].strip()
    if kind == "math" or kind == "address" or kind == "escaped":
        return str(found[kind])
    if found["raised"]:
        inside = plain_line(found["exponent"])
        return superscript(inside) if found["raised"].lower() == "sup" else _lowered(found, inside)
    if kind == "power":
        return superscript(found["power"])
    if kind == "wiki":
        return "" if found["wiki"].startswith("!") else plain_line(found["alias"] or found["page"])
    if kind == "lit":
        return plain_line(found["lighted"])
    if kind == "index":
        return _lowered(found, found["index"])
    if kind == "tag":
        return " " if _OF_BLOCK.match(found["tag"]) else ""
    return unescape(found["reference"]) if kind == "reference" else ""


def _link_text(found: re.Match[str]) -> str:
    """The text of a link, or of an image that stands alone, its caption; ``[1][2]`` are two citations."""
    if found[0].startswith("!") and found[0] != found.string.strip():
        return ""
    return found[0] if found["text"].isdigit() and found[0].endswith("]") else found["text"]


def _lowered(found: re.Match[str], inside: str) -> str:
    text, start, end = found.string, found.start(), found.end()
    return subscript(inside, text[max(start - 1, 0) : start], text[end : end + 1])


def _without_emphasis(text: str) -> str:
    """Stars and underlines that open and close in pairs, taken off; one between digits is a sign."""
    opened: dict[str, list[list[int]]] = {"*": [], "_": []}
    cut: list[tuple[int, int]] = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        opens, closes = _flanks(text[start - 1 : start], text[end : end + 1], run[0][0])
        waiting = opened[run[0][0]]
        while closes and waiting and start < end:
            last = waiting[-1]
            size = min(last[1] - last[0], end - start)
            cut += [(last[1] - size, last[1]), (start, start + size)]
            last[1] -= size
            start += size
            if last[0] == last[1]:
                waiting.pop()
        if opens and start < end:
            waiting.append([start, end])
    pieces, at = [], 0
    for first, last_ in sorted(cut):
        pieces.append(text[at:first])
        at = last_
    return "".join([*pieces, text[at:]])


def _flanks(before: str, after: str, mark: str) -> tuple[bool, bool]:
    """Whether a run of marks may open and close, by the characters on its two sides."""
    if before.isalnum() and after.isalnum():
        if mark == "_" and not (han_count(before) or han_count(after)):
            return False, False
        if before.isdigit() or after.isdigit():
            return False, False
    space_before, space_after = not before.strip(), not after.strip()
    sign_before, sign_after = _is_sign(before), _is_sign(after)
    opens = not space_after and (not sign_after or space_before or sign_before or bool(han_count(before)))
    closes = not space_before and (not sign_before or space_after or sign_after or bool(han_count(after)))
    return opens, closes


def _is_sign(character: str) -> bool:
    return bool(character) and character != _HELD and unicodedata.category(character)[0] in "PS"

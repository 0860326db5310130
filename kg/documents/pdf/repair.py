"""Repairs the text of a PDF page."""

import re
import unicodedata

from models.han import HAN

_CJK = rf"\u3000-\u303f{HAN}\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…—"
_HAN_GAP = re.compile(rf"(?<=[{HAN}])[ \t]+(?=[{_CJK}])|(?<=[{_CJK}])[ \t]+(?=[{HAN}])")
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3})(?=\S)((?:[^*\\\n]|\\.){1,4000}?)(?<=\S)\1")
_STRAY = re.compile(r"(?<![\w\\*])\*{1,3}(?=\w)|(?<=[\w.,;:)])\*{2,3}(?!\w)")
_ESCAPED = re.compile(r"\\([\\*_#|<>\[\]`~])")
_LATEX = re.compile(r"(\$[^$\n]{1,400}\$)")
_BLANKS = re.compile(r"[ \t\u00a0]{2,}|[\t\u00a0]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]"
)
_ACCENTS = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "¸": "\u0327"}
_LOOSE_ACCENT = re.compile(r"(?<![aeiouAEIOU])(?:([´`¨ˆ])\s?([aeiouı])|(˜)\s?(n)|(¸)\s?(c))(?=[a-z])")


def repaired(text: str) -> str:
    """Without emphasis marks, invisible characters, ligatures and the spaces put between Han characters.

    LaTeX between dollar signs is left as it is.
    """
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    if not text.isascii():
        text = text.translate(_LIGATURES)
    parts = _LATEX.split(text) if "$" in text else [text]
    text = "".join(part if number % 2 else _prose(part) for number, part in enumerate(parts))
    text = _BLANKS.sub(" ", text.replace("''", '"').replace("``", '"'))
    return (text if text.isascii() else unspaced(text)).strip()


def unspaced(text: str) -> str:
    """Without the spaces that line joins and justified setting leave between Han characters."""
    return _HAN_GAP.sub("", text)


def is_ornament(text: str) -> bool:
    """Whether the text has no letter or digit: dot leaders, rules, bullets."""
    return not any(character.isalnum() for character in text)


def _prose(text: str) -> str:
    if "*" in text:
        previous = None
        while previous != text:
            previous = text
            text = _EMPHASIS.sub(r"\2", text)
        text = _STRAY.sub("", text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    return text if text.isascii() and "`" not in text else _LOOSE_ACCENT.sub(_accented, text)


def _accented(found: re.Match[str]) -> str:
    accent, letter = (group for group in found.groups() if group)
    joined = unicodedata.normalize("NFC", ("i" if letter == "ı" else letter) + _ACCENTS[accent])
    return joined if len(joined) == 1 else found[0]

"""Bytes to text: UTF-8, UTF-16 or GB18030."""

import codecs
from pathlib import Path

from kg.documents.language import han_count
from kg.errors import DamagedDocument, EmptyDocument

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ALLOWED_CONTROLS = frozenset("\t\n\r\f\v\x1a\u0085")


def decoded(data: bytes, path: Path) -> str:
    """The text with ``\\n`` line ends; raises DamagedDocument if it is not text, EmptyDocument if it is empty."""
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise EmptyDocument(str(path), "there is no text in the file")
    text = _decoded(data)
    if text is None or _control_share(text) > 0.002:
        raise DamagedDocument(
            str(path), "the bytes are no text in UTF-8, UTF-16 or GB18030", "save the file as UTF-8 or check what it is"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file look like text in one of the encodings."""
    text = _decoded(head, cut=True)
    return bool(text) and _control_share(text or "") <= 0.002


def _decoded(data: bytes, *, cut: bool = False) -> str | None:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return decoded_as(data, encoding, cut)
    text = decoded_as(data, "utf-8", cut)
    if text is not None:
        return text
    wide = _utf16_without_mark(data)
    if wide:
        return decoded_as(data, wide, cut)
    text = decoded_as(data, "gb18030", cut)
    if text is not None and han_count(text) * 2 >= sum(1 for c in text if ord(c) > 127):
        return text
    return decoded_as(data, "cp1252", cut) if _mostly_ascii(data) else None


def decoded_as(data: bytes, encoding: str, cut: bool) -> str | None:
    """The text in this encoding, None where it is another; ``cut`` is whether the bytes may end within a character."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, final=not cut)
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:2000]
    if len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _mostly_ascii(data: bytes) -> bool:
    return sum(1 for byte in data[:4000] if byte > 127) <= 0.1 * min(len(data), 4000)


def _control_share(text: str) -> float:
    sample = text[:20000]
    bad = sum(1 for c in sample if (c < " " or "\x7f" <= c < "\xa0" or c == "\ufffd") and c not in _ALLOWED_CONTROLS)
    return bad / max(len(sample), 1)

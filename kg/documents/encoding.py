"""Bytes to text: by the file's mark, its declared charset, or detection."""

import codecs
import re
import unicodedata
from pathlib import Path

import webencodings

from kg.documents.language import han_count
from kg.errors import DamagedDocument, EmptyDocument

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ALLOWED_CONTROLS = frozenset("\t\n\r\f\v\x1a\u0085")
_WIDER = {"gbk": "gb18030", "euc-kr": "cp949", "big5": "big5hkscs", "shift_jis": "cp932"}
_SAMPLE_BYTES = 2**16
_CERTAIN = 4
"""So many characters of several bytes each are UTF-8 by chance in no other charset."""
_LIKELY = 3
_FAULT = 0.1
"""What a lost character counts beside a control character, which no text has."""
_FEW_ACCENTS = 0.05
_MOST_ACCENTS = 0.3
_SIGNS = "µªº"
_ACCENTS_OF_WORDS = 0.5
"""The share of accents in the words that have any, over which a text is in another alphabet."""
_TEXT = re.compile(rb"[^<>\x80-\xff]{0,200}[\x80-\xff][^<>]*")
"""What stands between tags, where it has more than ASCII."""
_WORD = re.compile(rb"(?<![A-Za-z])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*+")
_TOLD_BEFORE = ["utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be", "utf_7"]
_HANGUL = ("\uac00", "\ud7a3")
_KANA = ("\u3041", "\u30ff")


def decoded(data: bytes, path: Path, declared: str = "") -> str:
    """The text with ``\\n`` line ends, by the charset that the file declares if it fits.

    Raises DamagedDocument if it is not text or its charset cannot be told, EmptyDocument if it is empty.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise EmptyDocument(str(path), "there is no text in the file")
    text = _decoded(data, declared)
    if text is None or _control_share(text) > 0.002:
        raise DamagedDocument(
            str(path),
            "the bytes are no text in a charset that can be told",
            "save the file as UTF-8 or check what it is",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file look like text in one of the encodings."""
    text = _decoded(head, cut=True)
    return bool(text) and _control_share(text or "") <= 0.002


def _decoded(data: bytes, declared: str = "", *, cut: bool = False) -> str | None:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return decoded_as(data, encoding, cut)
    text = decoded_as(data, "utf-8", cut)
    if text is not None and b"\x1b$" in data[:_SAMPLE_BYTES]:
        text = decoded_as(data, "iso2022_jp", cut) or text
    told = None if text and sum(1 for c in text if ord(c) > 127) >= _CERTAIN else _as_declared(data, declared, cut)
    if told is not None or text is not None:
        return told or text
    if (mostly := _mostly_utf8(data)) is not None:
        return mostly
    encoding = _utf16_without_mark(data) or _detected(data)
    return decoded_as(data, encoding, cut) if encoding else None


def _mostly_utf8(data: bytes) -> str | None:
    """The text in UTF-8 with a mark for each fault, where few of its characters beyond ASCII are faults."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data)
    faults = text.count("\ufffd")
    longer = sum(1 for c in text if ord(c) > 127) - faults
    return text if longer >= _LIKELY and faults * 2 <= longer else None


def _as_declared(data: bytes, declared: str, cut: bool) -> str | None:
    known = webencodings.lookup(declared) if declared else None
    if known is None or known.name.startswith("utf-") or known.name == "replacement":
        return None
    if known.name == "windows-1252" and (
        sum(1 for byte in data[:_SAMPLE_BYTES] if byte > 127) > 0.2 * len(data) or _is_gb18030(data[:_SAMPLE_BYTES])
    ):
        return None
    return decoded_as(data, _WIDER.get(known.name, known.codec_info.name), cut)


def decoded_as(data: bytes, encoding: str, cut: bool) -> str | None:
    """The text in this encoding, None where it is another; ``cut`` is whether the bytes may end within a character."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, final=not cut)
    except (UnicodeDecodeError, LookupError):
        return None


def _detected(data: bytes) -> str:
    """The charset of bytes that are no UTF-8; empty where none can be told."""
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE_BYTES]
    sample = sample[: sample.rfind(b"\n")] if len(data) > len(sample) and b"\n" in sample else sample
    likely = from_bytes(b"\n".join(_TEXT.findall(sample)), cp_exclusion=_TOLD_BEFORE)
    best = likely.best()
    western = next((match.coherence for match in likely if "cp1252" in match.could_be_from_charset), 0.0)
    korean = best is not None and _share(str(best), *_HANGUL) > 0.8
    chinese = decoded_as(sample, "gb18030", True)
    if chinese and not korean and _is_common_chinese(chinese):
        return "gb18030"
    high = sum(1 for byte in sample if byte > 127) / max(len(sample), 1)
    accented = b"".join(_WORD.findall(sample))
    accents = sum(1 for byte in accented if byte > 127)
    is_western = accents < max(_CERTAIN, _ACCENTS_OF_WORDS * len(accented))
    if best is not None and (
        korean or not is_western or (high > _FEW_ACCENTS and best.coherence > western and _is_latin(str(best)))
    ):
        return best.encoding
    return "cp1252" if high <= _MOST_ACCENTS else ""


def _is_gb18030(sample: bytes) -> bool:
    """Whether a text that says to be Western is Chinese: so many common characters are chance in no other."""
    text = decoded_as(sample, "gb18030", True)
    return text is not None and han_count(text) >= _CERTAIN and _is_common_chinese(text)


def _is_common_chinese(text: str) -> bool:
    """Whether the Han of a text are the 3,755 common ones of GB2312, as they are in no other charset read as it."""
    han = [c for c in text if han_count(c)]
    other = sum(1 for c in text if ord(c) > 127)
    common = sum(1 for c in han if b"\xb0" <= (c.encode("gb2312", "replace")[:1]) <= b"\xd7")
    return bool(han) and len(han) * 2 >= other and common >= 0.95 * len(han) and _share(text, *_KANA) == 0


def _is_latin(text: str) -> bool:
    return all(
        unicodedata.name(c, "").startswith("LATIN") for c in text if ord(c) > 127 and c.isalpha() and c not in _SIGNS
    )


def _share(text: str, first: str, last: str) -> float:
    """The share of the characters from ``first`` to ``last`` among those beyond ASCII."""
    other = [c for c in text if ord(c) > 127]
    return sum(1 for c in other if first <= c <= last) / max(len(other), 1)


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


def _control_share(text: str) -> float:
    sample = text[:20000]
    bad = sum(1 for c in sample if (c < " " or "\x7f" <= c < "\xa0") and c not in _ALLOWED_CONTROLS)
    return (bad + _FAULT * sample.count("\ufffd")) / max(len(sample), 1)

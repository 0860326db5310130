"""Web pages that a browser saved with their pictures in one file (MHTML)."""

import email
import email.policy
import re
from collections.abc import Iterable
from email.message import EmailMessage

_OPENING = re.compile(
    rb"\s*(?:(?:From |\d)[^\r\n]*\r?\n)?(?:[!-9;-~]{2,60}:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){1,100}"
)
_BEFORE = re.compile(r"[^<]{0,9}(?:<\?xml[^<>]{0,200}>)?")
"""What stands before the first element: the mark of an encoding, a declaration."""
_LOOKED_AT = 8192
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def is_archive(head: bytes) -> bool:
    """Whether a file begins with the headers of such an archive."""
    return b"multipart/related" in _mime_headers(head)


def is_message(head: bytes) -> bool:
    """Whether a file begins with the headers of MIME, as an archive and an e-mail do; its text is encoded."""
    return bool(_mime_headers(head))


def _mime_headers(head: bytes) -> bytes:
    """The headers in lower case; empty where they are not those of MIME."""
    opening = _OPENING.match(head[:_LOOKED_AT])
    headers = opening[0].lower() if opening else b""
    return headers if b"mime-version:" in headers else b""


def page_in(data: bytes) -> bytes:
    """The page with the styles that stood in it, its characters in UTF-8 with a mark; empty where there is none."""
    parts = [*email.message_from_bytes(data, policy=email.policy.default).walk()]
    page = next((part for part in parts if part.get_content_type() in _PAGES), None)
    html = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(html, bytes):
        return b""
    try:
        text, written = html.decode(page.get_content_charset("none")), "utf-8-sig"
    except (LookupError, UnicodeError):
        text, written = html.decode("latin-1"), "latin-1"  # the same bytes, whatever they mean
    opening = _BEFORE.match(text)
    at = opening.end() if opening else 0
    return f"{text[:at]}{_styles(parts)}{text[at:]}".encode(written, "ignore")


def _styles(parts: Iterable[EmailMessage]) -> str:
    """The styles that stood in the page itself: a browser saves them beside it, under no address of the web."""
    own = (
        part.get_payload(decode=True)
        for part in parts
        if part.get_content_type() == "text/css" and "//" not in part.get("Content-Location", "")
    )
    text = "\n".join(css.decode("utf-8", "replace") for css in own if isinstance(css, bytes))
    inside = text.replace("</", r"<\/")  # the same in a string of a style, and no end of it
    return f"<style>{inside}</style>" if text else ""

"""Web pages that a browser saved with their pictures in one file (MHTML)."""

import email
import email.policy
import re

_OPENING = re.compile(rb"\s*(?:[A-Za-z-]{2,40}:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){1,20}")
_LOOKED_AT = 4096


def is_archive(head: bytes) -> bool:
    """Whether a file begins with the headers of such an archive."""
    opening = _OPENING.match(head[:_LOOKED_AT])
    return opening is not None and b"multipart/related" in opening[0].lower() and b"mime-version" in opening[0].lower()


def page_in(data: bytes) -> bytes:
    """The page, its characters in UTF-8 with a mark; empty where there is none."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                charset = part.get_content_charset()
                try:
                    return page.decode(charset).encode("utf-8-sig") if charset else page
                except (LookupError, UnicodeError):
                    return page
    return b""

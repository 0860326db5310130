"""Pages that a server sends in the place of a paper: errors, logins and tests for robots."""

import re
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from kg.documents.pdf.headings import NAMED
from kg.domain import Block, BlockKind, Document
from kg.errors import DamagedDocument
from kg.protocols import ParseResult

_LONGEST = 3000
"""Characters of a page that may be a refusal; a paper is longer."""
_OPENING = 300
_LOOKED_THROUGH = 2**20
_GATES = (
    b'type="password"', b"type='password'", b"type=password", b"g-recaptcha", b"h-captcha", b"cf-turnstile",
    b"cdn-cgi/challenge-platform", b"captcha-delivery.com", b"_incapsula_resource", b"errors.edgesuite.net",
    b"samlrequest", b"shibboleth.sso",
)  # fmt: skip
"""What forms for passwords and tests for robots have in their markup."""
_OF_PAPERS = (b"citation_title", b"citation_doi", b"dc.identifier")
_ERRORS = [status for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST]
_NUMBERS = "|".join(str(status.value) for status in _ERRORS)
_ERROR = re.compile(
    "|".join(
        (
            rf"\bHTTP(?:/\d(?:\.\d)?)?\s(?:\w+\s)?(?:{_NUMBERS})\b",
            *(
                rf"\b{status.value}(?:\.\d{{1,2}})?\W{{1,5}}{re.escape(status.phrase)}\b"
                rf"|\b{re.escape(status.phrase)}\W{{1,5}}{status.value}\b"
                for status in _ERRORS
            ),
        )
    ),
    re.IGNORECASE,
)
"""HTTP before the number of an error, or the number (of IIS: 403.14) beside its name."""
_LONGEST_CHECK = 1000
_CHECK = re.compile(
    r"\b(?:JavaScript|CAPTCHA|passwords?)\b|密码"
    r"|\bRay ID\W{1,3}[0-9a-f]{16}\b"
    r"|\b\d{1,2}\.[0-9a-f]{6,}\.\d{9,}\.[0-9a-f]{4,}\b",
    re.IGNORECASE,
)
"""What a server asks a browser for, or the number under which Cloudflare or Akamai keeps a refusal."""
_OF_TEXTS = frozenset({BlockKind.TABLE, BlockKind.CAPTION, BlockKind.FORMULA, BlockKind.REFERENCE})
_CURE = "get the paper itself, logged in where its server asks for it"


def without_refusal(path: Path, result: ParseResult) -> ParseResult:
    """The result, with a warning on a web page that is named as a PDF; raises DamagedDocument for a refusal."""
    if len(result.documents) != 1:
        return result
    document, blocks = result.documents[0]
    text = " ".join(block.text for block in blocks[:200])
    if len(text) <= _LONGEST:
        opening = f"{document.title} {text[:_OPENING]}"
        if not document.identifiers and (told := _error_in(opening)):
            raise DamagedDocument(str(path), f"is the error page of a server ({told}), not a paper", _CURE)
        if document.media_type == "text/html" and _is_gate(path):
            raise DamagedDocument(
                str(path), f"is a page that asks for a login ({document.title!r}), not a paper", _CURE
            )
        if document.pages == 1 and len(text) <= _LONGEST_CHECK and _is_check(document, blocks):
            raise DamagedDocument(
                str(path), f"is a page with which a server refuses access ({document.title!r}), not a paper", _CURE
            )
    if document.media_type == "text/html" and path.suffix.lower() == ".pdf":
        return replace(result, warnings=(*result.warnings, "it is a web page, whatever its name says (.pdf)"))
    return result


def _error_in(opening: str) -> str:
    """The error of HTTP that is told with its number and its name; empty where none is."""
    found = _ERROR.search(opening)
    return found[0] if found else ""


def _is_check(document: Document, blocks: Sequence[Block]) -> bool:
    """Whether a page asks for JavaScript, cookies or a password, or has the number of a refusal, and no part of a text.

    Those are a section, references, a table, a caption, a formula and an identifier.
    """
    if document.identifiers or any(block.kind in _OF_TEXTS or NAMED.match(block.text) for block in blocks):
        return False
    return any(_CHECK.search(block.text) for block in blocks)


def _is_gate(path: Path) -> bool:
    with path.open("rb") as file:
        markup = file.read(_LOOKED_THROUGH).lower()
    return any(mark in markup for mark in _GATES) and not any(mark in markup for mark in _OF_PAPERS)

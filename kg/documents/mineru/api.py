"""PDF by a MinerU server."""

import json
from pathlib import Path

import httpx

from kg.documents.description import described
from kg.documents.markdown import markdown_blocks
from kg.documents.mineru.content_list import document_of
from kg.domain import Block, Document
from kg.errors import DamagedDocument, KnowledgeError, OversizedDocument
from kg.protocols import ParseLimits, ParseResult


class MineruUnavailable(KnowledgeError):
    """MinerU cannot be reached or started; the message has the cure."""


class MineruApi:
    """Sends PDF files to a MinerU server: ``/v1/file_parse`` of version 4, ``/file_parse`` of version 3."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    @property
    def identity(self) -> str:
        """The kind of parser, without the server's version, so that parsing needs one request."""
        return "mineru api"

    def reads(self, path: Path, head: bytes) -> bool:
        """PDF, by the signature."""
        return b"%PDF-" in head[:1024]

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises MineruUnavailable, or UnreadableDocument where the server refuses the file."""
        data = path.read_bytes()
        with httpx.Client(timeout=httpx.Timeout(limits.timeout_s, connect=5.0)) as client:
            query = {"output_formats": "content_list", "wait_timeout": "3600"}
            answer = self._ask(client, "/v1/file_parse", path, data, query, {})
            if answer.status_code in {404, 405}:
                form = {"return_content_list": "true", "return_md": "false"}
                answer = self._ask(client, "/file_parse", path, data, {}, form)
        return ParseResult((_read(answer, path, data),))

    def _ask(
        self, client: httpx.Client, route: str, path: Path, data: bytes, query: dict[str, str], form: dict[str, str]
    ) -> httpx.Response:
        try:
            return client.post(
                self._url + route, params=query, data=form, files={"files": (path.name, data, "application/pdf")}
            )
        except httpx.TimeoutException as error:
            raise OversizedDocument(
                str(path), "MinerU took too long over it", "raise JIANXI_LIMIT_TIMEOUT_S or give it more workers"
            ) from error
        except httpx.HTTPError as error:
            raise MineruUnavailable(
                f"MinerU at {self._url} cannot be reached ({error}); start it or set JIANXI_PARSER=auto"
            ) from error


def _read(answer: httpx.Response, path: Path, data: bytes) -> tuple[Document, tuple[Block, ...]]:
    if answer.status_code in {429, 502, 503, 504}:
        raise MineruUnavailable(f"MinerU answers {answer.status_code}: {answer.text[:200]}; try again later")
    try:
        value = answer.json()
    except ValueError as error:
        raise DamagedDocument(str(path), f"MinerU answers {answer.status_code} without JSON") from error
    if answer.status_code != 200 or not isinstance(value, dict):
        told = value.get("error") or value.get("detail") if isinstance(value, dict) else value
        raise DamagedDocument(str(path), f"MinerU refuses it ({answer.status_code}: {str(told)[:300]})")
    found = _content(value)
    if "content_list" in found:
        content = found["content_list"]
        text = content if isinstance(content, str) else json.dumps(content)
        return document_of(path, data, text, parser="mineru api")
    markdown = found.get("markdown") or found.get("md_content")
    if isinstance(markdown, str) and markdown.strip():
        return described(path, data, markdown_blocks(markdown), media_type="application/pdf", parser="mineru api")
    why = str(found.get("error") or "no reason told")[:300]
    raise DamagedDocument(str(path), f"MinerU gives no content for it ({why})")


def _content(value: dict[str, object]) -> dict[str, object]:
    """The result of the one file: ``results`` by name in version 3, a list ``files`` in version 4."""
    results = value.get("results")
    if isinstance(results, dict) and results:
        first = next(iter(results.values()))
        return first if isinstance(first, dict) else {}
    files = value.get("files")
    if isinstance(files, list) and files and isinstance(files[0], dict):
        content = files[0].get("content")
        return content if isinstance(content, dict) and content else {"error": files[0].get("error")}
    return {}

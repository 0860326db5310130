import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from kg.documents.mineru.api import MineruApi, MineruUnavailable
from kg.documents.mineru.cli import MineruCli
from kg.documents.parse import parse
from kg.documents.pdf.parser_choice import UnknownParser, pdf_parser
from kg.domain import Box
from kg.errors import DamagedDocument
from kg.protocols import ParseLimits

LIMITS = ParseLimits(timeout_s=10)
PDF = b"%PDF-1.7\nread by MinerU, not by us\n"
CONTENT = [
    {"type": "header", "text": "J Flow 12", "bbox": [80, 20, 300, 40], "page_idx": 0},
    {"type": "text", "text": "Flow in the brain ", "text_level": 1, "bbox": [80, 60, 900, 100], "page_idx": 0},
    {"type": "text", "text": "脑细胞 外间隙很窄。", "bbox": [80, 120, 480, 200], "page_idx": 0},
    {
        "type": "equation",
        "text": "$$\nQ = f ( P )\n$$",
        "text_format": "latex",
        "bbox": [80, 210, 480, 240],
        "page_idx": 1,
    },
    {
        "type": "table",
        "table_caption": ["Table 1 Sizes"],
        "table_footnote": ["n = 6"],
        "table_body": '<table><tr><td rowspan="2">Site</td><td>10</td></tr><tr><td>20</td></tr></table>',
        "bbox": [80, 300, 900, 400],
        "page_idx": 1,
    },
    {"type": "image", "img_path": "a.jpg", "image_caption": ["Fig. 1. Curves."], "image_footnote": [], "page_idx": 1},
    {"type": "code", "sub_type": "code", "code_body": "x = 1", "code_caption": [], "page_idx": 1},
    {"type": "list", "sub_type": "text", "list_items": ["one", "two"], "page_idx": 1},
    {"type": "text", "text": "References", "text_level": 1, "page_idx": 2},
    {"type": "list", "sub_type": "ref_text", "list_items": ["[1] Iliff 2012."], "page_idx": 2},
    {"type": "page_number", "text": "3", "page_idx": 2},
]
READ = [
    ("heading", "Flow in the brain", 1),
    ("paragraph", "脑细胞外间隙很窄。", 1),
    ("formula", "$Q = f ( P )$", 2),
    ("caption", "Table 1 Sizes n = 6", 2),
    ("table", "| Site | 10 |\n| --- | --- |\n| Site | 20 |", 2),
    ("caption", "Fig. 1. Curves.", 2),
    ("code", "x = 1", 2),
    ("list", "one", 2),
    ("list", "two", 2),
    ("heading", "References", 3),
    ("reference", "[1] Iliff 2012.", 3),
]


class Server(ThreadingHTTPServer):
    """A server that speaks MinerU's API of one version."""

    def __init__(self, version: int, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.version = version
        self.status = status
        self.asked: list[tuple[str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, body))
        if self.server.status != 200:
            self._answer(self.server.status, {"error": "Failed to load file: broken"})
        elif self.server.version == 4 and self.path.startswith("/v1/file_parse"):
            files = [{"status": "completed", "content": {"content_list": CONTENT}}]
            self._answer(200, {"status": "completed", "files": files})
        elif self.server.version == 3 and self.path == "/file_parse":
            results = {"paper": {"content_list": json.dumps(CONTENT)}}
            self._answer(200, {"backend": "pipeline", "version": "3.4.4", "results": results})
        else:
            self._answer(404, {"detail": "Not Found"})

    def _answer(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(params=[3, 4])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    yield from served(Server(request.param))


def served(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes(PDF)
    return path


def test_a_content_list_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "paper_content_list.json"
    path.write_text(json.dumps(CONTENT), encoding="utf-8")
    document, blocks = parse(path, LIMITS).documents[0]
    assert [(b.kind.value, b.text, b.page) for b in blocks] == READ
    assert {b.box for b in blocks} == {None}
    assert (document.title, document.pages) == ("Flow in the brain", 3)


def test_a_content_list_by_pages_is_read_too(tmp_path: Path) -> None:
    pages = [
        [{"type": "title", "content": {"title_content": [{"type": "text", "content": "Flow"}], "level": 1}}],
        [{"type": "paragraph", "content": {"paragraph_content": [{"type": "text", "content": "It flows."}]}}],
    ]
    path = tmp_path / "paper_content_list_v2.json"
    path.write_text(json.dumps(pages), encoding="utf-8")
    _, blocks = parse(path, LIMITS).documents[0]
    assert [(b.kind.value, b.text, b.page) for b in blocks] == [("heading", "Flow", 1), ("paragraph", "It flows.", 2)]


@pytest.mark.parametrize("content", ["{", '{"pdf_info": []}'])
def test_what_is_no_content_list_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a_content_list.json"
    path.write_text(content)
    with pytest.raises(DamagedDocument, match="content list"):
        parse(path, LIMITS)


def test_the_server_of_either_version_reads_pdf_files(server: Server, paper: Path) -> None:
    document, blocks = parse(paper, LIMITS, pdf=pdf_parser(f"mineru+{server.url}")).documents[0]
    assert [(b.kind.value, b.text, b.page) for b in blocks] == READ
    assert (document.media_type, document.source_id, document.parser) == ("application/pdf", "paper.pdf", "mineru api")
    assert PDF in server.asked[-1][1]


def test_boxes_are_those_of_blocks_in_points_of_their_page(tmp_path: Path) -> None:
    document = pdfium.PdfDocument.new()
    document.new_page(595, 842)
    document.new_page(842, 595).set_rotation(90)
    paper = tmp_path / "paper.pdf"
    document.save(paper)
    for server in served(Server(4)):
        _, blocks = MineruApi(server.url).parse(paper, LIMITS).documents[0]
    assert blocks[1].box == Box(47.6, 101.0, 285.6, 168.4)
    assert blocks[1].boxes(0, 3) == (blocks[1].box,)
    assert blocks[2].box == Box(47.6, 176.8, 285.6, 202.1)
    assert blocks[-1].box is None


def test_a_refusal_and_an_overload_are_told_apart(paper: Path) -> None:
    for server in served(Server(4, status=400)):
        with pytest.raises(DamagedDocument, match="400: Failed to load file"):
            MineruApi(server.url).parse(paper, LIMITS)
    for server in served(Server(4, status=503)):
        with pytest.raises(MineruUnavailable, match="try again later"):
            MineruApi(server.url).parse(paper, LIMITS)


def test_a_server_that_is_away_is_told_with_its_cure(paper: Path) -> None:
    with pytest.raises(MineruUnavailable, match="JIANXI_PARSER=auto"):
        MineruApi("http://127.0.0.1:9").parse(paper, LIMITS)


def command(folder: Path, script: str) -> None:
    path = folder / "mineru-kit"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_command_reads_pdf_files(tmp_path: Path, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made.json").write_text(json.dumps(CONTENT), encoding="utf-8")
    command(tmp_path, f'mkdir -p "$4/paper" && cp {tmp_path}/made.json "$4/paper/paper_content_list.json"')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    _, blocks = MineruCli().parse(paper, LIMITS).documents[0]
    assert [(b.kind.value, b.text, b.page) for b in blocks] == READ


def test_a_command_that_fails_or_is_missing_is_told(
    tmp_path: Path, paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MineruUnavailable, match="pip install mineru"):
        MineruCli().parse(paper, LIMITS)
    command(tmp_path, "echo no model >&2; exit 3")
    with pytest.raises(DamagedDocument, match="exit 3: no model"):
        MineruCli().parse(paper, LIMITS)


def test_an_unknown_parser_is_told_with_those_that_are_known() -> None:
    with pytest.raises(UnknownParser, match="mineru-cli"):
        pdf_parser("magic")

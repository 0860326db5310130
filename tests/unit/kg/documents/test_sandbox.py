import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kg.documents import wire
from kg.documents.extent import computing_s, with_passages
from kg.documents.sandbox import ParserPool
from kg.domain import Block, BlockKind, Box, Document, DocumentId, Passage, PassageId, Span
from kg.errors import DamagedDocument, EmptyDocument, OversizedDocument, UnreadableDocument
from kg.protocols import ParseLimits, ParseResult, RecordProblem

LIMITS = ParseLimits(timeout_s=30)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.md"
    path.write_text("# 间隙\n\n脑细胞外间隙很窄。\n", encoding="utf-8")
    return path


@pytest.fixture
def greedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A parser in the child that does what the file says: real faults in a real process."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if 'kg.documents.child' in sys.orig_argv:\n"
        "    import kg.documents.plain_text as plain\n"
        "    real = plain.PlainTextParser.parse\n"
        "    def parse(self, path, limits):\n"
        "        word = path.read_text().strip()\n"
        "        if word == 'litter':\n"
        "            import tempfile\n"
        "            tempfile.mkdtemp(), os.kill(os.getpid(), 9)\n"
        "        if word == 'hang':\n"
        "            while True: pass\n"
        "        if word == 'eat':\n"
        "            kept = []\n"
        "            while True: kept.append(bytearray(os.urandom(1) * 2**22))\n"
        "        if word == 'crash': os.kill(os.getpid(), 11)\n"
        "        if word == 'abort': os.abort()\n"
        "        if word == 'rust':\n"
        "            os.write(2, b'memory allocation of 8589934592 bytes failed')\n"
        "            os.abort()\n"
        "        if word == 'bug': raise TypeError('oops')\n"
        "        if word == 'native': raise RuntimeError('Traceback:\\\\n  x\\\\nstd::bad_alloc')\n"
        "        if word == 'panic': raise BaseException('called unwrap on None')\n"
        "        return real(self, path, limits)\n"
        "    plain.PlainTextParser.parse = parse\n"
        "    import time, kg.documents.parse as parsing\n"
        "    whole = parsing.parse\n"
        "    def scanned(path, limits, **options):\n"
        "        for _ in range(4 if path.read_text().strip() == 'scan' else 0):\n"
        "            time.sleep(0.7)\n"
        "            options['page_read']()\n"
        "        return whole(path, limits, **options)\n"
        "    parsing.parse = scanned\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
    return tmp_path


def told(folder: Path, word: str) -> Path:
    path = folder / f"{word}.txt"
    path.write_text(word)
    return path


async def test_a_file_is_parsed_in_a_child(note: Path) -> None:
    async with ParserPool(1, LIMITS) as pool:
        result = await pool.parse(note)
    ((document, blocks),) = result.documents
    assert document.title == "间隙"
    assert blocks[1] == Block(BlockKind.PARAGRAPH, "脑细胞外间隙很窄。")


async def test_one_child_parses_file_after_file(note: Path) -> None:
    async with ParserPool(1, LIMITS) as pool:
        await pool.parse(note)
        began = time.perf_counter()
        for _ in range(20):
            await pool.parse(note)
        assert time.perf_counter() - began < 3


async def test_errors_cross_the_process_boundary_whole(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    async with ParserPool(1, LIMITS) as pool:
        with pytest.raises(EmptyDocument, match=r"empty\.txt: the file has no bytes; copy it again"):
            await pool.parse(empty)


async def test_bad_files_do_not_stop_the_others(greedy: Path, note: Path) -> None:
    limits = ParseLimits(timeout_s=60, memory_bytes=200 * 2**20)
    async with ParserPool(2, limits) as pool:
        files = [told(greedy, word) for word in ("eat", "crash", "bug")] + [note]
        eat, crash, bug, good = await asyncio.gather(*(pool.parse(f) for f in files), return_exceptions=True)
        assert isinstance(eat, OversizedDocument)
        assert "more than 175 MB" in str(eat)
        assert isinstance(crash, DamagedDocument)
        assert "SIGSEGV" in str(crash)
        assert isinstance(bug, DamagedDocument)
        assert "TypeError: oops" in str(bug)
        assert isinstance(good, ParseResult)
        assert isinstance(await pool.parse(note), ParseResult)


async def test_native_failures_are_told_in_one_line_with_their_cure(greedy: Path) -> None:
    async with ParserPool(1, LIMITS) as pool:
        with pytest.raises(OversizedDocument, match=r"than 896 MB .* limit of 1024 MB; raise JIANXI_LIMIT_MEMORY"):
            await pool.parse(told(greedy, "native"))
        with pytest.raises(DamagedDocument, match="called unwrap on None; the file is broken: get it again"):
            await pool.parse(told(greedy, "panic"))


async def test_an_abort_names_the_limit_of_memory_where_that_is_or_may_be_why(greedy: Path, note: Path) -> None:
    async with ParserPool(1, LIMITS) as pool:
        with pytest.raises(OversizedDocument, match=r"limit of 1024 MB; raise JIANXI_LIMIT_MEMORY_MB"):
            await pool.parse(told(greedy, "rust"))
        with pytest.raises(DamagedDocument, match=r"SIGABRT\); the file is broken: .* raise JIANXI_LIMIT_MEMORY_MB"):
            await pool.parse(told(greedy, "abort"))
        with pytest.raises(DamagedDocument, match=r"SIGSEGV\); the file is broken: get it again from its source\Z"):
            await pool.parse(told(greedy, "crash"))
        assert isinstance(await pool.parse(note), ParseResult)


async def test_a_child_that_is_killed_leaves_no_temporary_file(
    greedy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    (greedy / "litter.txt").write_text("litter")
    async with ParserPool(1, ParseLimits()) as pool:
        with pytest.raises(DamagedDocument):
            await pool.parse(greedy / "litter.txt")
        assert list(place.iterdir()) == []


async def test_a_file_that_hangs_is_given_up(greedy: Path, note: Path) -> None:
    async with ParserPool(1, ParseLimits(timeout_s=2)) as pool:
        with pytest.raises(OversizedDocument, match=r"more than 2 s to parse; raise JIANXI_LIMIT_TIMEOUT_S"):
            await pool.parse(told(greedy, "hang"))
        assert isinstance(await pool.parse(note), ParseResult)


async def test_the_time_of_a_scan_begins_anew_with_each_page_up_to_a_limit_for_all(greedy: Path) -> None:
    async with ParserPool(1, ParseLimits(timeout_s=2)) as pool:
        assert isinstance(await pool.parse(told(greedy, "scan")), ParseResult)
    async with ParserPool(1, ParseLimits(timeout_s=2, scan_s=1)) as pool:
        with pytest.raises(OversizedDocument, match=r"more than 1 s to parse; .* raise JIANXI_LIMIT_SCAN_S"):
            await pool.parse(told(greedy, "scan"))


async def test_a_cancelled_parse_ends_its_child(greedy: Path, note: Path) -> None:
    async with ParserPool(1, LIMITS) as pool:
        task = asyncio.create_task(pool.parse(told(greedy, "hang")))
        await asyncio.sleep(1.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(await pool.parse(note), ParseResult)


def test_children_die_with_their_parent_and_leave_no_temporary_file(greedy: Path, tmp_path: Path) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    program = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom kg.documents.sandbox import ParserPool\n"
        "from kg.protocols import ParseLimits\n"
        f"asyncio.run(ParserPool(1, ParseLimits()).parse(Path({str(told(greedy, 'hang'))!r})))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(place)})
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    deadline = time.monotonic() + 20
    while not (pids := children.read_text().split()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert pids
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert list(place.iterdir()) == []


def test_results_survive_the_wire() -> None:
    document = Document(
        DocumentId("d"), "h", "s", "t", "p", "application/pdf", "zh", ("a",), 2001, "j", {"doi": "10.1/x"}, "x 1", 3
    )
    block = Block(BlockKind.TABLE, "| 间 |", 2, Box(1, 2, 3, 4.5), 1, 0.5)
    passage = Passage(PassageId("d-0"), document.id, 0, "间\n间", "zh", ("a", "b"), 2, (Span(0, 2, 3),))
    other = replace(document, id=DocumentId("e"))
    blocks = ((document, (block,) * 1200), (other, ()))
    result = ParseResult(blocks, (RecordProblem(3, "why"),), ("warned",), ((passage,) * 700, ()))
    assert wire.read_result(wire.result_bytes(result), Path("p")) == result
    assert json.loads(wire.error_bytes(UnreadableDocument("p", "w")))["error"] == "UnreadableDocument"


def test_half_characters_in_a_text_are_replaced() -> None:
    document = Document(DocumentId("d"), "h", "s", "t", "p", "text/plain", "en")
    result = ParseResult(((document, (Block(BlockKind.PARAGRAPH, "a \ud800 b"),)),))
    ((_, (block,)),) = wire.read_result(wire.result_bytes(result), Path("p")).documents
    assert block.text == "a \ufffd b"


async def test_a_file_comes_back_cut_into_passages(note: Path) -> None:
    async with ParserPool(1, LIMITS) as pool:
        result = await pool.parse(note)
    ((passage,),) = result.passages
    assert (passage.text, passage.heading_path) == ("脑细胞外间隙很窄。", ("间隙",))


async def test_a_file_that_computes_too_long_for_its_size_is_given_up(greedy: Path, note: Path) -> None:
    async with ParserPool(1, replace(LIMITS, timeout_s=120, computing_s=1)) as pool:
        with pytest.raises(OversizedDocument, match=r"hang\.txt: takes more than 1 s of computing"):
            await pool.parse(told(greedy, "hang"))
        assert isinstance(await pool.parse(note), ParseResult)


def test_a_small_file_leaves_a_second_of_five_to_what_is_around_it(note: Path) -> None:
    assert computing_s(note, ParseLimits()) == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"characters": 5}, "becomes 11 characters of text"),
        ({"blocks": 1}, "has more than 1 paragraphs, headings and tables in one document"),
        ({"passages": 0}, "gives more than 0 passages"),
    ],
)
async def test_a_file_that_becomes_too_much_is_refused(note: Path, limits: dict[str, int], why: str) -> None:
    async with ParserPool(1, replace(LIMITS, **limits)) as pool:
        with pytest.raises(OversizedDocument, match=why):
            await pool.parse(note)


def test_a_small_file_may_not_become_a_long_text(note: Path) -> None:
    document = Document(DocumentId("d"), "h", "s", "t", "p", "text/html", "en")
    long = ParseResult(((document, (Block(BlockKind.TABLE, "word " * 300_000),)),))
    with pytest.raises(OversizedDocument, match=r"becomes 1,500,000 characters .* 100 bytes may become 1,001,000"):
        with_passages(long, note, 100, LIMITS)

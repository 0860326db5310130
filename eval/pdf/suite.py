"""The PDF suite: hand-written tests of what was parsed, with time and memory."""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.errors import MissingData
from eval.pdf.cases import KINDS, Case, passes, read_cases
from eval.pdf.page_markdown import page_markdown
from eval.runs import Item, Json
from kg.documents.sandbox import ParserPool
from kg.domain import Block
from kg.errors import UnreadableDocument
from kg.progress import Progress, untold
from kg.protocols import ParseLimits

ASKED = 70
"""Tests of the 99 that must pass."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the suite found; ``failed`` are the ids of tests, ``refused`` the files that could not be read and why."""

    passed: int
    tests: int
    asked: int
    by_type: dict[str, str]
    failed: tuple[str, ...]
    files: int
    pages: int
    seconds_a_page: float
    peak_rss_mb: int
    refused: dict[str, str]
    bad_files: dict[str, str]
    bad_files_clean: bool


async def run(
    cases: Sequence[Case],
    files: Sequence[Path],
    *,
    ocr: bool = False,
    parser: str = "auto",
    progress: Progress = untold,
) -> Report:
    """Parse the files and run the tests on them."""
    parsed: dict[str, Sequence[Block]] = {}
    refused: dict[str, str] = {}
    pages, seconds = 0, 0.0
    async with ParserPool(1, ParseLimits(timeout_s=600, memory_bytes=3 * 2**30), parser=parser, ocr=ocr) as pool:
        for number, path in enumerate(files, start=1):
            progress("files parsed", number, len(files))
            began = time.perf_counter()
            try:
                document, blocks = (await pool.parse(path)).documents[0]
            except UnreadableDocument as error:
                refused[path.name] = f"{type(error).__name__}: {error.why}"
                continue
            seconds += time.perf_counter() - began
            pages += document.pages or 1
            parsed[path.name] = blocks
    results = {case: passes(case, page_markdown(parsed.get(_file_of(case.pdf), ()), case.page)) for case in cases}
    right = Counter(case.kind for case, passed in results.items() if passed)
    whole = Counter(case.kind for case in cases)
    bad = await _bad_files(files)
    return Report(
        passed=sum(results.values()),
        tests=len(cases),
        asked=ASKED,
        by_type={kind: f"{right[kind]}/{whole[kind]}" for kind in KINDS},
        failed=tuple(case.id for case, passed in results.items() if not passed),
        files=len(files),
        pages=pages,
        seconds_a_page=round(seconds / max(pages, 1), 4),
        peak_rss_mb=round(pool.peak_bytes / 2**20),
        refused=refused,
        bad_files=bad,
        bad_files_clean=all(not told.startswith("parsed") for told in bad.values()),
    )


async def _bad_files(files: Sequence[Path]) -> dict[str, str]:
    """What is said of a truncated, an empty, a random and a mislabelled file."""
    whole = max(files, key=lambda path: path.stat().st_size).read_bytes()
    made = {
        "truncated.pdf": whole[: len(whole) // 3],
        "empty.pdf": b"",
        "random.pdf": b"%PDF-1.7\n" + os.urandom(20_000),
        "noise.pdf": os.urandom(20_000),
        "picture.pdf": b"\x89PNG\r\n\x1a\n" + os.urandom(5_000),
    }
    told: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with ParserPool(1, ParseLimits(timeout_s=60), ocr=False) as pool:
            for name, data in made.items():
                path = Path(folder) / name
                path.write_bytes(data)
                try:
                    await pool.parse(path)
                    told[name] = "parsed without complaint"
                except UnreadableDocument as error:
                    told[name] = f"{type(error).__name__}: {error.why}"
    return told


def _file_of(pdf: str) -> str:
    return "olmocr__" + pdf.rsplit("/", 1)[-1]


def fixtures(folder: Path, *, only_tested: bool = False) -> tuple[list[Case], list[Path]]:
    """The tests of a folder and its files; raises MissingData."""
    truth = folder / "groundtruth" / "olmocr_bench_sample_dataset.jsonl"
    if not truth.is_file():
        raise MissingData(f"{truth} is not there; set JIANXI_SHARED_DATA or give --folder (eval/README.md)")
    cases = read_cases(truth)
    tested = {_file_of(case.pdf) for case in cases}
    return cases, [path for path in sorted(folder.glob("*.pdf")) if not only_tested or path.name in tested]


def items_of(cases: Sequence[Case], report: Report) -> tuple[Item, ...]:
    """An item a test; tests of one file depend on each other."""
    failed = set(report.failed)
    items = []
    for case in cases:
        passed, refused = case.id not in failed, report.refused.get(_file_of(case.pdf))
        detail: dict[str, Json] = {
            "question": _asked(case),
            "file": case.pdf,
            "page": case.page,
            "passed": passed,
            "refused": refused,
        }
        items.append(Item(case.id, {"passed": float(passed)}, {"type": case.kind}, case.pdf, detail))
    return tuple(items)


def _asked(case: Case) -> str:
    """A test in words."""
    said = case.text or case.math or case.cell
    if case.kind == "order":
        return f"“{case.before}” stands before “{case.after}”"
    if case.kind == "table":
        places = ("up", "down", "left", "right", "top_heading", "left_heading")
        near = [f"{place.replace('_', ' ')} “{value}”" for place in places if (value := getattr(case, place))]
        return f"a table has the cell “{said}”{' with ' if near else ''}{', '.join(near)}"
    return f"“{said}” is {'not ' if case.kind == 'absent' else ''}on the page"

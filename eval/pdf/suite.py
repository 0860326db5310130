"""The PDF suite: ``python -m eval.pdf.suite --json`` prints tests passed, time and memory a page."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.pdf.cases import KINDS, Case, passes, read_cases
from eval.pdf.rendering import page_markdown
from kg.documents.sandbox import ParserPool
from kg.domain import Block
from kg.errors import UnreadableDocument
from kg.protocols import ParseLimits

ASKED = 45
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


async def run(cases: Sequence[Case], files: Sequence[Path], *, ocr: bool = False, parser: str = "auto") -> Report:
    """Parse the files and run the tests on them."""
    parsed: dict[str, Sequence[Block]] = {}
    refused: dict[str, str] = {}
    pages, seconds = 0, 0.0
    async with ParserPool(1, ParseLimits(timeout_s=600, memory_bytes=3 * 2**30), parser=parser, ocr=ocr) as pool:
        for path in files:
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; exits 0 where the figures asked hold."""
    from app.settings import Settings

    asker = argparse.ArgumentParser(description=__doc__)
    asker.add_argument("--json", action="store_true", help="print one JSON document")
    asker.add_argument("--ocr", action="store_true", help="read pages without text by OCR")
    asker.add_argument("--parser", default="auto", help="auto, mineru-cli or mineru+http://HOST:PORT")
    asker.add_argument("--folder", type=Path, help="folder of the fixtures")
    asker.add_argument("--only-tested", action="store_true", help="only the files that have tests")
    given = asker.parse_args(arguments)
    shared = Settings().shared_data
    folder = given.folder or (shared / "pdf_fixtures" if shared else None)
    if folder is None or not folder.is_dir():
        sys.stderr.write("no folder of PDF fixtures: set JIANXI_SHARED_DATA or give --folder\n")
        return 2
    cases = read_cases(folder / "groundtruth" / "olmocr_bench_sample_dataset.jsonl")
    tested = {_file_of(case.pdf) for case in cases}
    files = [path for path in sorted(folder.glob("*.pdf")) if not given.only_tested or path.name in tested]
    report = asyncio.run(run(cases, files, ocr=given.ocr, parser=given.parser))
    if given.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    else:
        print(f"{report.passed} of {report.tests} tests pass (asked {report.asked}): {report.by_type}")
        print(f"{report.pages} pages, {report.seconds_a_page} s a page; refused: {report.refused}")
    return 0 if report.passed >= report.asked and report.bad_files_clean else 1


if __name__ == "__main__":
    sys.exit(main())

from pathlib import Path

from eval.pdf.cases import read_cases
from eval.pdf.suite import ASKED, run


async def test_the_hand_written_tests_pass_as_asked(shared_data: Path) -> None:
    folder = shared_data / "pdf_fixtures"
    cases = read_cases(folder / "groundtruth/olmocr_bench_sample_dataset.jsonl")
    files = [folder / f"olmocr__{name.rsplit('/', 1)[-1]}" for name in sorted({case.pdf for case in cases})]
    report = await run(cases, files)
    assert report.passed >= ASKED
    assert report.bad_files_clean

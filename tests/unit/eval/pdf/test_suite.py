from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import eval_commands
from eval.errors import MissingData
from eval.pdf.suite import ASKED, fixtures, items_of, run


async def test_the_hand_written_tests_pass_as_asked(shared_data: Path) -> None:
    cases, files = fixtures(shared_data / "pdf_fixtures", only_tested=True)
    told: list[tuple[int, int]] = []
    report = await run(cases, files, progress=lambda what, done, total: told.append((done, total)))
    assert report.passed >= ASKED
    assert report.bad_files_clean
    assert told[-1] == (len(files), len(files))
    items = items_of(cases, report)
    assert len({item.id for item in items}) == len(cases) == 99
    assert sum(item.metrics["passed"] for item in items) == report.passed
    assert {item.groups["type"] for item in items} == {"present", "absent", "order", "table", "math"}
    assert all("“" in str(item.detail["question"]) for item in items)


def test_a_folder_without_tests_is_told_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="--folder"):
        fixtures(tmp_path)
    done = CliRunner().invoke(eval_commands, ["pdf"], env={"JIANXI_SHARED_DATA": ""})
    assert done.exit_code != 0

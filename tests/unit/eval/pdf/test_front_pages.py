from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import eval_commands
from eval.errors import MissingData
from eval.pdf.front_pages import FIELDS, run, same


def test_the_metadata_of_first_pages_are_right_as_asked(shared_data: Path) -> None:
    report = run(shared_data)
    assert report.passed, report.wrong
    assert report.sets["fixtures"]["whole"].endswith("/29")
    assert report.sets["papers"]["whole"].endswith("/20")
    assert set(report.sets["papers"]) == {"whole", *FIELDS}


@pytest.mark.parametrize(
    ("key", "told", "wanted", "right"),
    [
        ("title", "TABLEFORMER: A Model", "TableFormer – a model", True),
        ("title", "A model", "Another model", False),
        ("authors", ("ROE Jane", "Müller A."), ("Jane Roe", "A. Muller"), True),
        ("authors", ("Jane Roe",), ("Jane Roe", "Bo Li"), False),
        ("year", 2004, 2004, True),
        ("year", 2004, None, False),
    ],
)
def test_fields_are_compared_as_a_reader_would(key: str, told: object, wanted: object, right: bool) -> None:
    assert same(key, told, wanted) is right


def test_missing_data_are_told_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="JIANXI_SHARED_DATA"):
        run(tmp_path)
    assert CliRunner().invoke(eval_commands, ["pdf-metadata"], env={"JIANXI_SHARED_DATA": ""}).exit_code != 0

from pathlib import Path

import pytest

from eval.errors import BrokenData
from training.question.data import read_questions

_HEAD = "language\tintent\tdetail\thas_history\tquestion\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("en\tfact\t\t2\tWhy?", r"questions\.tsv, line 3: has_history is 0 or 1"),
        ("en\tfact\t0\tWhy?", r"questions\.tsv, line 3: 4 columns where language, intent"),
        ("en\tpoem\t\t0\tWhy?", r"questions\.tsv, line 3: 'poem' is not a valid Intent"),
    ],
)
def test_a_wrong_line_is_told_with_its_place(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "questions.tsv"
    path.write_text(f"{_HEAD}en\tfact\t\t0\tWhat?\n{line}\n", "utf-8")
    with pytest.raises(BrokenData, match=told):
        read_questions(path)

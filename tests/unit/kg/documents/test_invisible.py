from pathlib import Path

import pytest

from kg.documents.parse import parse
from kg.protocols import ParseLimits


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html", "a.jsonl"])
def test_invisible_characters_are_left_out_of_every_format_and_told(tmp_path: Path, name: str) -> None:
    hidden = "Mice </\u2060evidence> \u202esleep\u202c \U000e0049\U000e0067well."
    shapes = {"a.html": "<!doctype html><html><body><p>{}</p>", "a.jsonl": '{{"id": "1", "title": "T", "text": "{}"}}'}
    shown = hidden.replace("<", "&lt;") if name == "a.html" else hidden
    (tmp_path / name).write_text(shapes.get(name, "Head\n\n{}").format(shown))
    result = parse(tmp_path / name, ParseLimits(), ocr=False)
    assert result.documents[0][1][-1].text == "Mice </evidence> sleep well."
    assert result.warnings == (
        "invisible characters are left out: 2 marks of direction, 2 tag characters, 1 characters without width",
    )


def test_soft_hyphens_go_untold(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The peri\u00advascular space.")
    result = parse(tmp_path / "a.md", ParseLimits(), ocr=False)
    assert (result.documents[0][1][0].text, result.warnings) == ("The perivascular space.", ())

"""No line of Python is about a subject: what a subject calls its things stands in its folder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FLOORS = ("app", "kg", "models", "retrieval")
_ELSEWHERE = ("kg/domains/", "kg/tables/mappings/")
_WORDS = (
    "herb", "herbs", "herbal", "herbiv", "decoction", "acupuncture", "acupoint", "meridian", "aqp4", "aquaporin",
    "glymphatic", "gastrodin", "gene ontology", "hippocampus", "ampere", "newton", "electronvolt",
    "photoelectric", "lepton",
)  # fmt: skip
_HAN_WORDS = ("中药", "方剂", "针灸", "穴位", "归经", "类淋巴", "牛顿", "安培", "光电效应")
_SUBJECT = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b|{'|'.join(map(re.escape, _HAN_WORDS))}", re.IGNORECASE)


def _modules() -> Iterator[Path]:
    for floor in _FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if not path.relative_to(ROOT).as_posix().startswith(_ELSEWHERE):
                yield path


def _without_docstrings(path: Path) -> str:
    """The code; docstrings and comments may give examples of any subject."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [  # type: ignore[attr-defined]
                line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            ] or [ast.Pass()]
    return ast.unparse(tree)


def test_no_module_names_a_thing_of_a_subject() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in _modules()
        for match in _SUBJECT.finditer(_without_docstrings(path))
    ]
    assert found == []


def test_the_words_that_are_looked_for_are_those_of_the_subjects() -> None:
    told = "".join(
        path.read_text("utf-8").casefold()
        for path in (ROOT / "kg" / "domains").rglob("*")
        if path.suffix in {".yaml", ".tsv"}
    )
    assert [word for word in _WORDS if word not in told] == []

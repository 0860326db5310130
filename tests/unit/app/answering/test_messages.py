"""The messages of each language: one file a language."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from app.answering import messages as module
from app.answering.domain import AnswerKind
from app.answering.messages import languages, messages_in
from app.errors import InvalidMessages
from app.http.page import page_words
from kg.ontology import load_domain

_FOLDER = Path(module.__file__).parent / "messages"
_PARTS = ("notices", "refusal", "graph", "library", "library_values", "replies", "kinds", "terminal", "page")
_OTHERS = sorted(languages() - {"en"})


def _slots(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w*\}", text))


def test_english_chinese_and_a_third_language_are_there() -> None:
    assert languages() >= {"en", "zh", "fr"}


@pytest.mark.parametrize("language", _OTHERS)
def test_every_language_has_the_same_messages_with_the_same_values(language: str) -> None:
    for part in _PARTS:
        english: Mapping[str, str] = getattr(messages_in("en"), part)
        other: Mapping[str, str] = getattr(messages_in(language), part)
        assert set(other) == set(english), part
        for key, text in english.items():
            assert set(_slots(other[key])) <= set(_slots(text)), (part, key)


@pytest.mark.parametrize(("language", "mark"), [("en", "not verified"), ("zh", "未经核实"), ("fr", "non vérifiée")])
def test_the_page_shows_thoughts_as_not_verified(language: str, mark: str) -> None:
    assert mark in messages_in(language).page["thinking"]


@pytest.mark.parametrize("language", _OTHERS)
def test_every_cause_is_told_in_every_language_but_that_of_the_service(language: str) -> None:
    assert set(messages_in(language).causes) == set(messages_in("zh").causes)


def test_a_new_language_is_one_new_file(tmp_path: Path) -> None:
    for file in _FOLDER.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    english = yaml.safe_load((_FOLDER / "en.yaml").read_text("utf-8"))
    (tmp_path / "de.yaml").write_text(yaml.safe_dump({**english, "name": "Deutsch", "version": "de-1"}), "utf-8")
    assert languages(tmp_path) == languages() | {"de"}
    assert messages_in("de", tmp_path).name == "Deutsch"


def copied(folder: Path, change: Callable[[str], str]) -> Path:
    """The folder with English and a German file that is English with a change."""
    english = (_FOLDER / "en.yaml").read_text("utf-8")
    (folder / "en.yaml").write_text(english, "utf-8")
    (folder / "de.yaml").write_text(change(english), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name: English\n", "", r"de.yaml:2: name is missing; add it"),
        ("name: English\n", "name: English\nnom: Deutsch\n", r"de.yaml:3: nom is not known; remove it"),
        ("name: English\n", "name: [English\n", r"de.yaml:\d+: is not YAML"),
        ("name: English\n", "name: [English]\n", r"de.yaml:2: name is wrong, input should be a valid string"),
        ("  library: Compiled", "  archive: Compiled", r"de.yaml: notices.library is missing; add it, as in en.yaml"),
    ],
)
def test_a_wrong_file_says_where_it_is_wrong(tmp_path: Path, old: str, new: str, told: str) -> None:
    folder = copied(tmp_path, lambda text: text.replace(old, new, 1))
    with pytest.raises(InvalidMessages, match=told):
        messages_in("de", folder)


def test_a_language_without_a_file_is_answered_in_english() -> None:
    assert messages_in("tlh").name == "English"


def test_the_page_gets_every_language_and_the_questions_of_its_subject() -> None:
    words = page_words(load_domain("alevel_physics"))
    assert [told["name"] for told in words["languages"].values()][:2] == ["English", "中文"]
    assert words["languages"]["fr"]["page"]["submit"] == "Demander"
    assert all(f"kind_{kind}" in told["page"] for kind in AnswerKind for told in words["languages"].values())
    assert words["questions"]["zh"][0] == "哪些实验测定自由落体加速度？"
    assert words["grades"]["textbook"] == {
        "en": "stated in teaching material",
        "zh": "教材陈述",
        "fr": "stated in teaching material",
    }

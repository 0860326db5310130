"""The words of passages: which candidate holds which word."""

from pathlib import Path

import numpy as np
import pytest

from kg.domain import Document, DocumentId, Passage, PassageId
from retrieval.errors import IndexCorrupt
from retrieval.index.passage_words import PassageWords
from retrieval.text.words import words

TEXTS = (
    ("The Collegian", "The Collegian is the student paper of Houston Baptist University."),
    ("Houston Baptist University", "It was founded in 1960."),
    ("", "Nothing of the kind."),
)


def _passages() -> list[tuple[Passage, Document]]:
    made = []
    for number, (title, text) in enumerate(TEXTS):
        document = Document(DocumentId(f"d{number}"), "test", f"s{number}", title, "", "", "en")
        made.append((Passage(PassageId(f"p{number}"), document.id, 0, text, "en", (), None, ()), document))
    return made


@pytest.fixture
def kept() -> PassageWords:
    return PassageWords.build(_passages())


def test_a_candidate_holds_the_words_of_its_title_and_text(kept: PassageWords) -> None:
    overlap = kept.overlap([1, 0], ["found", "collegian", "absent"])
    assert overlap.question.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_a_title_is_told_by_a_text_that_holds_its_words(kept: PassageWords) -> None:
    overlap = kept.overlap([0, 1, 2], ["found"])
    assert overlap.titles[0, 1] == pytest.approx(overlap.title_rarity[1])
    assert overlap.titles[2, 1] == overlap.titles[1, 0] == 0.0


def test_words_of_a_title_that_the_question_holds_lead_nowhere(kept: PassageWords) -> None:
    overlap = kept.overlap([0, 1], [*words("Houston Baptist University")])
    assert overlap.titles[0, 1] == 0.0
    assert overlap.title_asked[1] == pytest.approx(overlap.title_rarity[1])


def test_words_are_read_as_they_were_saved(kept: PassageWords, tmp_path: Path) -> None:
    kept.save(tmp_path / "words")
    read = PassageWords.load(tmp_path / "words")
    assert read is not None
    assert len(read) == len(kept) == 3
    np.testing.assert_array_equal(read.overlap([2, 0], ["kind"]).titles, kept.overlap([2, 0], ["kind"]).titles)


def test_damaged_words_name_the_cure(kept: PassageWords, tmp_path: Path) -> None:
    kept.save(tmp_path)
    (tmp_path / "words.npy").write_bytes(b"no array")
    with pytest.raises(IndexCorrupt, match="jianxi index rebuild"):
        PassageWords.load(tmp_path)
    with pytest.raises(IndexCorrupt, match="jianxi index rebuild"):
        PassageWords.load(tmp_path / "never saved")


def test_nothing_asked_of_no_passages_is_empty() -> None:
    overlap = PassageWords.build([]).overlap([], [])
    assert overlap.question.shape == (0, 0)

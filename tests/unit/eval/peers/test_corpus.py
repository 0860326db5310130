from pathlib import Path

from eval.peers.corpus import StringVectors
from tests.unit.eval.peers.conftest import TableEmbedder


def test_strings_of_a_corpus_are_embedded_once_and_kept_in_their_order(tmp_path: Path) -> None:
    file, first = tmp_path / "vectors.sqlite", TableEmbedder({"sea": (0, 1, 0, 0), "town": (0, 0, 1, 0)})
    StringVectors(file, first).passages(["sea", "town"])
    assert sorted(first.asked) == ["sea", "town"]
    again, told = TableEmbedder({"hill": (0, 0, 0, 1)}), []
    found = StringVectors(file, again, lambda done, total: told.append((done, total))).passages(["town", "hill", "sea"])
    assert again.asked == ["hill"]
    assert found.argmax(axis=1).tolist() == [2, 3, 1]
    assert told


def test_questions_are_embedded_as_questions_and_none_make_no_rows(tmp_path: Path) -> None:
    embedder = TableEmbedder({"where?": (0, 1, 0, 0)})
    vectors = StringVectors(tmp_path / "vectors.sqlite", embedder)
    assert vectors.questions(["where?", "else?"]).argmax(axis=1).tolist() == [1, 0]
    assert vectors.questions([]).shape == (0, 4)

"""Who names whom among some passages."""

from kg.domain import PassageId
from retrieval.sources.walk.graph import WalkGraph
from retrieval.sources.walk.names import WalkPassage

GRAPH = WalkGraph.build(
    [
        WalkPassage(PassageId("film"), "Night Crawler", "Night Crawler is a film by Horace Parlan of Prague."),
        WalkPassage(PassageId("maker"), "Horace Parlan", "Horace Parlan lived in Prague."),
        WalkPassage(PassageId("other"), "Horace Parlan", "Horace Parlan had a dog."),
    ]
)
ROWS = [row for id_ in ("film", "maker", "other") if (row := GRAPH.position(PassageId(id_))) is not None]


def test_a_passage_names_the_title_of_another() -> None:
    overlap = GRAPH.overlap(ROWS, ["night crawler"])
    assert overlap.names.tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert overlap.asked.tolist() == [1, 0, 0]
    assert overlap.same_title.tolist() == [[False] * 3, [False, False, True], [False, True, False]]


def test_names_of_the_question_are_not_shared() -> None:
    shared = GRAPH.overlap(ROWS, []).shared
    assert shared[0, 1] == shared[0, 2] > 0.0
    assert GRAPH.overlap(ROWS, ["horace parlan"]).shared[0, 1] == 0.0


def test_unknown_names_and_passages_are_no_error() -> None:
    assert GRAPH.position(PassageId("nobody")) is None
    assert GRAPH.overlap([], ["nobody"]).names.shape == (0, 0)

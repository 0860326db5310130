"""The excerpts of the evidence that a judge reads for a question."""

from collections.abc import Sequence

from app.answering.domain import Citation
from app.answering.evidence import EvidenceItem
from app.answering.excerpts import Excerpt, excerpts_of, mostly_in
from models.protocols import Vectors
from models.scripted import ScriptedJudge
from tests.unit.app.answering.library import passages


class ReadingJudge(ScriptedJudge):
    """Keeps the texts that it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def relevance(self, query: str, texts: Sequence[str]) -> Vectors:
        self.read = list(texts)
        return super().relevance(query, texts)


def item(text: str) -> EvidenceItem:
    return EvidenceItem(1, text, Citation(1, "passage", "Sleep and flow", "", "d1"), passages()[0])


def test_runs_of_three_sentences_are_read_under_their_title_the_most_relevant_first() -> None:
    reader = ReadingJudge()
    excerpts = excerpts_of(
        "age", [item("Flow rose in sleep. Rats were young. The lamp was red. Flow fell in age. The end.")], reader
    )
    assert reader.read == [
        "Sleep and flow. Flow rose in sleep. Rats were young. The lamp was red.",
        "Sleep and flow. The lamp was red. Flow fell in age. The end.",
    ]
    assert excerpts is not None
    assert [(p.text, p.relevance) for p in excerpts] == [
        ("The lamp was red. Flow fell in age. The end.", 1.0),
        ("Flow rose in sleep. Rats were young. The lamp was red.", 0.0),
    ]


def test_a_passage_without_a_sentence_is_read_as_it_is() -> None:
    excerpts = excerpts_of("flow", [item("")], ReadingJudge())
    assert excerpts is not None
    assert [p.relevance for p in excerpts] == [1.0]


def test_nothing_is_read_without_a_judge() -> None:
    assert excerpts_of("age", [item("Flow fell in age.")], None) is None


def test_the_language_of_the_evidence_is_that_of_its_relevance() -> None:
    english, chinese = item("Flow rose in sleep."), item("睡眠时流动增加。")
    items = [english, english, chinese]
    assert mostly_in("en", items, None)
    assert mostly_in("en", items, [Excerpt(english, english.text, 0.9), Excerpt(chinese, chinese.text, 0.2)])
    assert not mostly_in("en", items, [Excerpt(english, english.text, 0.1)] * 2 + [Excerpt(chinese, chinese.text, 0.8)])

"""Options are shown to the model and kept from retrieval."""

from pathlib import Path

from app.settings import Settings
from eval.answers.ask import asked_text
from eval.answers.domain import AnswerQuestion, AnswerSuite
from eval.answers.question_evidence import QuestionEvidence
from eval.answers.run import opened
from models.scripted import HashingEmbedder
from retrieval.domain import EvidencePack, Query
from tests.unit.app.answering.library import SmallRetriever
from tests.unit.eval.answers.test_measure import scripted

CHOICE = AnswerQuestion("q1", "Which water channel do astrocytes carry?", options={"A": "AQP4", "B": "AQP1"})


class Noting(SmallRetriever):
    """Notes what it was asked."""

    async def retrieve(self, query: Query) -> EvidencePack:
        self.asked = [*getattr(self, "asked", []), query.text]
        return await super().retrieve(query)


async def test_the_options_are_taken_off_and_a_question_without_any_stays_whole() -> None:
    noting, evidence = Noting(), QuestionEvidence()
    evidence.library = noting
    evidence.set_question(CHOICE)
    pack = await evidence.retrieve(Query(asked_text(CHOICE), k=3))
    evidence.set_question(AnswerQuestion("q2", "What else?\nA. this"))
    await evidence.retrieve(Query("What else?\nA. this"))
    assert noting.asked == [CHOICE.text, "What else?\nA. this"]
    assert pack.query.k == 3


async def test_a_suite_over_the_users_library_retrieves_by_the_question_and_shows_the_options(tmp_path: Path) -> None:
    suite = AnswerSuite("mirage", (CHOICE,), "own")
    chat = scripted("AQP4.")
    settings = Settings(home=tmp_path / "home")
    async with opened(suite, settings, data=None, embedder=HashingEmbedder(), chat=chat) as service:
        service.evidence.library = noting = Noting()
        await service.answer(CHOICE)
    assert noting.asked == [CHOICE.text]
    assert any("A. AQP4" in prompt for prompt in map(str, chat.model.prompts))  # type: ignore[attr-defined]

"""The form of an answer follows the intent of its question."""

import pytest

from app.answering.domain import AnswerRequest
from app.answering.selection import SentenceSelector
from models.extractive_chat import ExtractiveChat
from models.scripted import HashingEmbedder, ScriptedChat
from retrieval.question.domain import Intent
from tests.unit.app.answering.library import PAPERS, Make
from tests.unit.app.answering.test_replies import Told
from tests.unit.app.answering.test_service import asked, done


async def test_a_question_for_papers_is_answered_by_a_list_of_one_sentence_a_paper(answering: Make) -> None:
    question = "Name three papers on the brain's extracellular space."
    chat = ExtractiveChat(selector=SentenceSelector(HashingEmbedder()))
    async with answering(chat, parser=Told(Intent.LIST_PAPERS)) as use:
        listed = done(await asked(use, AnswerRequest(question)))
    async with answering(chat, parser=Told(Intent.FACT)) as use:
        told = done(await asked(use, AnswerRequest(question)))
    assert all(s["item"] for s in listed["sentences"])
    assert len({c["document_id"] for c in listed["citations"]}) == len(listed["sentences"]) > 1
    assert not any(s["item"] for s in told["sentences"])


@pytest.mark.parametrize(("intent", "most"), [(Intent.FACT, 3), (Intent.MECHANISM, 5), (Intent.COMPARISON, 5)])
async def test_a_mechanism_may_be_told_in_more_sentences_than_a_fact(
    answering: Make, intent: Intent, most: int
) -> None:
    said = [text for _, _, _, abstract in PAPERS.values() for text in abstract.split(". ")]
    chat = ScriptedChat(replies=[" ".join(f"{text.rstrip('.')}." for text in said)])
    async with answering(chat, parser=Told(intent)) as use:
        answer = done(await asked(use, AnswerRequest("How is the brain's extracellular space cleared?")))
    assert len(said) > 5
    assert len(answer["sentences"]) == most

"""What the service says without a source."""

from dataclasses import dataclass

import pytest

from app.answering.domain import AnswerRequest, Turn
from app.answering.messages import named_language
from kg.documents.language import language_of
from models.extractive_chat import ExtractiveChat
from models.scripted import HashingEmbedder, ScriptedChat
from retrieval.question.domain import Intent, Question
from tests.unit.app.answering.library import Make
from tests.unit.app.answering.test_service import TRUE, asked, done

HISTORY = (
    Turn("user", "How much does the interstitial space increase during sleep?"),
    Turn("assistant", "By 60% [1]. Convective exchange increases as well [1]."),
)


@dataclass(frozen=True)
class Told:
    """A parser that is told what it reads."""

    intent: Intent
    detail: str = ""

    async def parse(self, text: str, history: object = ()) -> Question:
        about = HISTORY[0].text if history else ""
        intents = {self.intent: 1.0}
        return Question(text, language_of(text), self.intent, text, intents, self.detail, about, bool(history))


async def test_the_service_speaks_of_itself_with_live_facts_and_without_a_search(answering: Make) -> None:
    chat = ScriptedChat(replies=["never asked"])
    async with answering(chat, parser=Told(Intent.SERVICE, "contents")) as use:
        answer = done(await asked(use, AnswerRequest("What is in your library?")))
    assert answer["sufficiency"] == "reply"
    assert "3 documents (2012-2017)" in answer["answer"]
    assert answer["citations"] == []
    assert not chat.prompts


@pytest.mark.parametrize("text", ["What is wrong with me?", "我该吃什么药?"])
async def test_medical_advice_is_declined_with_a_line_to_see_a_doctor(answering: Make, text: str) -> None:
    async with answering(ScriptedChat(replies=["x"]), parser=Told(Intent.MEDICAL_ADVICE)) as use:
        answer = done(await asked(use, AnswerRequest(text)))
    assert answer["sufficiency"] == "cannot_answer"
    assert answer["sentences"] == []
    assert "doctor" in answer["answer"] or "医生" in answer["answer"]


async def test_what_the_library_is_not_about_is_declined_by_saying_what_it_is_about(answering: Make) -> None:
    async with answering(ScriptedChat(replies=["x"]), parser=Told(Intent.OFF_TOPIC)) as use:
        answer = done(await asked(use, AnswerRequest("Write me a poem.")))
    assert answer["sufficiency"] == "cannot_answer"
    assert "extracellular space" in answer["answer"]


async def test_an_instruction_without_an_answer_before_it_asks_what_it_refers_to(answering: Make) -> None:
    async with answering(ScriptedChat(replies=["x"]), parser=Told(Intent.INSTRUCTION, "shorten")) as use:
        answer = done(await asked(use, AnswerRequest("Shorter, please.")))
    assert answer["sufficiency"] == "reply"
    assert "refer" in answer["answer"]


async def test_the_sources_of_the_last_answer_are_named_and_cited(answering: Make) -> None:
    async with answering(ScriptedChat(replies=["x"]), parser=Told(Intent.INSTRUCTION, "sources")) as use:
        answer = done(await asked(use, AnswerRequest("Which paper says so?", history=HISTORY)))
    assert len(answer["sentences"]) == 1
    assert "Xie L" in answer["answer"]
    assert answer["citations"][0]["source_id"] == "PM-24136970"


async def test_a_shorter_answer_has_one_sentence(answering: Make) -> None:
    chat = ExtractiveChat(embedder=HashingEmbedder())
    async with answering(chat, parser=Told(Intent.INSTRUCTION, "shorten")) as use:
        answer = done(await asked(use, AnswerRequest("One sentence, please.", history=HISTORY)))
    assert len(answer["sentences"]) == 1
    assert answer["sentences"][0]["citations"]


async def test_a_translation_without_a_model_is_declined_and_with_one_is_written(answering: Make) -> None:
    request = AnswerRequest("Translate that into Chinese.", history=HISTORY)
    async with answering(
        ExtractiveChat(embedder=HashingEmbedder()), parser=Told(Intent.INSTRUCTION, "translate")
    ) as use:
        assert done(await asked(use, request))["sufficiency"] == "reply"
    chat = ScriptedChat(replies=[f"{TRUE} [1]."])
    async with answering(chat, parser=Told(Intent.INSTRUCTION, "translate")) as use:
        answer = done(await asked(use, request))
    assert answer["language"] == "zh"
    assert "Translate that into Chinese." in str(chat.prompts[0][-1].content)


async def test_a_run_of_the_service_itself_is_repeated(answering: Make) -> None:
    async with answering(ScriptedChat(replies=["x"]), parser=Told(Intent.SERVICE, "greeting")) as use:
        answer = done(await asked(use, AnswerRequest("Hello")))
        assert (await use.replay(answer["run"])).same


@pytest.mark.parametrize(
    ("text", "language"), [("translate it into English", "en"), ("把上面的英文译成中文", "zh"), ("Translate it.", None)]
)
def test_the_language_to_translate_into_is_the_one_named_last(text: str, language: str | None) -> None:
    assert named_language(text) == language

"""What a stored manifest gives back for a replay."""

from typing import cast

from app.answering.domain import AnswerRequest, JsonObject, Parameters, Policy, Turn
from app.answering.runs.provenance import question_of, request_of, to_json
from kg.domain import EntityId
from retrieval.domain import Filters, Mode
from retrieval.question.domain import Intent, Question

REQUEST = AnswerRequest(
    question="What clears it?",
    history=(Turn("user", "a"), Turn("assistant", "b")),
    mode=Mode.GRAPH,
    k=5,
    filters=Filters(("d",), 1999, None, "en", (EntityId("e"),), ("g",)),
    language="zh",
    parameters=Parameters(temperature=0.25, beam_width=2, max_tokens=50),
    policy=Policy.MARK,
    owner="me",
)
QUESTION = Question("What clears it?", "en", Intent.FACT, "What clears water?", {Intent.FACT: 0.5}, last_list=("x",))


def test_a_stored_request_and_question_come_back_whole() -> None:
    assert request_of({"request": to_json(REQUEST)}) == REQUEST
    assert question_of({"question": to_json(QUESTION)}) == QUESTION


def test_a_manifest_of_another_version_is_read_with_defaults() -> None:
    request = {**to_json(REQUEST), "gone": 1}
    del request["owner"]
    assert request_of({"request": cast("JsonObject", request)}).owner is None
    question = {**to_json(QUESTION), "gone": 1}
    del question["about_intent"]
    assert question_of({"question": cast("JsonObject", question)}) == QUESTION


def test_a_manifest_from_before_questions_were_kept_has_none() -> None:
    assert question_of({}) is None
    assert question_of({"question": None}) is None

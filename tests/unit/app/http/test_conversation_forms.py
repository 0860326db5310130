"""Tasks over a conversation as Open WebUI and its like send them."""

import json

import pytest

from app.http.conversation_forms import filled_form
from tests.unit.app.http.conftest import Routes

LONG = "How does aquaporin-4 in the endfeet of astrocytes affect the clearance of amyloid-beta in mice?"


def task(form: str, question: str, answer: str = "It speeds it up.") -> str:
    return (
        f'### Task:\nSummarise the chat.\n### Output:\nJSON format: {form}\n### Examples:\n- {{ "title": "X" }}\n'
        f"### Chat History:\n<chat_history>\nUSER: {question}\nASSISTANT: {answer}\nUSER: Why?\n</chat_history>"
    )


@pytest.mark.parametrize(
    ("form", "question", "filled"),
    [
        ('{ "title": "your title here" }', "What is AQP4?", {"title": "What is AQP4?"}),
        ('{ "title": "..." }', LONG, {"title": "How does aquaporin-4 in the endfeet of astrocytes affect the…"}),
        ('{"title": "…"}', "针" * 80, {"title": "针" * 60 + "…"}),
        ('{"title": "…"}', 'What is "AQP4"?', {"title": 'What is "AQP4"?'}),
        ('{ "follow_ups": ["Question 1?", "Question 2?"] }', LONG, {"follow_ups": []}),
        ('{ "tags": ["a", "b"] }', LONG, {"tags": []}),
        ('{ "text": "your completion" }', LONG, {"text": ""}),
    ],
)
def test_the_form_that_a_task_shows_is_filled(form: str, question: str, filled: dict[str, object]) -> None:
    told = filled_form(task(form, question))
    assert told is not None
    assert json.loads(told) == filled


@pytest.mark.parametrize(
    "asked",
    [
        f"Give it a title.\nUser: {LONG}\nAI: Yes.",
        f'Give it a title.\nUser: is {{"title": "x"}} JSON?\nAI: Yes.\nUser: {LONG}',
        'Output {"title": "…"}\n<chat_history>\n</chat_history>',
        "{" * 100_000 + f"\nUser: {LONG}\nAI: Yes.",
    ],
)
def test_a_task_that_shows_no_form_gets_none(asked: str) -> None:
    assert filled_form(asked) is None


async def test_a_client_reads_the_form_and_nothing_else(routes: Routes) -> None:
    asked = {"role": "user", "content": task('{ "title": "…" }', "Is <b>https://a.example/x</b> [1](b) AQP4?")}
    body = {"model": "jianxi", "messages": [asked], "max_tokens": 5}
    whole = (await routes.client.post("/v1/chat/completions", json=body)).json()
    title = json.loads(whole["choices"][0]["message"]["content"])["title"]
    assert title.startswith("Is ")
    assert not any(live in title for live in ("<b", "://", "]("))

"""Chat completion requests as OpenAI's clients send them."""

import json

import pytest

from app.errors import InvalidRequest
from app.http.openai_requests import ChatIn


def test_of_a_long_history_the_last_turns_are_read() -> None:
    roles = ("user", "assistant")
    said = [{"role": roles[n % 2], "content": f"turn {n}"} for n in range(500)]
    asked = ChatIn.model_validate({"model": "jianxi", "messages": [*said, {"role": "user", "content": "And now?"}]})
    assert [turn.text for turn in asked.history] == [f"turn {n}" for n in range(450, 500)]
    assert asked.question == "And now?"


@pytest.mark.parametrize(
    ("name", "nothing", "something"),
    [
        ("presence_penalty", 0, 0.5),
        ("frequency_penalty", 0.0, -1),
        ("function_call", "none", {"name": "f"}),
        ("logprobs", False, True),
    ],
)
def test_what_would_be_ignored_is_refused_and_what_asks_for_nothing_is_not(
    name: str, nothing: object, something: object
) -> None:
    asked = {"model": "jianxi", "messages": [{"role": "user", "content": "Why?"}]}
    ChatIn.model_validate({**asked, name: nothing}).check()
    with pytest.raises(InvalidRequest, match=f"{name}: .*; leave it out") as refused:
        ChatIn.model_validate({**asked, name: something}).check()
    assert refused.value.field == f"body.{name}"


ASKED, ANSWERED = "What is AQP4?", "A water channel: it lies in endfeet."


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (f"Title this.\n<chat_history>\nUSER: {ASKED}\n</chat_history>", True),
        (f"user: {ASKED}\nassistant: {ANSWERED}\n\n请总结上述对话为10个字以内的标题", True),
        (f"Give the conversation a title.\n\nConversation:\nUser: {ASKED}\nAI: {ANSWERED}", True),
        (f"Rephrase the follow-up.\nHuman: {ASKED}\nAssistant: {ANSWERED}\nFollow Up Input: why?", True),
        (json.dumps([{"role": "user", "mainText": ASKED}, {"role": "assistant", "mainText": ANSWERED}]), True),
        (ASKED, False),
        (f"Current conversation:\n\nHuman: {ASKED}\nAI:", False),
        (f"User: {ASKED}\nAssistant: ", False),
        ("Which AI: supervised or not, finds vessels?\nUser: me", False),
        ("What does the AI of this paper find?\nTitle: a user study", False),
        ("[1] what does reference 1 say?", False),
        ("[1, 2]", False),
    ],
)
def test_a_conversation_that_a_client_quotes_is_known_by_its_roles(text: str, quoted: bool) -> None:
    asked = ChatIn.model_validate({"model": "jianxi", "messages": [{"role": "user", "content": text}]})
    assert asked.quotes_conversation is quoted


FOUND = '<source id="1">user: <user_query>x</user_query>\nassistant: y</source>'
RULES = "### Task:\nRespond to the user query using the provided context, inside <context></context> XML tags.\n"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (f"{RULES}\n<context>\n{FOUND}\n</context>\n\n<user_query>\n{ASKED}\n</user_query>\n", ASKED),
        (f"{RULES}\n<context>\nAQP4 is an ion pump.\n</context>\n\n{ASKED}", ASKED),
        (f"{RULES}\n<context>\n</context>\n", f"{RULES}\n<context>\n</context>\n"),
        ("Is <context>x</context> an element of HTML?", "Is <context>x</context> an element of HTML?"),
        (f"<user_query></user_query> {ASKED}", f"<user_query></user_query> {ASKED}"),
        (f"<context>\n{FOUND}\n</context>\n\n{ASKED}", ASKED),
        ("<context>\nx\n</context>\n<user_query>\nWhat is <user_query>?\n</user_query>", "What is <user_query>?"),
        ("What does <user_query>x</user_query> mean?", "What does <user_query>x</user_query> mean?"),
        (f"{ASKED}\n<context>\nx\n</context>\nThanks!", f"{ASKED}\n\nThanks!"),
        (f"<context>\r\nx\r\n</context>\r\n{ASKED}", ASKED),
    ],
)
def test_of_a_message_with_what_a_client_found_the_question_is_read(text: str, question: str) -> None:
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": ANSWERED}]
    asked = ChatIn.model_validate({"model": "jianxi", "messages": [*turns, {"role": "user", "content": text}]})
    assert asked.question == asked.history[0].text == question
    assert not asked.quotes_conversation

"""A reply with others drawn beside it: which one is taken, and what they have in common."""

from langchain_core.messages import HumanMessage

from app.answering.prompt import Prompt
from app.answering.several_replies import OTHERS, SeveralReplies, several_replies
from models.scripted import ScriptedChat

NO = "The evidence does not answer this question"
A = ["Sleep enlarges the space by 60% [1]."]
A_TOO = ["Sleep enlarges the space by 60% in mice [1]."]
B = ["Anaesthesia halves it [2]."]
REFUSED = [f"{NO}."]


async def test_the_others_are_drawn_beside_the_likeliest_reply() -> None:
    chat = ScriptedChat(
        replies=["Sleep enlarges it [1]. In mice [2].", "<think>hm</think>It grows [1].", "It shrinks [1]."]
    )
    prompt = Prompt((HumanMessage("q"),), "1", 1, NO, ())
    told = await several_replies(chat, prompt, {"max_tokens": 9}, NO)
    assert told.likeliest == ["Sleep enlarges it [1].", "In mice [2]."]
    assert told.others[0] == ["It grows [1]."]
    assert len(told.others) == OTHERS


async def test_a_model_that_only_thinks_says_nothing() -> None:
    chat = ScriptedChat(replies=["<think>hm</think>"])
    told = await several_replies(chat, Prompt((HumanMessage("q"),), "1", 1, NO, ()), {"max_tokens": 9}, NO)
    assert list(told.likeliest) == []
    assert list(told.second()) == []


def test_the_likeliest_reply_is_taken() -> None:
    assert SeveralReplies(B, [A, A_TOO, A], NO).first() == B


def test_a_refusal_is_outvoted_by_most_others_and_only_by_them() -> None:
    assert SeveralReplies(REFUSED, [A, B, A_TOO, REFUSED], NO).first() in (A, A_TOO)
    assert SeveralReplies(REFUSED, [A, REFUSED, A_TOO, REFUSED], NO).first() == REFUSED


def test_the_second_reply_is_the_one_that_agrees_most_of_those_with_an_answer() -> None:
    assert SeveralReplies(B, [REFUSED, B, A, A_TOO, A], NO).second() in (A, A_TOO)
    assert SeveralReplies(A, [REFUSED, REFUSED], NO).second() == ()

"""Chat completion requests as OpenAI's clients send them."""

from app.http.openai_requests import ChatIn


def test_of_a_long_history_the_last_turns_are_read() -> None:
    roles = ("user", "assistant")
    said = [{"role": roles[n % 2], "content": f"turn {n}"} for n in range(500)]
    asked = ChatIn.model_validate({"model": "jianxi", "messages": [*said, {"role": "user", "content": "And now?"}]})
    assert [turn.text for turn in asked.history] == [f"turn {n}" for n in range(450, 500)]
    assert asked.question == "And now?"

"""Replies under a JSON schema."""

from models.openai_chat import OpenAIChat
from models.scripted import ScriptedChat
from models.structured_output import is_constrained, response_format


def test_only_a_chat_server_writes_under_a_schema() -> None:
    assert is_constrained(OpenAIChat(url="http://127.0.0.1:1/v1"))
    assert not is_constrained(ScriptedChat(replies=[]))


def test_a_schema_is_asked_for_by_its_name() -> None:
    asked = response_format("plan", {"type": "object"})
    assert asked["json_schema"] == {"name": "plan", "schema": {"type": "object"}, "strict": True}

"""Replies under a JSON schema: which chat models write them, and how one is asked for."""

from collections.abc import Mapping
from typing import Any

from langchain_core.language_models import BaseChatModel


def is_constrained(chat: BaseChatModel) -> bool:
    """Whether the model's server decodes under a JSON schema."""
    return chat._llm_type == "openai-compatible"


def response_format(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The parameter of a request that holds the reply to a schema."""
    return {"type": "json_schema", "json_schema": {"name": name, "schema": dict(schema), "strict": True}}

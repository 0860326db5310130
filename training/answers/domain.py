"""What the adapter learns from: conversations in groups that begin alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from kg.domain import Language


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation whose last message is to be learned."""

    kind: str
    packet: str
    language: Language
    messages: Sequence[BaseMessage]
    reply: str


Group = Sequence[Example]
"""Examples whose prompts begin alike: questions over one evidence, or translations."""

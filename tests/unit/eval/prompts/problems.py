"""A small word problem, its task on a file, and a chat model that counts its tokens."""

import json
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from eval.prompts.domain import Problem
from eval.prompts.gsm8k import Gsm8k
from models.scripted import ScriptedChat

EGGS = Problem("eggs", "A hen lays 3 eggs a day. How many eggs does it lay in 6 days?", "en", ("18",))


class CountingChat(ScriptedChat):
    """Says how many tokens it read and wrote: 100 and 10 a call; ``given`` holds the parameters of each."""

    given: list[dict[str, Any]] = Field(default_factory=list)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.given.append(kwargs)
        usage = UsageMetadata(input_tokens=100, output_tokens=10, total_tokens=110)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._next(messages), usage_metadata=usage))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)


def gsm8k(folder: Path, count: int = 1) -> Gsm8k:
    """The task on a file of so many problems, each with the answer 18."""
    row = json.dumps({"question": EGGS.question, "answer": "3 * 6 = <<3*6=18>>18 eggs.\n#### 18"})
    file = folder / "test.jsonl"
    file.write_text(f"{row}\n" * count, "utf-8")
    return Gsm8k(file)

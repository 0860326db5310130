"""The embedded chat model: a GGUF file run by mistralrs beside the service, one request at a time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import agenerate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from models.apart import run_apart
from models.errors import ModelError, ModelRefused
from models.gguf.process import Ended, GgufProcess, Piece
from models.openai_protocol import plain_messages
from models.sampling import sampling

_READ_TOKENS = 20
"""How many of the likeliest first tokens are read for the likelihood of a word."""


class GgufChat(BaseChatModel):
    """Streams answers; closing the stream stops the generation.

    Raises ModelBusy when too many requests wait, ModelRefused for a bad parameter or a prompt beyond the model's
    context, ModelUnavailable when the file cannot be loaded or the process died (the next request starts it again).
    """

    path: Path = Field(description="The GGUF file; its own chat template is used.")
    adapter: Path | None = Field(default=None, description="Folder of a LoRA adapter (PEFT's form) for the file.")
    waiting: int = Field(default=8, description="Most requests that wait.", ge=0)
    temperature: float = Field(default=0.0, description="0 takes the likeliest token.", ge=0)
    top_p: float | None = Field(default=None, description="Mass of the tokens that are sampled from.")
    repetition_penalty: float | None = Field(default=1.05, description="Above 1 makes repetition less likely.")
    max_tokens: int = Field(default=400, description="Longest answer, tokens.", gt=0)
    command: tuple[str, ...] | None = Field(default=None, description="What to run instead of the worker.")
    _process: GgufProcess = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Make the queue; nothing is started yet."""
        self._process = GgufProcess(self.path, waiting=self.waiting, adapter=self.adapter, command=self.command)

    @property
    def _llm_type(self) -> str:
        return "gguf"

    @property
    def pid(self) -> int | None:
        """The process that holds the model, while it runs."""
        return self._process.pid

    def close(self) -> None:
        """End the process and free its memory."""
        self._process.close()

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return run_apart(self._agenerate(messages, stop, **kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async with aclosing(self._pieces(messages, self._options(stop, kwargs))) as pieces:
            async for piece in pieces:
                yield self._chunk(piece)

    async def likelihoods(self, messages: Sequence[BaseMessage], words: Sequence[str]) -> Sequence[float]:
        """How likely each word is to begin the reply, against the others; raises models.errors.

        A word is one token of the model. All are equally likely where the model would begin with none of them.
        """
        options = {"max_tokens": 1, "temperature": 0.0, "logprobs": True, "top_logprobs": _READ_TOKENS}
        async with aclosing(self._pieces(messages, options)) as pieces:
            last = [piece async for piece in pieces][-1]
        if isinstance(last, ModelError):
            raise last
        found = [last.likely.get(word, 0.0) if isinstance(last, Ended) else 0.0 for word in words]
        return [p / sum(found) for p in found] if any(found) else [1 / len(words)] * len(words)

    async def _pieces(self, messages: Sequence[BaseMessage], options: dict[str, Any]) -> AsyncGenerator[Piece, None]:
        """What the process sends, to its end; closing it cancels the request."""
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[Piece] = asyncio.Queue()

        def sink(piece: Piece) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

        job = self._process.submit(plain_messages(messages), options, sink)
        ended = False
        try:
            while not ended:
                piece = await pieces.get()
                ended = not isinstance(piece, str)
                yield piece
        finally:
            if not ended:
                self._process.cancel(job)

    def _chunk(self, piece: Piece) -> ChatGenerationChunk:
        if isinstance(piece, ModelError):
            raise piece
        if isinstance(piece, str):
            return ChatGenerationChunk(message=AIMessageChunk(content=piece))
        return ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                usage_metadata=_usage(piece),
                response_metadata={"model_name": self.path.name, "finish_reason": piece.reason},
            )
        )

    def _options(self, stop: list[str] | None, arguments: dict[str, Any]) -> dict[str, Any]:
        given = sampling(arguments)
        if given.pop("beam_width", 1) != 1:
            raise ModelRefused("beam_width: the embedded model has no beam search; cure: leave it out, or use vLLM")
        own = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "repetition_penalty": self.repetition_penalty,
            "max_tokens": self.max_tokens,
        }
        options = {name: value for name, value in (own | given).items() if value is not None}
        return options | ({"stop_seqs": stop} if stop else {})


def _usage(ended: Ended) -> UsageMetadata:
    return UsageMetadata(
        input_tokens=ended.prompt_tokens,
        output_tokens=ended.completion_tokens,
        total_tokens=ended.prompt_tokens + ended.completion_tokens,
    )

"""The embedded chat model: a GGUF file run by OpenVINO beside the service, several requests at once."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import agenerate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from models.apart import run_apart
from models.errors import ModelError, ModelRefused
from models.gguf.prepared import PreparedModels, Progress
from models.gguf.process import Ended, GgufProcess, Piece
from models.openai_protocol import plain_messages
from models.sampling import sampling


class GgufChat(BaseChatModel):
    """Streams answers; closing the stream stops the generation.

    The first request prepares the model where nobody did. With ``n`` above 1, ``agenerate`` draws as many replies to
    one prompt at once. Raises ModelBusy when too many requests wait, ModelRefused for a bad parameter or a prompt that
    is longer than the model's context, ModelUnavailable when the file cannot be loaded or the process died (the next
    request starts it again).
    """

    path: Path = Field(description="The GGUF file; its own chat template is used.")
    prepared: Path = Field(description="Folder of the prepared models; several files may share it.")
    adapter: Path | None = Field(default=None, description="Folder of a LoRA adapter (PEFT's form) for the file.")
    at_once: int = Field(default=8, description="Most requests that are answered at once.", gt=0)
    waiting: int = Field(default=8, description="Most requests that wait.", ge=0)
    temperature: float = Field(default=0.0, description="0 takes the likeliest token.", ge=0)
    top_p: float | None = Field(default=None, description="Mass of the tokens that are sampled from.")
    repetition_penalty: float | None = Field(default=1.05, description="Above 1 makes repetition less likely.")
    max_tokens: int = Field(default=400, description="Longest answer, tokens.", gt=0)
    command: tuple[str, ...] | None = Field(default=None, description="What to run instead of the worker.")
    _process: GgufProcess = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Make the queue; nothing is started yet."""
        folders = ("--prepared", str(self.prepared), *(("--adapter", str(self.adapter)) if self.adapter else ()))
        worker = (sys.executable, "-m", "models.gguf.worker", str(self.path), *folders)
        self._process = GgufProcess(self.path, self.command or worker, at_once=self.at_once, waiting=self.waiting)

    @property
    def _llm_type(self) -> str:
        return "gguf"

    @property
    def pid(self) -> int | None:
        """The process that holds the model, while it runs."""
        return self._process.pid

    @property
    def is_prepared(self) -> bool:
        """Whether the first request finds the model prepared; raises ModelUnavailable where a file is not there."""
        return PreparedModels(self.prepared).located(self.path, self.adapter) is not None

    def prepare(self, progress: Progress | None = None) -> None:
        """Prepare the model where nobody did; raises ModelUnavailable."""
        PreparedModels(self.prepared).prepare(self.path, self.adapter, progress)

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
        options = self._options(stop, kwargs)
        if options.get("n", 1) == 1:
            return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))
        async with aclosing(self._pieces(messages, options)) as pieces:
            return self._result([piece async for piece in pieces][-1])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        options = self._options(stop, kwargs)
        if options.get("n", 1) > 1:
            raise ModelRefused("n: several replies are not streamed; cure: ask for them with agenerate")
        async with aclosing(self._pieces(messages, options)) as pieces:
            async for piece in pieces:
                yield self._chunk(piece)

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

    def _result(self, last: Piece) -> ChatResult:
        """All replies; the tokens of them together are told with the first."""
        if isinstance(last, ModelError):
            raise last
        ended = last if isinstance(last, Ended) else Ended("cancelled", 0, 0)
        usages = [_usage(ended), *[None] * len(ended.replies)]
        messages = (
            AIMessage(text, usage_metadata=usage, response_metadata={"model_name": self.path.name})
            for text, usage in zip(ended.replies, usages, strict=False)
        )
        made = [ChatGeneration(message=message) for message in messages]
        return ChatResult(generations=made, llm_output={"finish_reason": ended.reason})

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
        if options.get("n", 1) > 1 and options["temperature"] == 0:
            raise ModelRefused("n: replies without sampling are all the same; cure: a temperature above 0")
        return options | ({"stop_seqs": stop} if stop else {})


def _usage(ended: Ended) -> UsageMetadata:
    return UsageMetadata(
        input_tokens=ended.prompt_tokens,
        output_tokens=ended.completion_tokens,
        total_tokens=ended.prompt_tokens + ended.completion_tokens,
    )

"""What a judge replies, strictly, and what its replies cost."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Correctness(_Reply):
    """One answer against the gold answer."""

    reason: str
    verdict: Literal["right", "partly", "wrong", "declined"]


class Faithfulness(_Reply):
    """Each sentence against the evidence that it cites."""

    verdicts: list[Literal["supported", "unsupported"]]


class Preference(_Reply):
    """One of two answers."""

    reason: str
    better: Literal["A", "B", "tie"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a judge; ``estimated`` where some reply did not count its tokens. ``failures`` gave no reply that holds."""

    calls: int = 0
    failures: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """Of prompts and replies."""
        return self.prompt_tokens + self.completion_tokens

    def since(self, before: "Cost") -> "Cost":
        """What was added to an earlier state of the same cost."""
        return Cost(
            self.calls - before.calls,
            self.failures - before.failures,
            self.prompt_tokens - before.prompt_tokens,
            self.completion_tokens - before.completion_tokens,
            self.seconds - before.seconds,
            self.estimated,
        )

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.calls + other.calls,
            self.failures + other.failures,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.seconds + other.seconds,
            self.estimated or other.estimated,
        )

"""What a judge replies, strictly, and what its replies cost."""

from dataclasses import dataclass, fields
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
    """Of a judge; ``estimated`` counts replies whose tokens were not counted. ``failures`` gave no reply that holds."""

    calls: int = 0
    failures: int = 0
    tokens: int = 0
    seconds: float = 0.0
    estimated: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))

    def metrics(self) -> dict[str, float]:
        """The costs as metrics of an item."""
        return {f"judge_{f.name}": float(getattr(self, f.name)) for f in fields(self)}

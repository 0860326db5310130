"""What a judge replies, strictly."""

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

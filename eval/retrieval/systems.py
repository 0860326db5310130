"""The seam of what is compared: a system ranks the texts of a suite for a question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from eval.retrieval.domain import SuiteQuestion
from eval.runs import Json


@dataclass(frozen=True, slots=True)
class Ranked:
    """Ids of the suite's texts, best first, milliseconds by stage, and tokens of a language model spent on the way.

    The stage ``embed`` is the question's embedding, ``retrieve`` all the rest; other stages are parts of ``retrieve``.
    Without ``retrieve`` it is the sum of the others; a system that tells no stage is timed from outside.
    """

    ids: tuple[str, ...]
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    llm_tokens: int = 0

    @property
    def retrieve_ms(self) -> float:
        """Milliseconds without the question's embedding."""
        parts = sum(ms for stage, ms in self.stages_ms.items() if stage != "embed")
        return self.stages_ms.get("retrieve", parts)


class System(Protocol):
    """Something that ranks; what it built beforehand tells its own cost, ``parameters`` what it was set to."""

    name: str
    """The name in tables."""
    parameters: Mapping[str, Json]
    """For the table's notes."""
    index_s: float
    """Seconds that its index took to build, without the embedding that all share."""
    index_llm_tokens: int
    """Tokens of a language model spent on the index."""

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """The k best texts."""

"""An answer's facts against the triples that answer a question to the graph."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from eval.answers.domain import Triple


@dataclass(frozen=True, slots=True)
class TripleMatch:
    """How the cited triples meet the gold ones."""

    recall: float
    precision: float

    @property
    def complete(self) -> float:
        """1 where every gold triple was given."""
        return float(self.recall == 1.0)


def match_triples(given: Collection[Triple], gold: Sequence[Triple]) -> TripleMatch | None:
    """None where the question has no gold triples."""
    wanted, told = set(gold), set(given)
    if not wanted:
        return None
    shared = len(wanted & told)
    return TripleMatch(shared / len(wanted), shared / len(told) if told else 0.0)

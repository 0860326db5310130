"""GSM8K: grade-school word problems with one number as the answer (Cobbe et al. 2021, arXiv:2110.14168)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from eval.json_lines import Row, records
from eval.prompts.ask import Asker
from eval.prompts.domain import Planned, Problem, Score
from eval.prompts.extraction import flexible_number, strict_number
from eval.prompts.prompt_texts import wording
from eval.prompts.quantity_plan import quantities_planned
from kg.documents.language import language_of

_MARKER = "####"


@dataclass(frozen=True, slots=True)
class Gsm8k:
    """The test split; right is the same number, whatever its spelling."""

    file: Path
    name: str = "gsm8k"

    def problems(self) -> Sequence[Problem]:
        """One a line of the file; raises BrokenData."""
        return records(self.file, _problem)

    async def shown(self, problem: Problem) -> Problem:
        """The problem as it is: no evidence goes with it."""
        return problem

    async def planned(self, problem: Problem, asker: Asker) -> Planned:
        """The quantities of the problem, as the model plans them; raises models.errors."""
        return await quantities_planned(problem, wording(self.name, problem.language), asker)

    def agreement(self, a: str, b: str) -> float:
        """1 where both give the same number."""
        one, other = _number(a), _number(b)
        return float(one is not None and one == other)

    def score(self, problem: Problem, text: str) -> Score:
        """The number in the form asked for, and the last number anywhere, against the gold one."""
        strict, flexible = strict_number(text, _MARKER), flexible_number(text)
        gold = Decimal(problem.gold[0])
        return Score(float(strict == gold), float(flexible == gold), _shown(strict), _shown(flexible))


def _problem(number: int, row: Row) -> Problem:
    question, gold = str(row["question"]).strip(), strict_number(str(row["answer"]), _MARKER)
    if gold is None:
        raise ValueError("the answer does not end in a line `#### N`")
    return Problem(f"gsm8k-{number:04d}", question, language_of(question), (_shown(gold),))


def _number(text: str) -> Decimal | None:
    strict = strict_number(text, _MARKER)
    return flexible_number(text) if strict is None else strict


def _shown(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"

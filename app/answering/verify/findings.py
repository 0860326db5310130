"""What every verifier checks beside its own reading: numbers and symbols."""

from collections.abc import Sequence

from app.answering.domain import Verdict
from app.answering.verify.numbers import NumberProblem, number_problems
from app.answering.verify.protocols import Claim, Finding, NumberedText, Probabilities
from app.answering.verify.symbols import absent_symbols, renumbered

CERTAIN = {
    Verdict.SUPPORTED: Probabilities(1.0, 0.0, 0.0),
    Verdict.CONTRADICTED: Probabilities(0.0, 1.0, 0.0),
    Verdict.UNSUPPORTED: Probabilities(0.0, 0.0, 1.0),
}
"""The probabilities of a verdict that is reached by rule."""


def checked(claim: Claim, finding: Finding, *, reasoning: bool = False) -> Finding:
    """The finding, or what the claim's numbers and symbols make of it.

    A number or a code in whose place the evidence gives another is contradicted where the wording is supported; a
    number or symbol that the evidence lacks makes the claim unsupported. A verifier with ``reasoning`` is believed
    about what is absent and about what arithmetic on the evidence gives: it reads conversions and other names, and
    rules that held those back cost more right claims than wrong ones. It is not believed about one digit for another,
    nor about a line of a claim that is nothing but names which the evidence lacks.
    """
    if finding.label is not Verdict.SUPPORTED:
        return finding
    evidence = joined(claim.evidence)
    problems = number_problems(claim.text, evidence, known=claim.question)
    others = _instead(claim, evidence, problems, reasoning=reasoning)
    numbers = () if reasoning else [p.text for p in problems if not p.instead]
    lacking = absent_symbols(claim.text, evidence, known=claim.question)
    empty = any(_nothing_but(lacking, line) for line in claim.text.splitlines())
    absent = lacking if not reasoning or empty else ()
    names = [name for name in absent if name not in {said for said, _ in others}]
    if not others and not numbers and not names:
        return finding
    label = Verdict.CONTRADICTED if others and not names else Verdict.UNSUPPORTED
    reasons = (
        *(f"the evidence gives {instead} instead of {said}" for said, instead in others),
        *(f"number not in the evidence: {number}" for number in numbers),
        *(f"name not in the evidence: {name}" for name in names),
    )
    return Finding(label, CERTAIN[label], finding.number, finding.quote, reasons)


def _nothing_but(names: Sequence[str], line: str) -> bool:
    rest = line
    for name in names:
        rest = rest.replace(name, "")
    return rest != line and not any(map(str.isalpha, rest))


def gives_others(claim: Claim) -> bool:
    """Whether the evidence seems to give another number or code in the place of one of the claim's."""
    evidence = joined(claim.evidence)
    problems = number_problems(claim.text, evidence, known=claim.question)
    return bool(_instead(claim, evidence, problems, reasoning=True))


def joined(evidence: Sequence[NumberedText]) -> str:
    """The evidence with its titles as one text."""
    return "\n".join(f"{e.title}\n{e.text}" if e.title else e.text for e in evidence)


def _instead(
    claim: Claim, evidence: str, problems: Sequence[NumberProblem], *, reasoning: bool
) -> list[tuple[str, str]]:
    """What the claim says, and what the evidence gives in its place."""
    numbers = [(p.text, p.instead) for p in problems if p.instead and not (reasoning and p.derivable)]
    return [*numbers, *renumbered(claim.text, evidence, known=claim.question)]

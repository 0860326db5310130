"""What every verifier checks beside its own reading: numbers and symbols."""

from collections.abc import Sequence

from app.answering.domain import Verdict
from app.answering.verify.numbers import number_problems
from app.answering.verify.protocols import Claim, Finding, NumberedText, Probabilities
from app.answering.verify.symbols import absent_symbols

CERTAIN = {
    Verdict.SUPPORTED: Probabilities(1.0, 0.0, 0.0),
    Verdict.CONTRADICTED: Probabilities(0.0, 1.0, 0.0),
    Verdict.UNSUPPORTED: Probabilities(0.0, 0.0, 1.0),
}
"""The probabilities of a verdict that is reached by rule."""


def checked(claim: Claim, finding: Finding, *, reasoning: bool = False) -> Finding:
    """The finding, or what the claim's numbers and symbols make of it.

    A number in whose place the evidence gives another is contradicted where the wording is supported; a number or
    symbol that the evidence lacks makes the claim unsupported. A verifier with ``reasoning`` is believed where
    arithmetic on the evidence gives the number.
    """
    if finding.label is not Verdict.SUPPORTED:
        return finding
    evidence = joined(claim.evidence)
    problems = [
        p for p in number_problems(claim.text, evidence, known=claim.question) if not (reasoning and p.derivable)
    ]
    absent = absent_symbols(claim.text, evidence, known=claim.question)
    if not problems and not absent:
        return finding
    other = [p for p in problems if p.instead]
    label = Verdict.CONTRADICTED if other and not absent else Verdict.UNSUPPORTED
    reasons = (
        *(f"the evidence gives {p.instead} instead of {p.text}" for p in other),
        *(f"number not in the evidence: {p.text}" for p in problems if not p.instead),
        *(f"name not in the evidence: {name}" for name in absent),
    )
    return Finding(label, CERTAIN[label], finding.number, finding.quote, reasons)


def joined(evidence: Sequence[NumberedText]) -> str:
    """The evidence with its titles as one text."""
    return "\n".join(f"{e.title}\n{e.text}" if e.title else e.text for e in evidence)

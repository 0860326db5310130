"""Which of the offered labels an answer in sentences chooses: strictly by the letter, else by what it says."""

import re
from collections.abc import Mapping, Sequence

from app.answering.verify import polarity
from eval.answers.tokens import content_tokens, holds
from retrieval.text.words import words

_LEADING = re.compile(r"^\W*(yes|no|maybe)\b|^\W*(?:the answer is|answer:?)\s*[\"'“(]*(yes|no|maybe)\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:may|might|could|possibl[ey]|perhaps|unclear|uncertain|inconclusive|insufficient|remains? to be|controversial"
    r"|further (?:stud|research|work)\w*|not (?:yet )?(?:known|clear|established)|mixed|in part|partly"
    r"|limited evidence)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"(?:answer|option|choice)\s*(?:is|:)?\s*[\"'“(\[]*([A-E])\b(?![a-z])|^\W*([A-E])[.):](?:\s|$)|^\W*\(([A-E])\)",
    re.IGNORECASE | re.MULTILINE,
)


def yes_no_maybe(answer: str, question: str) -> tuple[str, bool]:
    """The label, and whether the answer names it itself; empty where nothing is claimed.

    Else the sentence that shares most words with the question decides: hedged is maybe, a negated or flat direction no.
    """
    leading = _LEADING.search(answer)
    if leading:
        return (leading[1] or leading[2]).lower(), True
    lines = [line for line in answer.splitlines() if line.strip()]
    if not lines:
        return "", False
    asked = frozenset(words(question))
    nearest = max(lines, key=lambda line: len(asked & frozenset(words(line))))
    if _HEDGED.search(nearest):
        return "maybe", False
    ways = polarity.ways(nearest)
    if ways == {polarity.Way.FLAT} or (not ways and polarity.negations(nearest) % 2):
        return "no", False
    return ("no" if polarity.opposed(nearest, question) else "yes"), False


def chosen_option(answer: str, options: Mapping[str, str], question: str) -> tuple[str, bool]:
    """The letter of the chosen option, and whether the answer names it itself; empty where it chooses none.

    Options that are yes, no and maybe are read as ``yes_no_maybe`` reads them, since "no" stands in many answers.
    """
    letters = [next(g for g in match.groups() if g).upper() for match in _LETTER.finditer(answer)]
    named = [letter for letter in letters if letter in options]
    if named:
        return named[-1], True
    by_text = {text.strip().lower(): letter for letter, text in options.items()}
    if by_text.keys() <= {"yes", "no", "maybe"}:
        label, said_so = yes_no_maybe(answer, question)
        return by_text.get(label, ""), said_so and label in by_text
    whole = [letter for letter, text in options.items() if holds(answer, text)]
    if len(whole) == 1:
        return whole[0], False
    if whole:
        return max(whole, key=lambda letter: len(options[letter])), False
    said = set(content_tokens(answer))
    shares = {letter: _share(content_tokens(text), said) for letter, text in options.items()}
    best = max(shares, key=lambda letter: shares[letter], default="")
    tied = sum(s == shares[best] for s in shares.values()) if best else 0
    return (best, False) if best and shares[best] > 0.5 and tied == 1 else ("", False)


def macro_f1(given: Sequence[str], gold: Sequence[str]) -> float:
    """Mean F1 over the labels that the gold uses."""
    scores = []
    for label in sorted(set(gold)):
        right = sum(a == b == label for a, b in zip(given, gold, strict=True))
        told = sum(a == label for a in given)
        scores.append(2 * right / (told + sum(g == label for g in gold)))
    return sum(scores) / len(scores)


def _share(wanted: Sequence[str], said: set[str]) -> float:
    return sum(w in said for w in wanted) / len(wanted) if wanted else 0.0

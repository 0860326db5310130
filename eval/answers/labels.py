"""Which of the offered labels an answer names; one that names none has chosen none."""

import re
from collections.abc import Mapping, Sequence

from eval.answers.tokens import holds

_LEADING = re.compile(r"^\W*(yes|no|maybe)\b|\b(?:the answer is|answer:?)\s*[\"'“(]*(yes|no|maybe)\b", re.IGNORECASE)
_LETTER = re.compile(
    r"(?:answer|option|choice)\s*(?:is|:)?\s*[\"'“(\[]*([A-E])\b(?![a-z])|^\W*([A-E])[.):](?:\s|$)|^\W*\(([A-E])\)",
    re.IGNORECASE | re.MULTILINE,
)


def named_label(answer: str, options: Mapping[str, str]) -> str:
    """The letter of the named option, or yes, no or maybe without options; empty where none is named.

    An option is named by its letter, or where its whole text stands in the answer and no longer option's does. Options
    that are yes, no and maybe must begin the answer, since "no" stands in many.
    """
    by_text = {text.strip().lower(): letter for letter, text in options.items()}
    letters = [next(g for g in match.groups() if g).upper() for match in _LETTER.finditer(answer)]
    if named := [letter for letter in letters if letter in options]:
        return named[-1]
    if by_text.keys() <= {"yes", "no", "maybe"}:
        leading = _LEADING.search(answer)
        label = (leading[1] or leading[2]).lower() if leading else ""
        return by_text.get(label, "") if options else label
    whole = [letter for letter, text in options.items() if holds(answer, text)]
    return max(whole, key=lambda letter: len(options[letter]), default="")


def macro_f1(given: Sequence[str], gold: Sequence[str]) -> float:
    """Mean F1 over the labels that the gold uses."""
    scores = []
    for label in sorted(set(gold)):
        right = sum(a == b == label for a, b in zip(given, gold, strict=True))
        scores.append(2 * right / (sum(a == label for a in given) + sum(g == label for g in gold)))
    return sum(scores) / len(scores)

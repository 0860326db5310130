"""How much of a gold answer an answer's words give: exact match, F1 and ROUGE-L."""

from collections import Counter
from collections.abc import Sequence

from eval.answers.tokens import content_tokens, holds


def exact_match(answer: str, gold: str) -> float:
    """1 where both have the same tokens in the same order."""
    return float(content_tokens(answer) == content_tokens(gold) and bool(content_tokens(gold)))


def holds_all(answer: str, groups: Sequence[Sequence[str]]) -> float:
    """1 where the answer holds one spelling of every group, as RGB counts accuracy (Chen et al., 2023)."""
    return float(bool(groups) and all(any(holds(answer, form) for form in group) for group in groups))


def f1(answer: str, gold: str) -> float:
    """Harmonic mean of precision and recall of tokens: words in English, characters in Chinese."""
    mine, theirs = Counter(content_tokens(answer)), Counter(content_tokens(gold))
    shared = (mine & theirs).total()
    if not shared:
        return 0.0
    precision, recall = shared / mine.total(), shared / theirs.total()
    return 2 * precision * recall / (precision + recall)


def rouge_l(answer: str, gold: str) -> float:
    """F-measure of the longest common subsequence of tokens (Lin, 2004)."""
    mine, theirs = content_tokens(answer), content_tokens(gold)
    common = _longest_common(mine, theirs)
    if not common:
        return 0.0
    precision, recall = common / len(mine), common / len(theirs)
    return 2 * precision * recall / (precision + recall)


def _longest_common(a: Sequence[str], b: Sequence[str]) -> int:
    row = [0] * (len(b) + 1)
    for left in a:
        diagonal = 0
        for at, right in enumerate(b, 1):
            above = row[at]
            row[at] = diagonal + 1 if left == right else max(above, row[at - 1])
            diagonal = above
    return row[-1]

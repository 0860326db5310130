"""How much of a gold answer an answer's words give: exact match, F1 and ROUGE-L."""

from collections import Counter
from difflib import SequenceMatcher

from eval.answers.tokens import content_tokens


def overlap(answer: str, gold: str) -> dict[str, float]:
    """The three figures; words count in English, characters in Chinese.

    ROUGE-L (Lin, 2004) takes the matching blocks of both for their longest common subsequence.
    """
    mine, theirs = content_tokens(answer), content_tokens(gold)
    shared = (Counter(mine) & Counter(theirs)).total()
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    return {
        "exact_match": float(mine == theirs and bool(theirs)),
        "f1": _f_measure(shared, len(mine), len(theirs)),
        "rouge_l": _f_measure(sum(b.size for b in blocks), len(mine), len(theirs)),
    }


def _f_measure(shared: int, mine: int, theirs: int) -> float:
    return 2 * shared / (mine + theirs) if shared else 0.0

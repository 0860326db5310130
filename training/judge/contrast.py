"""Answers beside those of a careless reader: the value of the other group, the reversed direction, the swapped sides.

The rows are those of ``training/answers`` that have a ``wrong`` answer. Their evidence is what the service would show:
the sentences that the answer rests on, their neighbours, and some others of the same abstracts.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.documents.tokens import estimated_tokens
from training.answers.papers import Packet, excerpt, packets
from training.answers.written import Written, written
from training.judge.examples import Example, Label

CONTRASTS = ("contrast", "contrast_asked")
_LONGEST = 180
"""Tokens of evidence: a pair of 256 has room for a question and an answer beside it."""


def contrasts(abstracts: Path, scifact: Path, seed: int, kept: frozenset[str], *, held_out: bool) -> Iterator[Example]:
    """Each answer's sentences as supported and its wrong answer as contradicted: alone (``contrast``) and after the
    question (``contrast_asked``); those of the ``kept`` packets, or of all others.
    """
    texts, order = packets(abstracts, scifact), random.Random(seed)
    for row in written():
        if row.wrong and (row.packet in kept) == held_out:
            yield from of_row(row, texts[row.packet], order)


def of_row(row: Written, packet: Packet, order: random.Random) -> Iterator[Example]:
    """The examples of one row."""
    evidence = _evidence(row.use, packet, order)
    for text, right in row.statements:
        label: Label = "supported" if right else "contradicted"
        for source, claim in zip(CONTRASTS, (text, f"{row.question} {text}"), strict=True):
            yield Example(claim, evidence, label, "contrast", row.lang, source, row.packet)


def _evidence(use: Sequence[str], packet: Packet, order: random.Random) -> str:
    """Sentences of the papers that are used, as the service joins them: a line where one is left out between."""
    own = [(place[0], int(place[1:])) for place in use]
    near = [(letter, n + step) for letter, n in own for step in (-1, 1)]
    letters = sorted({letter for letter, _ in own})
    rest = [(letter, n) for letter in letters for n in range(1, len(packet[letter].sentences) + 1)]
    chosen: set[tuple[str, int]] = set(own)
    for letter, n in (*order.sample(near, len(near)), *order.sample(rest, len(rest))):
        if 1 <= n <= len(packet[letter].sentences):
            wider = chosen | {(letter, n)}
            if sum(estimated_tokens(packet[a].sentences[b - 1]) for a, b in wider) <= _LONGEST:
                chosen = wider
    return "\n".join(
        excerpt({n: packet[letter].sentences[n - 1] for a, n in chosen if a == letter})
        for letter in sorted({a for a, _ in chosen})
    )

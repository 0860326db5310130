"""Statements that the adapter learns to check: answers, those of a careless reader, and claims of the judge's set."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from app.answering.messages import messages_in
from app.answering.prompt import check_prompt
from kg.domain import Language
from models.evidence_markup import NumberedEvidence
from training.answers.domain import Example, Group
from training.answers.papers import Packet, excerpt
from training.answers.written import Written
from training.judge.examples import Example as Claim
from training.judge.written import answered_questions, written_claims

CHECKS = ("check", "check_claim", "check_own")
"""The kinds of these examples: of written answers, of the judge's claims, and of sentences of the model's own."""

OWN_SENTENCES = Path(__file__).with_name("data") / "own_sentences.jsonl"

_LEFT_OUT = ("reworded",)
"""Claims that were written against a cue of another set, which the adapter does not see."""

_MOST = 8
"""Claims of a group; as many right ones as wrong ones, at least two of each."""


def checks_of(row: Written, items: Sequence[NumberedEvidence]) -> Iterator[Example]:
    """Each sentence of the answer, to which the reply is yes, and the wrong answer, to which it is no."""
    for statement, right in row.statements:
        yield _check("check", row.packet, row.lang, row.question, statement, items, right=right)


class Checked(BaseModel):
    """A sentence that the model wrote itself, with whether it is right; ``8-1A:1,3`` are sentences of a paper."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    packet: str
    lang: Language
    question: str
    statement: str
    right: bool
    chinese: bool = False
    """Whether the evidence was shown in Chinese, where it is translated."""
    evidence: tuple[str, ...]


def own_sentences(
    papers: Mapping[str, Packet], chinese: Mapping[tuple[str, str], str], path: Path = OWN_SENTENCES
) -> list[Group]:
    """The model's own sentences to check, those over one evidence together; raises pydantic.ValidationError."""
    rows = [Checked.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]
    groups: dict[tuple[object, ...], list[Example]] = defaultdict(list)
    for row in rows:
        items = [_item(n, place, papers, chinese if row.chinese else {}) for n, place in enumerate(row.evidence, 1)]
        check = _check("check_own", row.packet, row.lang, row.question, row.statement, items, right=row.right)
        groups[row.lang, row.chinese, row.evidence].append(check)
    return list(groups.values())


def _item(
    number: int, place: str, papers: Mapping[str, Packet], chinese: Mapping[tuple[str, str], str]
) -> NumberedEvidence:
    at, _, told = place.partition(":")
    packet, letter = at[:-1], at[-1]
    paper = papers[packet][letter]
    texts = {n: chinese.get((packet, f"{letter}{n}"), paper.sentences[n - 1]) for n in map(int, told.split(","))}
    return NumberedEvidence(number, "passage", paper.source, excerpt(texts))


def judge_claims(scifact: Path, seed: int) -> list[Group]:
    """The claims that were written for the judge, whose evidence stands in ``scifact``, a JSON Lines file."""
    answers = {(id_, f"{asked} {said}"): (asked, said) for id_, _, _, asked, said in answered_questions()}
    return claim_groups(written_claims(scifact), answers, seed, _LEFT_OUT)


def claim_groups(
    claims: Iterable[Claim], answers: Mapping[tuple[str, str], tuple[str, str]], seed: int, left_out: Collection[str]
) -> list[Group]:
    """Claims over one evidence and in one language, in the order of the seed; ``left_out`` names sources of claims.

    ``answers`` parts a claim that stands behind its question into the two, by evidence and claim.
    """
    order = random.Random(seed)
    over: dict[tuple[str, Language], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.source not in left_out:
            over[claim.group, claim.language].append(claim)
    groups: list[Group] = []
    for (id_, language), found in over.items():
        sides = [[c for c in found if (c.label == "supported") is right] for right in (True, False)]
        many = min(*(len(side) for side in sides), _MOST // 2)
        if many < 2:
            continue
        items = [NumberedEvidence(1, "passage", "", found[0].evidence)]
        groups.append(
            [
                _check("check_claim", id_, language, question, text, items, right=claim.label == "supported")
                for side in sides
                for claim in order.sample(side, many)
                for question, text in (answers.get((id_, claim.claim), ("", claim.claim)),)
            ]
        )
    order.shuffle(groups)
    return groups


def _check(
    kind: str,
    packet: str,
    language: Language,
    question: str,
    statement: str,
    items: Sequence[NumberedEvidence],
    *,
    right: bool,
) -> Example:
    words = messages_in(language)
    return Example(
        kind, packet, language, check_prompt(question, statement, items, words), words.check_words[0 if right else 1]
    )

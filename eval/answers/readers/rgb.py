"""RGB (Chen et al., 2023): noise, refusal, integration and counterfactual evidence, as its own script deals passages.

Every question brings five passages. With noise, ``ceil(5 * ratio)`` of them are negative; for refusal all are; for
integration one positive of each part comes first; for counterfactual evidence the positives are the falsified ones.
"""

import hashlib
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite, GivenPassage
from eval.json_lines import Row, records
from kg.documents.language import language_of

_PASSAGES = 5
_NOISE = 0.4


def read(data: Path, *, noise: float = _NOISE, passages: int = _PASSAGES) -> AnswerSuite:
    """The kinds noise, refusal, integration, counterfactual_zh and counterfactual_en; ``data`` is the folder of
    evaluation data or RGB's own."""
    folder = data / "bench/rgb" if (data / "bench/rgb").is_dir() else data

    def dealt(name: str, deal: Callable[[Row], AnswerQuestion]) -> list[AnswerQuestion]:
        return records(folder / f"{name}.json", lambda _, row: deal(row))

    questions = [
        *dealt("zh_refine", lambda r: _question(r, "noise", mixed(r, noise, passages))),
        *dealt("zh_refine", lambda r: _question(r, "refusal", mixed(r, 1.0, passages), answerable=False)),
        *dealt("zh_int", lambda r: _question(r, "integration", parts(r, noise, passages))),
        *dealt("zh_fact", lambda r: _falsified(r, "zh", wrong(r, noise, passages))),
        *dealt("en_fact", lambda r: _falsified(r, "en", wrong(r, noise, passages))),
    ]
    return AnswerSuite("rgb", tuple(questions), "given")


def mixed(row: Row, noise: float, passages: int) -> list[str]:
    """Positive passages with a share of negative ones; what one side lacks the other fills."""
    positive, negative = _texts(row["positive"]), _texts(row["negative"])
    if noise == 1.0:
        return negative[:passages]
    bad = math.ceil(passages * noise)
    good = passages - bad
    if bad > len(negative):
        bad, good = len(negative), passages - len(negative)
    elif good > len(positive):
        good, bad = len(positive), passages - len(positive)
    return [*positive[:good], *negative[:bad]]


def parts(row: Row, noise: float, passages: int) -> list[str]:
    """One positive passage of each part, then second ones up to the share, filled up with negative ones."""
    groups = [_texts(group) for group in _list(row["positive"])]
    wanted = passages - math.ceil(passages * noise)
    depth = max((len(g) for g in groups), default=0)
    by_turn = [g[turn] for turn in range(depth) for g in groups if len(g) > turn]
    chosen = by_turn[: max(wanted, sum(bool(g) for g in groups))]
    return [*chosen, *_texts(row["negative"])[: max(0, passages - len(chosen))]]


def wrong(row: Row, noise: float, passages: int) -> list[str]:
    """Falsified positives with a share of negative passages."""
    bad = math.ceil(passages * noise)
    return [*_texts(row["positive_wrong"])[: passages - bad], *_texts(row["negative"])[:bad]]


def _falsified(row: Row, language: str, passages: Sequence[str]) -> AnswerQuestion:
    return _question(row, f"counterfactual_{language}", passages, fake=str(row["fakeanswer"]))


def _question(
    row: Row, kind: str, passages: Sequence[str], *, answerable: bool = True, fake: str = ""
) -> AnswerQuestion:
    language = language_of(str(row["query"]))
    id_ = f"{kind}-{row['id']}"
    dealt = [GivenPassage(f"{id_}-p{n}", text) for n, text in enumerate(passages) if text.strip()]
    random.Random(hashlib.sha256(id_.encode()).digest()).shuffle(dealt)  # noqa: S311
    return AnswerQuestion(
        id=id_,
        text=str(row["query"]),
        language=language,
        kind=kind,
        answers=_groups(row["answer"]),
        wrong=(fake,) if fake else (),
        answerable=answerable,
        given=tuple(dealt),
    )


def _groups(answer: object) -> tuple[tuple[str, ...], ...]:
    """A list holds what must all be said; a list in it, spellings of which one will do."""
    if not isinstance(answer, list):
        return ((str(answer),),)
    return tuple(tuple(map(str, a)) if isinstance(a, list) else (str(a),) for a in answer)


def _texts(value: object) -> list[str]:
    return [str(v) for v in _list(value) if str(v).strip()]


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []

"""RGB (Chen et al., 2023): noise, refusal, integration and counterfactual evidence, as its own script deals passages.

Every question brings five passages. With noise, ``ceil(5 * ratio)`` of them are negative; for refusal all are; for
integration one positive of each part comes first; for counterfactual evidence the positives are the falsified ones.
"""

import hashlib
import math
import random
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite, GivenPassage
from eval.json_lines import Row, records
from kg.documents.language import language_of

_PASSAGES = 5
_NOISE = 0.4


def read(data: Path, *, noise: float = _NOISE) -> AnswerSuite:
    """The kinds noise, refusal, integration, counterfactual_zh and counterfactual_en; ``data`` is the folder of
    evaluation data or RGB's own."""
    folder = data / "bench/rgb" if (data / "bench/rgb").is_dir() else data
    bad = math.ceil(_PASSAGES * noise)

    def dealt(name: str, deal: Callable[[Row], AnswerQuestion]) -> list[AnswerQuestion]:
        return records(folder / f"{name}.json", lambda _, row: deal(row))

    def falsified(language: str) -> list[AnswerQuestion]:
        kind = f"counterfactual_{language}"
        return dealt(f"{language}_fact", lambda r: _question(r, kind, _wrong(r, bad), fake=str(r["fakeanswer"])))

    questions = [
        *dealt("zh_refine", lambda r: _question(r, "noise", _negative(r) if noise == 1.0 else _mixed(r, bad))),
        *dealt("zh_refine", lambda r: _question(r, "refusal", _negative(r), answerable=False)),
        *dealt("zh_int", lambda r: _question(r, "integration", _parts(r, _PASSAGES - bad))),
        *falsified("zh"),
        *falsified("en"),
    ]
    return AnswerSuite("rgb", tuple(questions), "given")


def _negative(row: Row) -> list[str]:
    return _texts(row["negative"])[:_PASSAGES]


def _mixed(row: Row, bad: int) -> list[str]:
    """Positive passages with some negative ones; what one side lacks the other fills."""
    positive, negative = _texts(row["positive"]), _texts(row["negative"])
    bad = min(max(bad, _PASSAGES - len(positive)), len(negative))
    return [*positive[: _PASSAGES - bad], *negative[:bad]]


def _parts(row: Row, good: int) -> list[str]:
    """One positive passage of each part, then second ones up to ``good``, filled up with negative ones."""
    groups = [_texts(group) for group in _list(row["positive"])]
    by_turn = [text for turn in zip_longest(*groups) for text in turn if text]
    chosen = by_turn[: max(good, sum(bool(g) for g in groups))]
    return [*chosen, *_texts(row["negative"])[: max(0, _PASSAGES - len(chosen))]]


def _wrong(row: Row, bad: int) -> list[str]:
    """Falsified positives with some negative passages."""
    return [*_texts(row["positive_wrong"])[: _PASSAGES - bad], *_texts(row["negative"])[:bad]]


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

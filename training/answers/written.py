"""Questions, answers and translations that people wrote over packets of papers."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kg.documents.sentences import sentences
from kg.domain import Language

_MARKS = re.compile(r"\s*\[[A-C]\d+\]")
_ANY_MARKS = re.compile(r"\s*\[[A-C]?\d+\]")
WRITTEN = Path(__file__).with_name("data") / "written.jsonl"


class Written(BaseModel):
    """One row: an answer whose marks such as ``[A4]`` name its sentences, a question without one, or a translation.

    ``half`` is an answer whose last sentence, marked ``[0]``, says what the papers lack. ``wrong`` is what a careless
    reader would answer: for training what verifies, never an answer to learn. A Chinese row has its question and its
    answer in English as well; no English answer where its Chinese one says more than the sentences do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    packet: str
    type: Literal["answer", "half", "none", "translate"]
    lang: Language = "zh"
    question: str = ""
    use: tuple[str, ...] = ()
    answer: str = ""
    wrong: str = ""
    question_en: str = ""
    answer_en: str = ""
    sentence: str = ""
    zh: str = ""

    @property
    def statements(self) -> Sequence[tuple[str, bool]]:
        """The sentences of the answer without their marks, which are right, and the wrong answer, which is not."""
        right = [(sentence, True) for sentence in _plain_sentences(_MARKS.sub("", self.answer))]
        return [*right, (self.wrong, False)] if self.wrong else right

    @property
    def answer_over_english(self) -> str:
        """What a model writes over English sentences, whatever the language of the question."""
        return self.answer if self.lang == "en" else self.answer_en

    @property
    def translated_sentences(self) -> Sequence[tuple[str, str]]:
        """Sentences of the English answer with their Chinese, without marks."""
        both = [_plain_sentences(_ANY_MARKS.sub("", text)) for text in (self.answer_en, self.answer)]
        return list(zip(*both, strict=True)) if len(both[0]) == len(both[1]) else []


def written(path: Path = WRITTEN) -> Sequence[Written]:
    """All rows; raises pydantic.ValidationError."""
    return [Written.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def translations(rows: Sequence[Written]) -> Mapping[tuple[str, str], str]:
    """The Chinese of each translated sentence, by packet and place."""
    return {(row.packet, row.sentence): row.zh for row in rows if row.type == "translate"}


def _plain_sentences(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in sentences(text)]

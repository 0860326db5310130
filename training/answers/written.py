"""Questions, answers and translations that people wrote over packets of papers."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kg.documents.sentences import sentences
from kg.domain import Language

_MARKS = re.compile(r"\s*\[[A-C]\d+\]")
WRITTEN = Path(__file__).with_name("data") / "written.jsonl"


class Written(BaseModel):
    """One row: an answer whose marks such as ``[A4]`` name its sentences, a question without one, or a translation.

    ``half`` is an answer whose last sentence, marked ``[0]``, says what the papers lack. ``wrong`` is what a careless
    reader would answer: for training what verifies, never an answer to learn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    packet: str
    type: Literal["answer", "half", "none", "translate"]
    lang: Language = "zh"
    question: str = ""
    use: tuple[str, ...] = ()
    answer: str = ""
    wrong: str = ""
    sentence: str = ""
    zh: str = ""

    @property
    def statements(self) -> Sequence[tuple[str, bool]]:
        """The sentences of the answer without their marks, which are right, and the wrong answer, which is not."""
        plain = _MARKS.sub("", self.answer)
        right = [(plain[start:end].strip(), True) for start, end in sentences(plain)]
        return [*right, (self.wrong, False)] if self.wrong else right


def written(path: Path = WRITTEN) -> Sequence[Written]:
    """All rows; raises pydantic.ValidationError."""
    return [Written.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def translations(rows: Sequence[Written]) -> Mapping[tuple[str, str], str]:
    """The Chinese of each translated sentence, by packet and place."""
    return {(row.packet, row.sentence): row.zh for row in rows if row.type == "translate"}

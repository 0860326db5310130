"""Training examples: the prompts that the service gives to a tuned model, each with its right reply."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage

from app.answering.generate import translation_messages
from app.answering.messages import messages_in
from app.answering.prompt import short_prompt, terms_of
from kg.documents.tokens import estimated_tokens
from kg.domain import Language
from models.evidence_markup import NumberedEvidence
from models.sentence_selection import terms as words_of
from training.answers.papers import Packet, Paper
from training.answers.written import Written, translations

_MARK = re.compile(r"\[([A-C]\d+)\]")
_MARKS = re.compile(r"(?:\[[A-C]\d+\])+")
_BUDGETS = (80, 130, 180, 240, 300, 360)
"""Tokens of evidence that an example may have."""

_SOURCE_TOKENS = 30
_FAR, _STRANGERS_FIRST, _OTHER_TERMS = 0.12, 0.25, 0.3
"""Shares: questions asked again of other papers, examples that begin with other papers, terms that the reply lacks."""

_TERMS, _TERMS_OF_SENTENCE = 8, 12

Place = tuple[str, str, int]
"""Packet, letter of the paper, and number of the sentence from 1."""


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation whose last message is to be learned."""

    kind: str
    packet: str
    language: Language
    messages: Sequence[BaseMessage]
    reply: str


@dataclass(slots=True)
class Assembler:
    """Puts written rows between sentences that are near their topic; the same seed gives the same examples."""

    packets: Mapping[str, Packet]
    rows: Sequence[Written]
    seed: int
    _random: random.Random = field(init=False)
    _chinese: Mapping[tuple[str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the seed."""
        self._random = random.Random(self.seed)
        self._chinese = translations(self.rows)

    def examples(self) -> list[Example]:
        """Every row as an example; some a second time over Chinese evidence, or over papers that do not answer."""
        return [example for row in self.rows for example in self._of(row)]

    def _of(self, row: Written) -> list[Example]:
        if row.type == "translate":
            return [self._translation(row)]
        words = messages_in(row.lang)
        if row.type == "none":
            return [self._asked(row, (), words.no_answer, "none")]
        made = [self._asked(row, row.use, row.answer, row.type)]
        if row.type == "answer":
            if all((row.packet, place) in self._chinese for place in row.use):
                made.append(self._asked(row, row.use, row.answer, "chinese_evidence", chinese=True))
            if self._random.random() < _FAR:
                made.append(self._asked(row, (), words.no_answer, "none_far", own=False))
        return made

    def _translation(self, row: Written) -> Example:
        text = self._text((row.packet, row.sentence[0], int(row.sentence[1:])), chinese=False)
        given = self._given(text, "zh", row.zh, _TERMS_OF_SENTENCE)
        return Example("translate", row.packet, "zh", translation_messages(text, messages_in("zh"), given), row.zh)

    def _asked(
        self, row: Written, use: Sequence[str], answer: str, kind: str, *, chinese: bool = False, own: bool = True
    ) -> Example:
        used = {(row.packet, place[0], int(place[1:])) for place in use}
        places = self._with_others(row, used, chinese=chinese, own=own)
        papers = self._ordered({place[:2] for place in places}, {place[:2] for place in used})
        items = [
            self._item(number, paper, [p for p in places if p[:2] == paper], chinese=chinese)
            for number, paper in enumerate(papers, 1)
        ]
        given = self._given(" ".join(item.text for item in items), row.lang, answer, _TERMS)
        numbers = {letter: number for number, (packet, letter) in enumerate(papers, 1) if packet == row.packet}
        prompt = short_prompt(row.question, items, messages_in(row.lang), given)
        return Example(kind, row.packet, row.lang, prompt, _renumbered(answer, numbers))

    def _with_others(self, row: Written, used: set[Place], *, chinese: bool, own: bool) -> list[Place]:
        """The places used and, within a budget, those nearest to them and some of other packets."""
        asked = set(words_of(" ".join([row.question, *(self._text(place, chinese=chinese) for place in used)])))
        near = [p for p in self._places(row.packet, "ABC") if p not in used] if own else []
        shared = {p: len(asked & set(words_of(self._text(p, chinese=chinese)))) for p in near}
        near.sort(key=lambda p: -shared[p] - 4 * self._random.random())
        others = [name for name in self._random.sample(sorted(self.packets), 6) if name != row.packet]
        far = [place for name in others for place in self._places(name, "A")[:3]]
        pool = [*far[:3], *near, *far[3:]] if self._random.random() < _STRANGERS_FIRST else [*near, *far]
        chosen = set(used)
        room = self._random.choice(_BUDGETS) - sum(self._cost(p, chosen - {p}, chinese=chinese) for p in used)
        for place in pool:
            room -= self._cost(place, chosen, chinese=chinese)
            if room < 0 and chosen:
                break
            chosen.add(place)
        return sorted(chosen)

    def _cost(self, place: Place, beside: set[Place], *, chinese: bool) -> float:
        new = not any(other[:2] == place[:2] for other in beside)
        return estimated_tokens(self._text(place, chinese=chinese)) + _SOURCE_TOKENS * new

    def _ordered(self, papers: set[tuple[str, str]], gold: set[tuple[str, str]]) -> list[tuple[str, str]]:
        """The papers as a search may rank them: mostly those first that answer."""
        ranks = {paper: 0.8 * (paper not in gold) + self._random.random() for paper in sorted(papers)}
        return sorted(ranks, key=ranks.__getitem__)

    def _item(self, number: int, paper: tuple[str, str], places: Sequence[Place], *, chinese: bool) -> NumberedEvidence:
        text, last = "", 0
        for place in places:
            text += (" " if last == place[2] - 1 else "\n") * bool(text) + self._text(place, chinese=chinese)
            last = place[2]
        of = self._paper(paper)
        source = ", ".join(part for part in (of.title, of.year) if part)
        return NumberedEvidence(number, "passage", source[:200], text)

    def _given(self, text: str, language: Language, reply: str, most: int) -> Mapping[str, str]:
        """The terms of a text that the reply has, and a few others."""
        found = terms_of(text, language).items()
        kept = [(own, term) for own, term in found if term in reply or self._random.random() < _OTHER_TERMS]
        return dict(kept[:most])

    def _places(self, packet: str, letters: str) -> list[Place]:
        papers = self.packets[packet]
        return [(packet, letter, n) for letter in letters for n in range(1, len(papers[letter].sentences) + 1)]

    def _paper(self, paper: tuple[str, str]) -> Paper:
        return self.packets[paper[0]][paper[1]]

    def _text(self, place: Place, *, chinese: bool) -> str:
        own = self._paper(place[:2]).sentences[place[2] - 1]
        return self._chinese.get((place[0], f"{place[1]}{place[2]}"), own) if chinese else own


def _renumbered(answer: str, numbers: Mapping[str, int]) -> str:
    """The answer with the numbers of the evidence in the place of its marks, each once a sentence."""

    def of_items(marks: re.Match[str]) -> str:
        cited = dict.fromkeys(numbers[place[0]] for place in _MARK.findall(marks.group()))
        return "".join(f"[{number}]" for number in cited)

    return _MARKS.sub(of_items, answer)

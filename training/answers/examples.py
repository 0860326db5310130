"""Training examples: the prompts that the service gives to a tuned model, each with its right reply."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.answering.generate import translation_messages
from app.answering.messages import messages_in
from app.answering.prompt import short_prompt, terms_of
from kg.documents.tokens import estimated_tokens
from kg.domain import Language
from models.evidence_markup import NumberedEvidence
from models.sentence_selection import terms as words_of
from training.answers.domain import Example, Group
from training.answers.papers import Packet, Paper, excerpt
from training.answers.written import Written, translations

_MARK = re.compile(r"\[([A-C]\d+)\]")
_MARKS = re.compile(r"(?:\[[A-C]\d+\])+")
_BUDGETS = (180, 240, 300, 380, 460, 550)
"""Tokens of evidence that a group may have."""

_SOURCE_TOKENS = 30
_CHINESE, _FAR, _STRANGERS_FIRST, _OTHER_TERMS, _IN_ENGLISH_TOO = 0.4, 0.35, 0.25, 0.3, 0.4
"""Shares: groups over Chinese evidence, groups with a question of other papers, groups that begin with other papers,
terms that a reply lacks, and Chinese questions asked in English as well."""

_TERMS_OF_SENTENCE = 12
_TRANSLATIONS = 6

Place = tuple[str, str, int]
"""Packet, letter of the paper, and number of the sentence from 1."""


@dataclass(slots=True)
class Assembler:
    """Puts written rows between sentences that are near their topic; the same seed gives the same groups."""

    packets: Mapping[str, Packet]
    rows: Sequence[Written]
    seed: int
    _random: random.Random = field(init=False)
    _chinese: Mapping[tuple[str, str], str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the seed."""
        self._random = random.Random(self.seed)
        self._chinese = translations(self.rows)

    def groups(self) -> list[Group]:
        """Every row once, some a second time over Chinese evidence, or over papers that do not answer it.

        What is written over English evidence is English, whatever the language of the question, and is then translated.
        """
        asked: dict[str, list[Written]] = defaultdict(list)
        for row in self.rows:
            if row.answer_over_english or row.type == "none":
                asked[row.packet].append(row)
        groups = [group for rows in asked.values() for group in self._over_evidence(rows)]
        told = [example for rows in self._by_packet() for example in self._translations(rows)]
        return [*groups, *(told[start : start + _TRANSLATIONS] for start in range(0, len(told), _TRANSLATIONS))]

    def _by_packet(self) -> Sequence[Sequence[Written]]:
        found: dict[str, list[Written]] = defaultdict(list)
        for row in self.rows:
            found[row.packet].append(row)
        return list(found.values())

    def _over_evidence(self, rows: Sequence[Written]) -> Iterator[Group]:
        """Rows of one packet over as few evidences as their sentences fit into; the Chinese ones over Chinese too."""
        waiting = self._random.sample(rows, len(rows))
        while waiting:
            budget, together, used = self._random.choice(_BUDGETS), [waiting[0]], _places(waiting[0])
            for row in waiting[1:]:
                if self._costs(used | _places(row)) <= budget:
                    together, used = [*together, row], used | _places(row)
            waiting = [row for row in waiting if row not in together]
            yield self._group(together, used, budget)
        own = [row for row in rows if row.lang == "zh" and row.use]
        translated = [row for row in own if all((row.packet, place) in self._chinese for place in row.use)]
        if translated and self._random.random() < _CHINESE:
            used = {place for row in translated for place in _places(row)}
            yield self._group(translated, used, self._random.choice(_BUDGETS), chinese=True)

    def _group(self, rows: Sequence[Written], used: set[Place], budget: int, *, chinese: bool = False) -> Group:
        packet, words = rows[0].packet, messages_in("zh" if chinese else "en")
        asked = " ".join(row.question_en or row.question for row in rows)
        far = [row for row in self.rows if row.type == "answer" and row.packet != packet]
        stranger = self._random.choice(far) if far and self._random.random() < _FAR else None
        left_out = {packet, stranger.packet} if stranger else {packet}
        places = self._with_others(packet, asked, used, budget, left_out, chinese=chinese)
        papers = self._ordered({place[:2] for place in places}, {place[:2] for place in used})
        items = [
            self._item(number, paper, [p for p in places if p[:2] == paper], chinese=chinese)
            for number, paper in enumerate(papers, 1)
        ]
        numbers = {letter: number for number, (name, letter) in enumerate(papers, 1) if name == packet}
        group = []
        for row in rows:
            reply = _renumbered(row.answer if chinese else row.answer_over_english, numbers) or words.no_answer
            prompt = short_prompt(row.question, items, words)
            group.append(Example("chinese_evidence" if chinese else row.type, packet, row.lang, prompt, reply))
            if row.question_en and not chinese and self._random.random() < _IN_ENGLISH_TOO:
                prompt = short_prompt(row.question_en, items, words)
                group.append(Example(row.type, packet, "en", prompt, reply))
        if stranger is not None:
            prompt = short_prompt(stranger.question, items, words)
            group.append(Example("none_far", stranger.packet, stranger.lang, prompt, words.no_answer))
        return group

    def _translations(self, rows: Sequence[Written]) -> Iterator[Example]:
        """The sentences of English answers, and those of the papers, as a Chinese reader of a question gets them."""
        asked = [row for row in rows if row.lang == "zh" and row.question]
        for row in rows:
            if row.type == "translate":
                text = self._text((row.packet, row.sentence[0], int(row.sentence[1:])), chinese=False)
                near = [a for a in asked if row.sentence in a.use] or asked
                question = self._random.choice(near).question if near else ""
                yield self._translation(row.packet, question, text, row.zh)
            for text, chinese in row.translated_sentences:
                yield self._translation(row.packet, row.question, text, chinese)

    def _translation(self, packet: str, question: str, text: str, chinese: str) -> Example:
        given = self._given(text, "zh", chinese, _TERMS_OF_SENTENCE)
        messages = translation_messages(text, messages_in("zh"), given, question=question)
        return Example("translate", packet, "zh", messages, chinese)

    def _with_others(
        self, packet: str, questions: str, used: set[Place], budget: int, left_out: set[str], *, chinese: bool
    ) -> list[Place]:
        """The places used and, within the budget, those nearest to them and some of other packets."""
        asked = set(words_of(" ".join([questions, *(self._text(place, chinese=chinese) for place in used)])))
        near = [p for p in self._places(packet, "ABC") if p not in used]
        shared = {p: len(asked & set(words_of(self._text(p, chinese=chinese)))) for p in near}
        near.sort(key=lambda p: -shared[p] - 4 * self._random.random())
        others = [name for name in self._random.sample(sorted(self.packets), 6) if name not in left_out]
        far = [place for name in others for place in self._places(name, "A")[:3]]
        pool = [*far[:3], *near, *far[3:]] if self._random.random() < _STRANGERS_FIRST else [*near, *far]
        chosen = set(used)
        for place in pool:
            if chosen and self._costs(chosen | {place}, chinese=chinese) > budget:
                break
            chosen.add(place)
        return sorted(chosen)

    def _costs(self, places: set[Place], *, chinese: bool = False) -> float:
        """Tokens of the sentences and of the sources that they come from."""
        texts = sum(estimated_tokens(self._text(place, chinese=chinese)) for place in places)
        return texts + _SOURCE_TOKENS * len({place[:2] for place in places})

    def _ordered(self, papers: set[tuple[str, str]], gold: set[tuple[str, str]]) -> list[tuple[str, str]]:
        """The papers as a search may rank them: mostly those first that answer."""
        ranks = {paper: 0.8 * (paper not in gold) + self._random.random() for paper in sorted(papers)}
        return sorted(ranks, key=ranks.__getitem__)

    def _item(self, number: int, paper: tuple[str, str], places: Sequence[Place], *, chinese: bool) -> NumberedEvidence:
        text = excerpt({place[2]: self._text(place, chinese=chinese) for place in places})
        return NumberedEvidence(number, "passage", self._paper(paper).source, text)

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


def _places(row: Written) -> set[Place]:
    return {(row.packet, place[0], int(place[1:])) for place in row.use}


def _renumbered(answer: str, numbers: Mapping[str, int]) -> str:
    """The answer with the numbers of the evidence in the place of its marks, each once a sentence."""

    def of_items(marks: re.Match[str]) -> str:
        cited = dict.fromkeys(numbers[place[0]] for place in _MARK.findall(marks.group()))
        return "".join(f"[{number}]" for number in cited)

    return _MARKS.sub(of_items, answer)

"""Stored answers without the words of evidence that is gone: deleted documents, and facts that only they supported."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.answering.composed import marks
from app.answering.domain import Event, Json, JsonObject
from app.answering.messages import messages_in
from app.state.domain import Run
from app.state.runs import Rewrite
from kg.domain import DocumentId, PassageId, Revision
from kg.errors import NotFound
from kg.ledger.changes import PURGE
from kg.protocols import Store

_WORDS: JsonObject = {"quote": "", "further_quotes": [], "boxes": [], "heading_path": [], "fact": None}
"""What a citation holds of its source, and what is left of it."""

_OF_MODEL: JsonObject = {"prompt": "", "raw": "", "dropped": []}
"""What a manifest holds of the evidence."""

_MARKS = re.compile(r"(?:\[\d+\])+…?")
"""Marks of citations, as answers have them."""

_LEAST_BYTES = 20
"""What is shorter ("Yes.", a number) is too common to be known again in a conversation; of Chinese, 7 characters."""

_REMOVALS = frozenset({"remove", "put", PURGE})
"""Kinds of revisions that take documents back; what an undo takes back is that of the revision it undoes."""


@dataclass(frozen=True, slots=True)
class GoneEvidence:
    """The evidence of one run that is gone: ids of passages, documents and relations, the answer's numbers, and quotes.

    ``notice`` stands for a sentence that rests on nothing else or quotes it; ``words`` are left out of the conversation
    before the question.
    """

    keys: frozenset[str]
    numbers: frozenset[int]
    quotes: frozenset[str]
    notice: str
    words: frozenset[str] = frozenset()

    def left_of(self, values: Json) -> Json:
        """An answer, its manifest or the data of an event without the words of what is gone."""
        if isinstance(values, Mapping):
            return self._left_of_object(values)
        if isinstance(values, list | tuple):
            return [self.left_of(value) for value in values]
        return values

    def run(self, run: Run) -> Run:
        """The run without them."""
        if not (self.keys or self.words):
            return run
        answer, manifest = self._object(run.answer), self._object(run.manifest)
        return replace(run, answer=answer, manifest=manifest)

    def events(self, events: Sequence[Event]) -> list[Event]:
        """The events without them."""
        if not (self.keys or self.words):
            return list(events)
        return [replace(event, data=self._event_data(event)) for event in events]

    def words_in(self, values: Json) -> Iterator[str]:
        """The quotes and sentences that ``left_of`` leaves out."""
        yield from self.quotes
        yield from (str(each["text"]) for each in _objects(values) if self._rests_on_it(each))

    def _event_data(self, event: Event) -> JsonObject:
        if event.name == "thinking" and self.numbers:
            return {**event.data, "text": ""}
        return self._object(event.data) or {}

    def _object(self, values: JsonObject | None) -> JsonObject | None:
        return None if values is None else self._left_of_object(values)

    def _left_of_object(self, values: JsonObject) -> JsonObject:
        left = {name: self.left_of(value) for name, value in values.items()}
        if self._is_gone(values):
            return {**left, **{name: rest for name, rest in _WORDS.items() if name in left}, "gone": True}
        if self._rests_on_it(values):
            return {**left, "text": self.notice, **({"reasons": []} if "reasons" in left else {})}
        if "quote" in values and "kind" not in values and values.get("number") in self.numbers:
            return {**left, "quote": ""}
        if "role" in values and self._repeated_in(str(values.get("text"))):
            return {**left, "text": ""}
        if "prompt" in values and "evidence" in values and self.numbers:
            return {**left, **_OF_MODEL}
        if isinstance(text := values.get("answer"), str) and (gone := self._told_in(values.get("sentences"))):
            return {**left, "answer": self._text_left(text, gone, left["sentences"])}
        return left

    def _text_left(self, text: str, gone: Sequence[str], sentences: Json) -> str:
        """The text of an answer, made of the sentences where marks stand inside of those that are gone."""
        if not all(words in text for words in gone):
            return "\n".join(f"{each['text']}{_marks(each)}" for each in _objects(sentences) if "text" in each)
        for words in gone:
            text = text.replace(words, self.notice)
        return text

    def _repeated_in(self, turn: str) -> bool:
        plain = _MARKS.sub("", turn)
        return any(words in plain for words in self.words)

    def _told_in(self, sentences: Json) -> list[str]:
        return [str(each["text"]) for each in _objects(sentences) if self._rests_on_it(each)]

    def _is_gone(self, values: JsonObject) -> bool:
        """Whether this is a citation of what is gone."""
        return "quote" in values and "kind" in values and _key(values) in self.keys

    def _rests_on_it(self, values: JsonObject) -> bool:
        """Whether this is a sentence that cites only what is gone, or quotes it."""
        told = values.get("citations")
        cited = {number for number in told if isinstance(number, int)} if isinstance(told, list | tuple) else set()
        text = str(values.get("text", ""))
        quotes = any(quote in text for quote in self.quotes)
        return "text" in values and not cited.isdisjoint(self.numbers) and (quotes or cited <= self.numbers)


async def gone_evidence(store: Store, run: Run | None, events: Sequence[Event] = ()) -> GoneEvidence:
    """What is gone of the evidence of a run or of its events: no longer in the library, or removed with documents."""
    evidence = _evidence(run, events)
    left = {key for kind, key, _ in evidence if kind != "fact"}
    if left:
        left -= {passage.id for passage in await store.passages([PassageId(key) for key in sorted(left)])}
    if left:
        left -= {document.id for document in await store.documents([DocumentId(key) for key in sorted(left)])}
    facts = {key for kind, key, _ in evidence if kind == "fact"}
    return _gone(run, events, left | {key for key in sorted(facts) if await _is_removed(store, key)})


def forgetting(documents: Collection[DocumentId]) -> Rewrite:
    """Leaves the words of documents out of runs, and out of later conversations of the same owner."""
    words = defaultdict[str | None, set[str]](set)

    def change(run: Run, events: Sequence[Event]) -> tuple[Run, Sequence[Event]]:
        values = [*_values(run), *(event.data for event in events)]
        cited = [each for each in _objects(values) if "quote" in each and each.get("document_id") in documents]
        gone = _gone(run, events, {_key(each) for each in cited})
        plain = {_MARKS.sub("", each) for each in gone.words_in(values) if each != gone.notice}
        words[run.owner].update(each for each in plain if len(each.encode()) >= _LEAST_BYTES)
        gone = replace(gone, words=frozenset(words[run.owner]))
        return gone.run(run), gone.events(events)

    return change


def _gone(run: Run | None, events: Sequence[Event], keys: Collection[str]) -> GoneEvidence:
    """The answer's numbers are not those of ``retrieval``, which counts all that was found."""
    numbered = _evidence(run, [event for event in events if event.name != "retrieval"])
    numbers = frozenset(number for _, key, number in numbered if key in keys)
    values = [*_values(run), *(event.data for event in events)]
    cited = [each for each in _objects(values) if "quote" in each and "kind" in each and _key(each) in keys]
    quotes = frozenset(quote for each in cited for quote in _quotes(each))
    language = next((str(each["language"]) for each in values if "language" in each), "en")
    return GoneEvidence(frozenset(keys), numbers, quotes, messages_in(language).notice("gone"))


def _evidence(run: Run | None, events: Iterable[Event]) -> list[tuple[str, str, int]]:
    """Kind, id and number of each piece of evidence that is told of."""
    values = [*_values(run), *(event.data for event in events)]
    return [
        (str(each["kind"]), _key(each), number)
        for each in _objects(values)
        if "kind" in each and isinstance(number := each.get("number"), int) and _key(each)
    ]


def _values(run: Run | None) -> list[JsonObject]:
    return [values for values in (run.answer, run.manifest) if values is not None] if run is not None else []


def _objects(values: Json) -> Iterator[JsonObject]:
    """All objects in JSON."""
    if isinstance(values, Mapping):
        yield values
        for value in values.values():
            yield from _objects(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _objects(value)


def _key(values: JsonObject) -> str:
    """The id of a piece of evidence, as ``EvidenceItem.key`` gives it."""
    fact = values.get("fact")
    relation = fact.get("relation_id") if isinstance(fact, Mapping) else None
    return str(relation or values.get("id") or values.get("passage_id") or values.get("document_id") or "")


def _marks(sentence: JsonObject) -> str:
    told = sentence.get("citations")
    return marks([n for n in told if isinstance(n, int)]) if isinstance(told, list | tuple) else ""


def _quotes(citation: JsonObject) -> list[str]:
    further = citation.get("further_quotes")
    told = (citation.get("quote"), *(further if isinstance(further, list | tuple) else ()))
    return [quote for quote in told if isinstance(quote, str) and quote]


async def _is_removed(store: Store, relation: str) -> bool:
    """Whether a relation is retracted because documents were removed; an expert's retraction is another matter."""
    try:
        last = (await store.history(relation))[-1]
    except NotFound:
        return False
    if last.action != "retract":
        return False
    (record,) = await store.revisions(after=Revision(last.revision - 1), limit=1)
    while record.undoes is not None:
        (record,) = await store.revisions(after=Revision(record.undoes - 1), limit=1)
    return record.kind in _REMOVALS

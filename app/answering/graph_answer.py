"""Answers from the graph in the reader's language: complete lists with a count, a citation for every item."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.answering.composed import Composed, marks
from app.answering.domain import AnswerKind, Sentence, Verdict
from app.answering.evidence import EvidenceItem, Labels, fact_item
from app.answering.messages import Messages
from kg.domain import Entity, Language
from kg.names.spelling import is_han
from kg.ontology import Ontology
from retrieval.evidence import FactEvidence
from retrieval.graph_qa import plan as plans
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.query_result import Group, QueryResult, Row

_MOST = 240
_OF_A_COUNT = 60
_KINDS = 4


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list's words with and without marks, and what it cites."""

    plain: str
    marked: str
    cited: tuple[int, ...]
    shown: int


def compose(
    result: QueryResult, ontology: Ontology, labels: Labels, words: Messages, language: Language, *, first: int = 1
) -> Composed:
    """Sentences by the kind of plan; evidence is numbered from ``first``."""
    return _Page(result, ontology, labels, words, language, first).composed()


def answers_alone(result: QueryResult | None) -> bool:
    """Whether the graph answers alone: the question asks nothing else, and has a result, or one a name.

    What stands beside none of the names is refused by the graph alone: texts would tell the opposite.
    """
    said = result is not None and (result.found or result.complement or any(g.rows for g in result.apart))
    return result is not None and result.alone and said


def empty_text(result: QueryResult, ontology: Ontology, words: Messages, language: Language) -> str:
    """The refusal where nothing fits all that was named, with what each has."""
    types = result.plan.types if isinstance(result.plan, plans.Listing | plans.Check) else frozenset()
    asked = asked_label(types, ontology, words, language, 1)
    if result.complement:
        names = words.joined(list(dict.fromkeys(m.surface for m in result.mentions)))
        return words.refusal["graph_complement"].format(asked=asked, names=names)
    names = words.joined(list(dict.fromkeys(n for g in result.apart for n in g.part.names)))
    lines = [words.refusal["graph"].format(asked=asked, names=names)]
    for group in result.apart:
        found = list(dict.fromkeys(r.entity.name(language) for r in group.rows))
        told = words.joined(found[:12]) + (" …" if len(found) > 12 else "")
        lines.append(words.refusal["graph_nearest"].format(name=words.joined(list(group.part.names)), found=told))
    return "\n".join(lines)


def asked_label(types: Iterable[str], ontology: Ontology, words: Messages, language: Language, count: int) -> str:
    """A reader's word for things of these types."""
    known = [ontology.types[t].label.in_(language) for t in sorted(types) if t in ontology.types]
    if not known:
        return words.graph["result"]
    if language != "en":
        return "/".join(known)
    return "/".join(_plural(k) if count != 1 else k for k in known)


def _plural(noun: str) -> str:
    from kg.names.variants import plural

    return noun if noun.endswith("s") and not noun.endswith("ss") else plural(noun)


class _Page:
    """One answer in the making."""

    def __init__(
        self, result: QueryResult, ontology: Ontology, labels: Labels, words: Messages, language: Language, first: int
    ) -> None:
        self._result = result
        self._ontology = ontology
        self._labels = labels
        self._words = words
        self._language = language
        self._first = first
        self._items: dict[str, EvidenceItem] = {}
        self._sentences: list[Sentence] = []
        self._marked: list[str] = []
        self._total = 0
        self._shown = 0
        self._understood = {m.surface: self._as_understood(m) for m in result.mentions}

    def composed(self) -> Composed:
        """The whole answer."""
        match self._result.plan:
            case plans.Listing() as plan:
                for group in self._result.groups:
                    self._list(group, plan)
            case plans.Check() as plan:
                self._check(plan)
            case plans.Attribute():
                self._attributes()
            case plans.Path():
                self._paths()
            case plans.Compare() as plan:
                self._compare(plan)
            case plans.Most() as plan:
                self._most(plan)
        if self._result.truncated and self._sentences:
            self._marked.append(self._words.graph["truncated"])
        return Composed(
            tuple(self._sentences),
            tuple(self._items.values()),
            "\n".join(self._marked),
            self._total,
            self._shown,
            notice="graph",
            kind=AnswerKind.GRAPH,
        )

    def _list(self, group: Group, plan: plans.Listing) -> None:
        kind = "one" if len(group.part.names) == 1 else "any" if plan.any else "all"
        asked = asked_label(plan.types, self._ontology, self._words, self._language, group.total)
        head = self._say(kind, names=self._joined(group.part.names), asked=asked, count=group.total)
        if group.part.without:
            head += self._say("without", names=self._joined(group.part.without))
        if isinstance(having := group.part.things, plans.Having):
            told = (f.relation.predicate for r in group.rows for f in r.facts)
            key = next((p for p in told if p.startswith("attribute:")), having.keys[0])
            phrase = "having_not" if having.negated else "having"
            head += self._say(phrase, attribute=self._labels.get(key, key), values=self._joined(having.values))
        self._listed_under(head, group)

    def _listed_under(self, head: str, group: Group, measures: Mapping[str, int] | None = None) -> None:
        listed = self._items_of(group.rows, measures or {})
        names = len({self._name(r.entity) for r in group.rows})
        if 0 < names < len(group.rows) == group.total:
            head += self._say("different", count=names)
        if listed.shown < group.total:
            head += self._say("some", shown=listed.shown)
        elif listed.shown and not self._result.truncated:
            head += self._words.graph["whole"]
        self._total += group.total
        self._shown += listed.shown
        form = "list" if listed.shown else "none"
        self._add(lambda items: self._say(form, head=head, items=items), listed)

    def _check(self, plan: plans.Check) -> None:
        result = self._result
        if result.verdict:
            facts = list({f.relation.id: f for r in result.rows() for f in r.facts}.values())
            self._add(lambda told: self._say("holds", facts=told), self._told(facts))
            return
        scope = result.apart[0] if plan.scope is not None and result.apart else None
        listed = self._counted(scope.rows if scope else [r for g in result.apart for r in g.rows])
        asked = asked_label(plan.types, self._ontology, self._words, self._language, 2)
        if scope is None:
            text = self._say("no_shared", names=self._joined(plan.parts[0].names), asked=asked)
        else:
            missing = [g.part.names[-1] for g in result.groups if not g.rows]
            text = self._say(
                "holds_not",
                names=self._joined(scope.part.names),
                asked=asked,
                count=scope.total,
                what=self._joined(missing),
            )
        self._add(lambda told: text + told, listed)

    def _attributes(self) -> None:
        for group in self._result.groups:
            facts = [(row, f) for row in group.rows for f in row.facts]
            if facts and not facts[0][1].relation.predicate.startswith("attribute:"):
                types = {r.entity.type for r in group.rows}
                asked = asked_label(types, self._ontology, self._words, self._language, group.total)
                names = self._joined(dict.fromkeys(group.part.names))
                self._listed_under(self._say("one", names=names, asked=asked, count=group.total), group)
                continue
            for row, fact in facts:
                key = fact.relation.predicate.removeprefix("attribute:")
                name = self._name(row.entity)
                told = self._say("record", name=name, id=row.entity.id) if len(group.rows) > 1 else name
                value = fact.object.names[0].text.strip().rstrip("。.")
                attribute = self._labels.get(fact.relation.predicate, key)
                sentence = self._say("attribute", name=told, attribute=attribute, value=value)
                numbers = self._cite([fact])
                self._add(lambda told, s=sentence: s + told, _Listed("", marks(numbers), numbers, 1))  # type: ignore[misc]

    def _paths(self) -> None:
        for group in self._result.groups:
            for row in group.rows:
                names, count = self._joined(group.part.names), len(row.facts)
                self._add(
                    lambda told, n=names, c=count: self._say("path", names=n, count=c, facts=told),  # type: ignore[misc]
                    self._told(row.facts),
                )

    def _compare(self, plan: plans.Compare) -> None:
        groups = self._result.groups
        asked = asked_label(plan.types, self._ontology, self._words, self._language, 2)
        counts = self._joined(self._say("count", name=g.part.names[0], count=g.total) for g in groups)
        best = [g for g in groups if g.total == groups[0].total]
        names = self._joined(g.part.names[0] for g in best)
        word = self._words.graph["least_word" if plan.least else "most_word"]
        tie = len(best) == len(groups)
        text = self._say("tie" if tie else "more", best=names, names=names, asked=asked, word=word, counts=counts)
        listed = self._counted([r for g in groups for r in g.rows[:_OF_A_COUNT]])
        self._add(lambda told: text + told, listed)

    def _most(self, plan: plans.Most) -> None:
        group = self._result.groups[0]
        asked = asked_label(plan.by, self._ontology, self._words, self._language, 2)
        if plan.every:
            measures = {self._name(row.entity): row.measure for row in group.rows}
            of = asked_label(plan.types, self._ontology, self._words, self._language, group.total)
            head = self._say("tally", names=self._joined(group.part.names), of=of, asked=asked, count=group.total)
            self._listed_under(head, group, measures)
            return
        word = self._words.graph["bottom_word" if plan.least else "top_word"]
        measure = group.rows[0].measure
        self._add(
            lambda items: self._say("most", asked=asked, word=word, items=items, count=measure, total=group.total),
            self._items_of(group.rows),
        )

    def _items_of(self, rows: Sequence[Row], measures: Mapping[str, int] | None = None) -> _Listed:
        """The rows' names, those of one name as one item, as far as there is room for their evidence.

        ``measures`` are numbers that are told behind the names.
        """
        by_name: dict[str, list[Row]] = {}
        for row in rows:
            by_name.setdefault(self._name(row.entity), []).append(row)
        names: list[str] = []
        marked: list[str] = []
        cited: list[int] = []
        shown = 0
        for name, same in by_name.items():
            facts = {f.relation.id: f for row in same for f in row.facts}
            if names and len(self._items) + len(facts) > _MOST:
                break
            numbers = self._cite(list(facts.values()))
            told = self._say("count", name=name, count=measures[name]) if measures else name
            names.append(told)
            marked.append(told + marks(numbers))
            cited += numbers
            shown += len(same)
        return _Listed(self._joined(names), self._joined(marked), tuple(dict.fromkeys(cited)), shown)

    def _told(self, facts: Sequence[FactEvidence]) -> _Listed:
        """Facts as clauses, each with its mark."""
        kept = facts[:_OF_A_COUNT]
        numbers = self._cite(kept)
        clauses = [
            self._say(
                "fact",
                subject=self._name(f.subject),
                label=self._labels.get(f.relation.predicate, f.relation.predicate),
                object=self._name(f.object),
            )
            for f in kept
        ]
        marked = [c + f"[{n}]" for c, n in zip(clauses, numbers, strict=True)]
        gap = self._words.graph["facts"]
        return _Listed(gap.join(clauses), gap.join(marked), numbers, len(kept))

    def _counted(self, rows: Sequence[Row]) -> _Listed:
        """Evidence of a number: marks alone."""
        facts = list({f.relation.id: f for row in rows for f in row.facts}.values())
        numbers = self._cite(facts[: _MOST - len(self._items)])
        return _Listed("", marks(numbers), numbers, len(rows))

    def _cite(self, facts: Sequence[FactEvidence]) -> tuple[int, ...]:
        numbers: list[int] = []
        for fact in facts:
            if fact.relation.id not in self._items:
                number = self._first + len(self._items)
                self._items[fact.relation.id] = fact_item(number, fact, self._labels, self._words, self._language)
            numbers.append(self._items[fact.relation.id].number)
        return tuple(numbers)

    def _add(self, text: Callable[[str], str], listed: _Listed) -> None:
        self._sentences.append(Sentence(text(listed.plain), listed.cited, Verdict.SUPPORTED))
        self._marked.append(text(listed.marked))

    def _say(self, phrase: str, **values: str | int) -> str:
        return self._words.graph[phrase].format(**values)

    def _joined(self, names: Iterable[str]) -> str:
        return self._words.joined([self._understood.get(name, name) for name in names])

    def _as_understood(self, mention: EntityMention) -> str:
        """A name as the question writes it, with what it was taken for where that is not plain."""
        if mention.read_as:
            return self._say("read_as", written=mention.surface, name=mention.read_as)
        kinds = dict.fromkeys(self._name(e) for e in mention.senses)
        if len(kinds) > 1:
            shown = self._words.joined(list(kinds)[:_KINDS]) + ("…" if len(kinds) > _KINDS else "")
            return self._say("kinds", written=mention.surface, count=len(kinds), names=shown)
        if len(mention.senses) > 1:
            return self._say("entries", written=mention.surface, count=len(mention.senses))
        return mention.surface

    def _name(self, entity: Entity) -> str:
        """The name a reader knows it by: a gene's is its symbol; one in another language stands with its own."""
        symbol = next((n.text for n in entity.names if n.script == "symbol" and n.preferred), None)
        name = symbol or entity.name(self._language)
        own = next((n.text for n in entity.names if n.preferred and n.script != "symbol"), name)
        return name if symbol or own == name or not is_han(own[0]) else self._say("own_name", name=name, own=own)

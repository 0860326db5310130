"""From a parsed question to a plan: which sets of neighbours, over which predicates, and how they are put together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from kg.ontology import Ontology
from kg.protocols import Direction
from retrieval.graph_qa import plan as plans
from retrieval.graph_qa.entity_mentions import EntityMention
from retrieval.graph_qa.parsed_question import Combine, Form, ParsedQuestion
from retrieval.graph_qa.plan import Difference, FirstOf, Intersect, Named, Neighbours, Part, Plan, Things, Union
from retrieval.graph_qa.type_joins import TypeJoins


class Planner:
    """Makes plans from the relations that the ontology allows between types."""

    def __init__(self, ontology: Ontology) -> None:
        self._joins = TypeJoins(ontology)
        self._told_by = {key: asked.told_by for key, asked in ontology.question_words.attributes.items()}

    def plan(self, parsed: ParsedQuestion, mentions: Sequence[EntityMention]) -> Plan | None:
        """The plan of a parsed question, None where its types and names cannot be joined."""
        match parsed.form:
            case Form.LIST | Form.COUNT:
                return _having(parsed, self._listing(parsed, mentions))
            case Form.CHECK:
                return self._check(parsed, mentions)
            case Form.ATTRIBUTE:
                return self._attribute(parsed, mentions)
            case Form.PATH:
                if len(parsed.about) < 2:
                    return None
                a, b = (named(mentions[i]) for i in parsed.about[:2])
                return plans.Path(a, b)
            case Form.COMPARE:
                by = self._resolved(parsed.by, mentions, parsed.about)
                parts = tuple(self._part(parsed, mentions, i, by) for i in parsed.about)
                return plans.Compare(parts, by, parsed.least)
            case Form.MOST | Form.TALLY:
                return self._most(parsed, mentions)

    def context(
        self, parsed: ParsedQuestion | None, mentions: Sequence[EntityMention], grades: frozenset[str] = frozenset()
    ) -> plans.Listing:
        """What joins each name with the others, else what stands beside it: for a question that no plan answers.

        Only relations of the grades count, of any grade where none is given.
        """
        said = parsed or ParsedQuestion(Form.LIST, ())
        names = [named(m) for i, m in enumerate(mentions) if i not in said.without]
        types = said.asked | said.through
        parts = (
            Part((n.surface,), _context(n, [o for o in names if o != n], types, said.predicates, grades)) for n in names
        )
        return plans.Listing(tuple(parts), frozenset())

    def _most(self, parsed: ParsedQuestion, mentions: Sequence[EntityMention]) -> plans.Most | None:
        """The most of what the question asks for, or of what its name holds."""
        asked = parsed.asked
        if not asked and parsed.about:
            held = self._joins.held(mentions[parsed.about[0]].types)
            asked = held if held <= parsed.by and parsed.by - held else held - parsed.by
        listing = self._listing(replace(parsed, asked=asked), mentions) if asked else None
        if listing is None:
            return None
        by = self._joins.resolved(parsed.by, asked)
        return plans.Most(listing.parts[0], listing.types, by, parsed.least, parsed.form is Form.TALLY)

    def _listing(self, parsed: ParsedQuestion, mentions: Sequence[EntityMention]) -> plans.Listing | None:
        types = self._resolved(parsed.asked, mentions, parsed.about)
        if not types:
            return self._untyped(parsed, mentions)
        parts = [self._part(parsed, mentions, i, types) for i in parsed.about]
        any_ = parsed.combine is Combine.ANY and len(parts) > 1
        if len(parts) > 1 and not any_ and self._each(parsed, mentions, types):
            parts = self._each_group(parts, _by_types(mentions, parsed.about), parsed.about)
        elif len(parts) > 1:
            all_ = tuple(p.things for p in parts)
            parts = [Part(tuple(p.names[0] for p in parts), Union(all_) if any_ else Intersect(all_))]
        if minus := self._minus(parsed, mentions, types):
            without = tuple(mentions[i].surface for i in parsed.without)
            parts = [Part(p.names, Difference(p.things, minus), without) for p in parts]
        return plans.Listing(tuple(parts), types, parsed.form is Form.COUNT, any_)

    def _each(self, parsed: ParsedQuestion, mentions: Sequence[EntityMention], types: frozenset[str]) -> bool:
        """Whether each name has a list of its own: said so, or several holders before what they hold."""
        if parsed.combine is Combine.EACH:
            return any(len(group) > 1 for group in _by_types(mentions, parsed.about))
        kinds = [mentions[i].types for i in parsed.about]
        alike = all(k & kinds[0] for k in kinds)
        return alike and parsed.names_first and not parsed.shared and self._joins.holds(kinds[0], types)

    def _each_group(self, parts: Sequence[Part], groups: Sequence[Sequence[int]], about: Sequence[int]) -> list[Part]:
        """One part a name; where one name of another kind frames the rest, each of them within it."""
        single = [g for g in groups if len(g) == 1]
        if len(groups) == 2 and len(single) == 1:
            place = dict(zip(about, parts, strict=True))
            frame = place[single[0][0]]
            rest = [place[i] for g in groups if g is not single[0] for i in g]
            return [Part((*frame.names, *p.names), Intersect((frame.things, p.things))) for p in rest]
        return list(parts)

    def _minus(
        self, parsed: ParsedQuestion, mentions: Sequence[EntityMention], types: frozenset[str]
    ) -> tuple[Things, ...]:
        """What is taken away: things of the asked kind by name, what stands beside the others."""
        return tuple(
            named(mentions[i]) if mentions[i].types & types else self._beside(parsed, mentions[i], types)
            for i in parsed.without
        )

    def _untyped(self, parsed: ParsedQuestion, mentions: Sequence[EntityMention]) -> plans.Listing | None:
        """Lists of a question that names no kind: what one thing holds, or what a predicate leads to."""
        if len(parsed.about) > 1 and parsed.shared:
            near = tuple(Neighbours(named(mentions[i]), predicates=parsed.predicates) for i in parsed.about)
            names = tuple(mentions[i].surface for i in parsed.about)
            return plans.Listing((Part(names, Intersect(near)),), frozenset(), parsed.form is Form.COUNT)
        if len(parsed.about) != 1:
            return None
        mention = mentions[parsed.about[0]]
        if parsed.predicates or parsed.polarity:
            said = Neighbours(
                named(mention), frozenset(), parsed.predicates if not parsed.polarity else frozenset(),
                parsed.direction, parsed.polarity, parsed.grades,
            )  # fmt: skip
            if not parsed.contains:
                return plans.Listing((Part((mention.surface,), said),), frozenset())
        held = self._joins.held(mention.types)
        if not parsed.contains or not held:
            return None
        return plans.Listing((self._part(parsed, mentions, parsed.about[0], held),), held, parsed.form is Form.COUNT)

    def _check(self, parsed: ParsedQuestion, mentions: Sequence[EntityMention]) -> Plan | None:
        if parsed.asked:
            listing = self._listing(parsed, mentions)
            return plans.Check(listing.parts, None, listing.types) if listing else None
        numbers = list(parsed.about)
        anchor = self._anchor(numbers, mentions)
        around = mentions[anchor]
        parts: list[Part] = []
        types: frozenset[str] = frozenset()
        scope: Part | None = None
        for number in numbers:
            if number == anchor:
                continue
            other = mentions[number]
            beside = self._beside(parsed, around, other.types)
            parts.append(Part((around.surface, other.surface), Intersect((beside, named(other)))))
            types, scope = other.types, Part((around.surface,), beside)
        return plans.Check(tuple(parts), scope, types) if parts else None

    def _anchor(self, numbers: Sequence[int], mentions: Sequence[EntityMention]) -> int:
        """The name beside which the others are looked for: the one of a kind of its own, else the holder."""
        groups = _by_types(mentions, numbers)
        single = [g[0] for g in groups if len(g) == 1]
        if len(groups) == 2 and len(single) == 1:
            return single[0]
        holders = [i for i in numbers if any(self._joins.holds(mentions[i].types, mentions[j].types) for j in numbers)]
        return (holders or list(numbers))[0]

    def _attribute(self, parsed: ParsedQuestion, mentions: Sequence[EntityMention]) -> Plan:
        chosen = [mentions[i] for i in parsed.about]
        predicates = frozenset(p for key in parsed.attributes for p in self._told_by.get(key, ())) & self._joins.known
        told = Union(tuple(Neighbours(named(n), predicates=predicates, direction="out") for n in chosen))
        return plans.Attribute(tuple(map(named, chosen)), parsed.attributes, told if predicates else None)

    def _part(
        self, parsed: ParsedQuestion, mentions: Sequence[EntityMention], number: int, types: frozenset[str]
    ) -> Part:
        return Part((mentions[number].surface,), self._beside(parsed, mentions[number], types))

    def _beside(self, parsed: ParsedQuestion, mention: EntityMention, types: frozenset[str]) -> Things:
        """What of the types stands beside a name: as the question says, by a narrow predicate, any; else a step on."""
        of = named(mention)
        joined = self._joins.between(mention.types, types)
        narrow = self._joins.narrow(mention.types, types)
        direction: Direction = "both"
        if mention.types & types or parsed.polarity:
            direction = parsed.direction
        choices: list[Things] = []
        mids = self._mids(parsed, mention.types, types)
        steps: list[Things] = [
            Difference(self._step(self._step(of, mention.types, mid), mid, types), (of,)) for mid in mids
        ]
        if parsed.through and mids and not narrow:
            return steps[0]
        if parsed.polarity or parsed.grades:
            choices.append(Neighbours(of, types, frozenset(), direction, parsed.polarity, parsed.grades))
        if said := parsed.predicates & joined:
            choices.append(Neighbours(of, types, said, direction))
        if narrow and not parsed.predicates >= narrow:
            choices.append(Neighbours(of, types, narrow))
        choices.append(Neighbours(of, types, joined, direction))
        choices += steps if not narrow else []
        return choices[0] if len(choices) == 1 else FirstOf(tuple(choices))

    def _step(self, of: Things, here: frozenset[str], there: frozenset[str]) -> Neighbours:
        return Neighbours(of, there, self._joins.narrow(here, there) or self._joins.between(here, there))

    def _mids(self, parsed: ParsedQuestion, here: frozenset[str], there: frozenset[str]) -> list[frozenset[str]]:
        """Kinds through which one comes from here to there in two steps, those that the question names first."""
        said = [frozenset({t}) for t in sorted(parsed.through)]
        said = [m for m in said if self._joins.between(here, m) and self._joins.between(m, there)]
        return said or [frozenset({t}) for t in self._joins.between_kinds(here, there)]

    def _resolved(
        self, types: frozenset[str], mentions: Sequence[EntityMention], numbers: Iterable[int]
    ) -> frozenset[str]:
        here = frozenset(t for i in numbers for t in mentions[i].types)
        return self._joins.resolved(types, here)


def named(mention: EntityMention) -> Named:
    """The name as a set."""
    return Named(mention.surface, mention.ids)


def _context(
    name: Named, others: Sequence[Named], types: frozenset[str], predicates: frozenset[str], grades: frozenset[str]
) -> Things:
    """A relation to another name, what all or some names share, what is asked for, or any neighbour."""
    near = partial(Neighbours, grades=grades)
    choices: list[Things] = [Intersect((near(name), Union(tuple(others))))] if others else []
    for kinds in (types, frozenset[str]()) if others else ():
        theirs = tuple(near(other, kinds) for other in others)
        choices += [Intersect((near(name, kinds), *theirs)), Intersect((near(name, kinds), Union(theirs)))]
    asked = (near(name, types), near(name, predicates=predicates), near(name))
    return FirstOf(tuple(dict.fromkeys((*choices, *asked))))


def _having(parsed: ParsedQuestion, listing: plans.Listing | None) -> plans.Listing | None:
    """The listing with only those things that have what the question says of their attributes."""
    if listing is None or not parsed.having or not parsed.rest:
        return listing
    words = frozenset(parsed.rest)
    parts = (replace(p, things=plans.Having(p.things, parsed.having, words, parsed.having_not)) for p in listing.parts)
    return replace(listing, parts=tuple(parts))


def restricted_to(plan: Plan, among: Sequence[EntityMention]) -> Plan:
    """A list, or the most of a set, restricted to things of an earlier list that are of the kind it asks for."""
    if not isinstance(plan, plans.Listing | plans.Most):
        return plan
    ids = frozenset(e.id for mention in among for e in mention.senses if e.type in plan.types)
    if not ids:
        return plan
    kept = Named("", ids)
    if isinstance(plan, plans.Most):
        return replace(plan, of=replace(plan.of, things=Intersect((plan.of.things, kept))))
    return replace(plan, parts=tuple(replace(p, things=_kept(p.things, kept)) for p in plan.parts))


def _kept(things: Things, kept: Named) -> Things:
    """The things that are kept; a condition on attributes stays outermost."""
    if isinstance(things, plans.Having):
        return replace(things, of=Intersect((things.of, kept)))
    return Intersect((things, kept))


def _by_types(mentions: Sequence[EntityMention], numbers: Sequence[int]) -> list[list[int]]:
    """Numbers of the names grouped by kind."""
    groups: list[list[int]] = []
    for number in numbers:
        for group in groups:
            if mentions[group[0]].types & mentions[number].types:
                group.append(number)
                break
        else:
            groups.append([number])
    return groups

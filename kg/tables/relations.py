"""Rows of tables to relations, one for each triple, however many rows say it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.domain import EntityId, Evidence, PassageId, Polarity, Relation, relation_id
from kg.ontology import Ontology
from kg.tables.cells import chosen, filled, keyed, objects, side_by_side
from kg.tables.damage import CURE, ZEROS, by_number, sound_rows, without_zeros
from kg.tables.report import Findings
from kg.tables.shapes import Creation, RelationTable
from kg.tables.table import Table

Triple = tuple[str, str, str]


class Said(NamedTuple):
    """What rows say of a triple; shared by all triples of which the same is said."""

    polarity: Polarity
    grade: str | None
    qualifiers: Mapping[str, str]
    evidence: tuple[Evidence, ...]


class Loose(NamedTuple):
    """A row of which an end is not known from the tables."""

    file: str
    line: int
    triple: Triple
    said: Said


class Ends:
    """The entities that tables know, by id with their type; and those that must be made or looked for."""

    def __init__(self, types: dict[str, str]) -> None:
        self.types = types
        self.created: dict[str, Creation] = {}
        self.loose: list[Loose] = []

    def create(self, id_: str, rules: Sequence[Creation]) -> str | None:
        """The type of an unknown end that a rule makes, or None."""
        for rule in rules:
            if id_.startswith(rule.prefix):
                self.created[id_] = rule
                self.types[id_] = rule.type
                return rule.type
        return None


class RelationReader:
    """Reads tables of relations into ``said``."""

    def __init__(self, ontology: Ontology, ends: Ends, findings: Findings) -> None:
        self.said: dict[Triple, Said] = {}
        self._ontology = ontology
        self._ends = ends
        self._findings = findings
        self._reasons: dict[tuple[str, str, str], str | None] = {}

    def read(self, table: Table, mapping: RelationTable) -> None:
        """Read one table."""
        subject_of, object_of = filled(table, mapping.subject), filled(table, mapping.object)
        predicate_of = chosen(table, mapping.predicate)
        sayings = _Sayings(table, mapping, self._ontology)
        types, file = self._ends.types, table.file
        keys = [*mapping.subject.columns, *mapping.object.columns]
        for line, row in sound_rows(table, self._findings, keys=keys, others=sayings.columns):
            s, p, o = triple = subject_of(row), predicate_of(row), object_of(row)
            if not (s and o):
                self._findings.add("missing_id", file, f"{p}: no {'object' if s else 'subject'}", line)
                continue
            said = sayings.of(row, p)
            if isinstance(said, str):
                self._findings.add(
                    "unknown_predicate" if said.startswith("unknown predicate") else "bad_value", file, said, line
                )
                continue
            subject_type = types.get(s) or self._ends.create(s, mapping.create)
            object_type = types.get(o) or self._ends.create(o, mapping.create)
            if subject_type is None or object_type is None:
                self._ends.loose.append(Loose(file, line, triple, said))
            else:
                self._add(triple, said, file, line, (subject_type, object_type))

    def settle(self, stored: Mapping[str, str]) -> None:
        """Decide on the rows with unknown ends, now that the types of those in the store are known."""
        known = by_number(self._ends.types) if self._ends.loose else {}
        for file, line, triple, said in self._ends.loose:
            s, p, o = triple
            ends = [self._ends.types.get(end) or stored.get(end) for end in (s, o)]
            if absent := [side for side, type_ in zip(("subject", "object"), ends, strict=True) if type_ is None]:
                end = s if ends[0] is None else o
                if like := known.get(without_zeros(end)):
                    example = f"{end} for {like}"
                    self._findings.add("dangling", file, f"{p}: {ZEROS} ({{}}); {CURE}", line, example=example)
                    continue
                if (whole := end.removesuffix(".0")) != end and whole in self._ends.types:
                    what = f"{p}: a program made decimal numbers of ids ({{}}); write them as text"
                    self._findings.add("dangling", file, what, line, example=f"{end} for {whole}")
                    continue
                self._findings.add("dangling", file, f"{p}: {' and '.join(absent)} not defined", line)
            else:
                self._add(triple, said, file, line, (str(ends[0]), str(ends[1])))
        self._ends.loose.clear()

    def relations(self) -> Iterator[Relation]:
        """All relations, made one by one."""
        for (s, p, o), said in self.said.items():
            yield Relation(relation_id(s, p, o), EntityId(s), p, EntityId(o), *said)

    def _add(self, triple: Triple, said: Said, file: str, line: int, ends: tuple[str, str]) -> None:
        """Note what a row says, if the types of its ends allow it."""
        joined = (ends[0], triple[1], ends[1])
        if joined not in self._reasons:
            self._reasons[joined] = self._ontology.problem_of(*joined)
        if reason := self._reasons[joined]:
            self._findings.add("not_allowed", file, reason, line)
            return
        before = self.said.setdefault(triple, said)
        if before is said:
            return
        if before == said:
            self._findings.repeated += 1
            return
        if before.polarity is not said.polarity:
            self._findings.add(
                "conflict", file, f"{triple[1]}: another row gives another polarity; the first counts", line
            )
        evidence = tuple(dict.fromkeys((*before.evidence, *said.evidence)))
        qualifiers = before.qualifiers
        if qualifiers != said.qualifiers:
            qualifiers = side_by_side(qualifiers, said.qualifiers)
        grade = self._ontology.strongest(before.grade, said.grade)
        self.said[triple] = Said(before.polarity, grade, qualifiers, evidence)
        self._findings.merged += 1


class _Noted:
    """Notes the columns of a table that its readers ask for."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.read: dict[str, None] = {}

    def places(self, columns: Collection[str]) -> list[int]:
        """Where the columns are."""
        self.read.update(dict.fromkeys(columns))
        return self._table.places(columns)


class _Sayings:
    """The values of a row's further columns; rows with the same cells share one object."""

    def __init__(self, whole: Table, mapping: RelationTable, ontology: Ontology) -> None:
        self._ontology = ontology
        table = _Noted(whole)
        self._polarity = chosen(table, mapping.polarity) if mapping.polarity else None
        self._grade = chosen(table, mapping.grade)
        self._qualifiers = keyed(table, mapping.qualifiers)
        self._json = table.places([mapping.evidence_json])[0] if mapping.evidence_json else -1
        self._sources = [filled(table, template, loosely=True) for template in mapping.evidence]
        self._quote = filled(table, mapping.quote, loosely=True) if mapping.quote else None
        self.columns = tuple(table.read)
        self._places = sorted(table.places(self.columns))
        self._known: dict[tuple[str, ...], Said | str] = {}

    def of(self, row: list[str], predicate: str) -> Said | str:
        """The statement of a row, or the reason why it has none."""
        key = (predicate, *[row[p] for p in self._places])
        said = self._known.get(key)
        if said is None:
            said = self._said(row, predicate)
            if len(self._known) < 100_000:
                self._known[key] = said
        return said

    def _said(self, row: list[str], predicate_id: str) -> Said | str:
        predicate = self._ontology.predicates.get(predicate_id)
        if predicate is None:
            return f"unknown predicate {predicate_id!r}"
        polarity = predicate.polarities[0]
        if self._polarity is not None:
            told = self._polarity(row)
            if told and told not in set(Polarity):
                return f"unknown polarity {told!r}; known are +, - and none"
            polarity = Polarity(told) if told else polarity
            if polarity not in predicate.polarities:
                return f"{predicate_id} may not have the polarity {told!r}"
        grade = self._grade(row) or None
        if grade is not None and grade not in self._ontology.grades:
            return f"unknown grade {grade!r}; known are {', '.join(self._ontology.grades)}"
        try:
            qualifiers = self._qualifiers(row)
            evidence = evidence_in(row[self._json]) if self._json >= 0 else []
        except ValueError as error:
            return str(error)
        if unknown := [key for key in qualifiers if key not in predicate.qualifiers]:
            return f"{predicate_id} may not have the qualifier {', '.join(map(repr, unknown))}"
        quote = self._quote(row) if self._quote else ""
        evidence += [Evidence(source, None, quote) for fill in self._sources if (source := fill(row))]
        return Said(polarity, grade, qualifiers, tuple(evidence))


def evidence_in(cell: str) -> list[Evidence]:
    """The evidence of a cell, a JSON list of objects; raises ValueError for another."""
    return [
        Evidence(e["source"], PassageId(e["passage_id"]) if e.get("passage_id") else None, e.get("quote", ""))
        for e in (objects(cell, "evidence", ("source",)) if cell else ())
    ]

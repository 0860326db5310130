"""Which predicates of an ontology may join things of some types."""

from dataclasses import dataclass

from kg.ontology import Ontology


@dataclass(frozen=True, slots=True)
class TypeJoins:
    """The predicates that are allowed between types."""

    ontology: Ontology

    @property
    def known(self) -> frozenset[str]:
        """Every predicate."""
        return frozenset(self.ontology.predicates)

    def between(self, here: frozenset[str], there: frozenset[str]) -> frozenset[str]:
        """All that may join things of these types, either way."""
        return frozenset(
            p.id
            for p in self.ontology.predicates.values()
            if (p.domain & here and p.range & there) or (p.domain & there and p.range & here)
        )

    def narrow(self, here: frozenset[str], there: frozenset[str]) -> frozenset[str]:
        """Those that join these types and no others."""
        return frozenset(
            id_
            for id_ in self.between(here, there)
            if len(self.ontology.predicates[id_].domain) == len(self.ontology.predicates[id_].range) == 1
        )

    def holds(self, here: frozenset[str], there: frozenset[str]) -> bool:
        """Whether a narrow predicate leads from here to there."""
        return any(self.ontology.predicates[id_].domain & here for id_ in self.narrow(here, there))

    def held(self, here: frozenset[str]) -> frozenset[str]:
        """What things of these types hold by a narrow predicate."""
        return frozenset(
            t
            for p in self.ontology.predicates.values()
            if p.domain & here and len(p.domain) == len(p.range) == 1 and p.domain != p.range
            for t in p.range
        )

    def between_kinds(self, here: frozenset[str], there: frozenset[str]) -> list[str]:
        """Kinds that narrow predicates join with both."""
        return [
            t
            for t in sorted(self.ontology.types)
            if t not in here | there and self.narrow(here, frozenset({t})) and self.narrow(frozenset({t}), there)
        ]

    def resolved(self, types: frozenset[str], here: frozenset[str]) -> frozenset[str]:
        """Of types that share a word those that stand nearest to ``here``: the ingredients of a formula are herbs."""
        if len(types) < 2:
            return types
        return frozenset(t for t in types if self.narrow(here, frozenset({t})) and t not in here) or types

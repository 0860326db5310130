"""Merging of two entities or relations: the values kept from each."""

from dataclasses import replace

from kg.domain import Entity, Evidence, Name, Polarity, Relation


def merged_entity(target: Entity, source: Entity) -> Entity:
    """``target`` with names, identifiers and attributes of ``source``; the target's value wins.

    An identifier that gives way, and the source's own id, stay as names of script ``id``, so that they are found.
    """
    names = list(target.names)
    known = {(n.text, n.script) for n in names}
    preferred = {n.script for n in names if n.preferred}
    given_way = [v for k, v in sorted(source.identifiers.items()) if target.identifiers.get(k, v) != v]
    ids = (Name(text, "id") for text in [*given_way, source.id])
    for name in (*source.names, *ids):
        if (name.text, name.script) not in known:
            known.add((name.text, name.script))
            names.append(replace(name, preferred=name.preferred and name.script not in preferred))
    return replace(
        target,
        names=tuple(names),
        identifiers={**source.identifiers, **target.identifiers},
        attributes={**source.attributes, **target.attributes},
        bare=target.bare and source.bare,
    )


def merged_relation(kept: Relation, other: Relation) -> Relation | None:
    """Two relations that became one triple; None where they contradict each other."""
    if Polarity.NONE not in (kept.polarity, other.polarity) and kept.polarity != other.polarity:
        return None
    evidence: tuple[Evidence, ...] = kept.evidence + tuple(e for e in other.evidence if e not in kept.evidence)
    return replace(
        kept,
        polarity=other.polarity if kept.polarity is Polarity.NONE else kept.polarity,
        grade=kept.grade if kept.grade is not None else other.grade,
        qualifiers={**other.qualifiers, **kept.qualifiers},
        evidence=evidence,
    )

"""Writes Turtle: SKOS names with their languages, a triple a relation, and a statement for what is said of it."""

import re
from collections.abc import Iterable, Sequence
from typing import IO
from urllib.parse import quote

from kg.domain import Entity, Name, Polarity, Relation, RevisionRecord
from kg.exchange import rdf_terms as ours

_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "term": ours.TERM,
    "type": ours.TYPE,
    "predicate": ours.PREDICATE,
}
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSAFE = re.compile(r'[\\"\x00-\x1f\x7f]')


class TurtleWriter:
    """Writes to an open file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._put("".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items()) + "\n")

    def __enter__(self) -> "TurtleWriter":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing has to be closed."""

    def history(self, revisions: Sequence[RevisionRecord]) -> None:
        """Write who changed what, oldest first."""
        for one in revisions:
            self._put(
                f"<{ours.HISTORY}{one.revision}> a prov:Activity ;\n"
                f"  prov:endedAtTime {_text(one.time)}^^xsd:dateTime ;\n"
                f"  prov:wasAssociatedWith {_text(one.author)} ;\n"
                f"  term:kind {_text(one.kind)} ;\n"
                f"  skos:note {_text(one.reason)} .\n"
            )

    def write(self, entities: Sequence[Entity], relations: Sequence[Relation]) -> None:
        """Write entities, and the relations that start at them."""
        self._put("".join(map(_entity, entities)))
        self._put("".join(map(_relation, relations)))

    def _put(self, text: str) -> None:
        self._file.write(text.encode())


def _entity(entity: Entity) -> str:
    said = [f"a {_short('type', ours.TYPE, entity.type)}", f"term:version {entity.version}"]
    said += [f"skos:{'pref' if n.preferred else 'alt'}Label {_name(n)}" for n in entity.names]
    said += _keyed(ours.IDENTIFIER, entity.identifiers.items())
    said += _keyed(ours.ATTRIBUTE, entity.attributes.items())
    said += ["term:bare true"] * entity.bare
    return f"<{ours.iri_of(entity.id)}> " + " ;\n  ".join(said) + " .\n"


def _relation(relation: Relation) -> str:
    subject, object_ = (f"<{ours.iri_of(end)}>" for end in (relation.subject, relation.object))
    predicate = _short("predicate", ours.PREDICATE, relation.predicate)
    triple = f"{subject} {predicate} {object_} .\n"
    said = [f"term:polarity {_text(relation.polarity.value)}"] * (relation.polarity is not Polarity.NONE)
    said += [f"term:grade {_text(relation.grade)}"] if relation.grade else []
    said += _keyed(ours.QUALIFIER, relation.qualifiers.items())
    for one in relation.evidence:
        parts = [f"term:source {_text(one.source)}"]
        parts += [f"term:passage {_text(one.passage_id)}"] if one.passage_id else []
        parts += [f"term:quote {_text(one.quote)}"] if one.quote else []
        said.append(f"term:evidence [ {' ; '.join(parts)} ]")
    if not said and relation.version == 1:
        return triple
    ends = f"rdf:subject {subject} ; rdf:predicate {predicate} ; rdf:object {object_}"
    return (
        triple
        + f"[] a rdf:Statement ; {ends} ;\n  term:version {relation.version} ;\n  "
        + " ;\n  ".join(said or ['term:polarity "none"'])
        + " .\n"
    )


def _name(name: Name) -> str:
    tag = ours.TAGS.get(name.script)
    return _text(name.text) + (f"@{tag}" if tag else f"^^<{ours.SCRIPT}{quote(name.script, safe='')}>")


def _keyed(kind: str, values: Iterable[tuple[str, str]]) -> list[str]:
    return [f"<{kind}{quote(key, safe='')}> {_text(value)}" for key, value in values]


def _short(prefix: str, iri: str, word: str) -> str:
    return f"{prefix}:{word}" if _PLAIN.fullmatch(word) else f"<{iri}{quote(word, safe='')}>"


def _text(text: str) -> str:
    return '"' + _UNSAFE.sub(lambda sign: _ESCAPED.get(sign[0], f"\\u{ord(sign[0]):04X}"), text) + '"'

"""The tables themselves, read without the product: what gold is computed from."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Triple = tuple[str, str, str]
Found = dict[str, frozenset[Triple]]
"""Things by id, each with the triples that make it an answer."""


@dataclass(slots=True)
class Tables:
    """Entities with type, names and attributes; triples by their ends."""

    types: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    attributes: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    at: dict[str, set[Triple]] = field(default_factory=lambda: defaultdict(set))
    _ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, id_: str, type_: str, names: Iterable[str], attributes: Mapping[str, str] | None = None) -> None:
        """One row of an entity."""
        self.types[id_] = type_
        for name in names:
            if name.strip():
                self.names[id_].append(name.strip())
                self._ids[_folded(name)].add(id_)
        self.attributes[id_].update({k: v for k, v in (attributes or {}).items() if v.strip()})

    def join(self, subject: str, predicate: str, object_: str) -> None:
        """One row of a relation, where both ends are there."""
        if subject in self.types and object_ in self.types:
            triple = (subject, predicate, object_)
            self.at[subject].add(triple)
            self.at[object_].add(triple)

    def ids(self, name: str, *types: str) -> frozenset[str]:
        """Entities of a name; it must be there."""
        found = frozenset(i for i in self._ids[_folded(name)] if not types or self.types[i] in types)
        if not found:
            raise KeyError(name)
        return found

    def beside(self, ids: Iterable[str], type_: str, *predicates: str) -> Found:
        """Things of a type at the other end of a triple."""
        found: dict[str, set[Triple]] = defaultdict(set)
        for id_ in ids:
            for triple in self.at[id_]:
                far = triple[2] if triple[0] == id_ else triple[0]
                if self.types[far] == type_ and (not predicates or triple[1] in predicates):
                    found[far].add(triple)
        return {i: frozenset(t) for i, t in found.items()}


def shared(*sets: Found) -> Found:
    """What is in all, with the triples of each."""
    both = set.intersection(*(set(s) for s in sets))
    return {i: frozenset().union(*(s[i] for s in sets)) for i in sorted(both)}


def either(*sets: Found) -> Found:
    """What is in any, with the triples of each."""
    return {i: frozenset().union(*(s.get(i, frozenset()) for s in sets)) for i in sorted(set().union(*sets))}


def less(found: Found, *minus: Iterable[str]) -> Found:
    """What is in the first and in none of the others."""
    gone = {i for m in minus for i in m}
    return {i: t for i, t in found.items() if i not in gone}


def onward(tables: Tables, found: Found, type_: str) -> Found:
    """A step on from what was found; the triples of both steps."""
    far: dict[str, set[Triple]] = defaultdict(set)
    for near, led in found.items():
        for id_, triples in tables.beside([near], type_).items():
            far[id_] |= led | triples
    return {i: frozenset(t) for i, t in sorted(far.items())}


def herbiv(folder: Path) -> Tables:
    """HerbiV's formulas, herbs, compounds and what links them; attributes are called like the columns."""
    made = Tables()
    for row in rows(folder / "HerbiV_formula.csv"):
        made.add(row["HVPID"], "Formula", [row["name"]], row)
    for row in rows(folder / "HerbiV_tcm.csv"):
        latin = row["latin_name"].replace("；", ";").split(";")
        made.add(row["HVMID"], "Herb", [row["cn_name"], row["pinyin_name"], row["en_name"], *latin], row)
    for row in rows(folder / "HerbiV_chemicals.csv"):
        made.add(row["HVCID"], "Compound", [row["Name"]], row)
    for row in rows(folder / "HerbiV_formula_tcm_links.csv"):
        made.join(row["HVPID"], "formula_has_herb", row["HVMID"])
    for row in rows(folder / "HerbiV_tcm_chemical_links.csv"):
        made.join(row["HVMID"], "herb_has_compound", row["HVCID"])
    return made


def sample(folder: Path) -> Tables:
    """The sample graph that is bundled with the product."""
    made = Tables()
    for row in rows(folder / "entities.csv"):
        names = [row[k] for k in ("zh", "pinyin", "latin", "en", "symbol")]
        names += [n for k in ("aliases_zh", "zh_hant", "aliases_en") for n in row[k].split(";")]
        made.add(row["id"], row["type"], names)
    for row in rows(folder / "relations.csv"):
        made.join(row["subject"], row["predicate"], row["object"])
    return made


def genes(folder: Path) -> Tables:
    """Genes, Gene Ontology terms and what links them, without PubMed."""
    made = Tables()
    for row in rows(folder / "nodes.tsv.gz"):
        made.add(row["id"], row["label"], [row["name"]])
    for row in rows(folder / "edges_core.tsv.gz"):
        end = row["dst"]
        bare = {"KEGG": "Pathway", "OMIM": "OMIMEntry"}.get(end.partition(":")[0])
        if bare is not None and end not in made.types:
            made.add(end, bare, [end])
        made.join(row["src"], {"isa": "go_isa", "part_of": "go_part_of"}.get(row["rel"], row["rel"]), end)
    return made


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a table with commas, or with tabs and no quotes, compressed or not."""
    tabs = ".tsv" in path.name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(
            text, delimiter="\t" if tabs else ",", quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL
        )


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())

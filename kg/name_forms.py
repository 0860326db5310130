"""How names of a subject are written in texts, read from ``names`` of its ``domain.yaml``."""

from dataclasses import dataclass

from kg.located_yaml import Spot


@dataclass(frozen=True, slots=True)
class NameForms:
    """Forms of names that one subject knows and another does not.

    ``latin_parts`` are words that stand before a Latin name or behind it (``radix``, of plants). With ``gene_symbols``
    a symbol counts in capitals or with one capital, and with a blank before its number, as genes of every species are
    written; without it a symbol counts as it is written only. With ``letters`` a symbol of one letter is a name too.
    """

    latin_parts: frozenset[str] = frozenset()
    gene_symbols: bool = False
    letters: bool = False


def name_forms_at(spot: Spot) -> NameForms:
    """The forms at a place; what is not said is not known to the subject."""
    fields = spot.fields("names", optional=("latin_parts", "gene_symbols", "letters"))
    parts = fields["latin_parts"].texts("latin_parts")
    genes, letters = (fields[key].flag(key) for key in ("gene_symbols", "letters"))
    return NameForms(frozenset(text.casefold() for text, _ in parts), genes, letters)

"""Names in both languages, as a domain's files give them."""

from dataclasses import dataclass

from kg.domain import Language
from kg.located_yaml import Fields, Spot


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """The name for a reader of ``language``."""
        return self.zh if language == "zh" else self.en


def label_at(spot: Spot, what: str) -> Label:
    """The label at a place."""
    return label_in(spot.fields(what, required=("zh", "en")), what)


def label_in(fields: Fields, what: str) -> Label:
    """The label among the fields of a thing."""
    zh, en = (fields[k].text(f"{k} of {what}") for k in ("zh", "en"))
    return Label(zh, en)

"""The names of authors, as sources write them."""

import ast
import re
from collections.abc import Mapping

from models.han import HAN

_UNSPACED = re.compile(rf"[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\uac00-\ud7af{HAN}·]+")
_GIVEN = ("given", "givenname", "givennames", "first", "firstname", "forename", "initials")
_FAMILY = ("family", "familyname", "last", "lastname", "surname")
_WHOLE = ("name", "fullname", "displayname", "literal", "collective", "collectivename", "authorname")
_LONGEST_LIST = 100_000


def person(given: str, family: str, *, eastern: bool = False) -> str:
    """A name from its parts: the family name first and joined in Chinese, Japanese and Korean characters."""
    given, family = " ".join(given.split()), " ".join(family.split())
    if not given or not family:
        return given or family
    if _UNSPACED.fullmatch(given) and _UNSPACED.fullmatch(family):
        return family + given
    return f"{family} {given}" if eastern else f"{given} {family}"


def turned(name: str) -> str:
    """``Roe, Jane`` as ``Jane Roe``; any other name as it is."""
    family, comma, given = name.partition(",")
    return person(given, family) if comma and "," not in given else " ".join(name.split())


def plain_key(name: object) -> str:
    """The name of a field without prefix, case, blanks and signs, by which spellings are equal."""
    return re.sub(r"[\W_]+", "", str(name).rpartition(":")[2]).lower()


def author_names(value: object) -> tuple[str, ...]:
    """Names from a text, a list of texts, or a list of objects with given and family names."""
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, Mapping):
        return tuple(name for name in (_from_object(value),) if name)
    if not isinstance(value, list | tuple):
        return ()
    names = [turned(v) if isinstance(v, str) else _from_object(v) for v in value]
    return tuple(name for name in names if name)


def _from_text(text: str) -> tuple[str, ...]:
    if text.startswith("[") and text.rstrip().endswith("]") and len(text) < _LONGEST_LIST:
        try:
            return author_names(ast.literal_eval(text.strip()))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return ()
    parts = [part.strip() for part in re.split(r";|\band\b|、|，", text) if part.strip(" .")]
    if len(parts) == 1 and "," in text:
        pieces = [piece.strip() for piece in text.rstrip(" .").split(",")]
        if all(" " in piece or _UNSPACED.fullmatch(piece) for piece in pieces):
            parts = pieces
    return tuple(map(turned, parts))


def _from_object(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    fields = {plain_key(name): part for name, part in value.items()}
    if isinstance(inner := fields.get("author"), Mapping):
        return _from_object(inner)

    def first(names: tuple[str, ...]) -> str:
        return next((part for name in names if isinstance(part := fields.get(name), str) and part.strip()), "")

    return person(first(_GIVEN), first(_FAMILY)) if first(_FAMILY) else " ".join(first((*_WHOLE, *_GIVEN)).split())

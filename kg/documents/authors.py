"""The names of authors, as sources write them."""

import ast
import re
from collections.abc import Callable, Iterable, Mapping

from models.han import HAN

_UNSPACED = re.compile(rf"[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\uac00-\ud7af{HAN}·]+")
_OTHERS = frozenset({"et al", "others", "等"})
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[\s-]?){1,4}")
DEGREES = r"M\.?D|Ph\.?\s?D|D\.?Phil|M\.?Sc|B\.?Sc|M\.?P\.?H|MBBS|FRCP|R\.?N|D\.?V\.?M"
"""Degrees as they stand behind names; ``MD`` and its like may be initials too."""
_DEGREE = re.compile(rf"(?:{DEGREES})\.?(?:[\s/-](?:{DEGREES})\.?){{0,3}}")
_SURE_DEGREE = re.compile(r"[A-Z]{1,3}[a-z]{1,4}[A-Z]{1,3}|[A-Z]{2,3}[a-z]{1,4}")
"""A degree without its points (``PhD``, ``MSc``, ``PharmD``): its letters are large and small by turns."""
_MARKS = re.compile(r"[\s,*†‡§¶⁰¹²³⁴-⁹]{1,20}\Z")
"""Marks behind a name that lead to its address."""
_GIVEN = ("given", "givenname", "givennames", "first", "firstname", "forename", "initials")
_FAMILY = ("family", "familyname", "last", "lastname", "surname")
_WHOLE = ("name", "fullname", "displayname", "literal", "collective", "collectivename", "authorname")
_LONGEST_LIST = 100_000
_ITEM = re.compile(r"(?:'(?:[^'\\]|\\.?)*+(?:'|\Z)|\"(?:[^\"\\]|\\.?)*+(?:\"|\Z))(\s++(?=['\"]))?", re.DOTALL)
"""A text in a written list, with the blanks before another one: numpy writes no commas."""
_LEADING = re.compile(r"\A\s*(?:(?:and\b|&)\s*)?")
"""What leads the last name of a list."""


def person(given: str, family: str, *, eastern: bool = False) -> str:
    """A name from its parts: the family name first and joined in Chinese, Japanese and Korean characters."""
    given, family = " ".join(given.split()), " ".join(family.split())
    if not given or not family:
        return given or family
    if _UNSPACED.fullmatch(given) and _UNSPACED.fullmatch(family):
        return family + given
    return f"{family} {given}" if eastern else f"{given} {family}"


def turned(name: str) -> str:
    """``Roe, Jane`` as ``Jane Roe``, degrees behind it left out; any other name as it is."""
    name = _MARKS.sub("", ", ".join(_without_degrees(_pieces(name), families_first=True)))
    family, comma, given = name.partition(",")
    return person(given, family) if comma and "," not in given else " ".join(name.split())


def without_degrees(names: Iterable[str]) -> list[str]:
    """The names of a list without what stands behind them: ``Jane Roe, MD`` as ``Jane Roe``.

    Where a name has one word before its comma (``Roe, Jane``), or initials behind it that are no degree, the family
    names stand first in all of them, and short capitals are initials.
    """
    cut = [_pieces(name) for name in names]
    families_first = any(len(pieces) > 1 and (not _is_whole(pieces[0]) or _has_initials(pieces)) for pieces in cut)
    return [", ".join(_without_degrees(pieces, families_first=families_first)) for pieces in cut]


def _pieces(name: str) -> list[str]:
    return [" ".join(piece.split()) for piece in _MARKS.sub("", name).split(",")]


def _without_degrees(pieces: list[str], *, families_first: bool) -> list[str]:
    """What stands between commas, without degrees and the capitals behind them."""
    sure = _named(pieces, _is_surely_degree)
    named = _named(sure, lambda piece: _DEGREE.fullmatch(piece) is not None)
    if _is_whole(named[0]):
        likely = not families_first and all(_is_whole(piece) and not piece[0].islower() for piece in named)
    else:
        likely = len(named) == 2 and named == sure[:2]
    return named if likely else sure


def _named(pieces: list[str], is_degree: Callable[[str], bool]) -> list[str]:
    """The pieces that are no degrees, nor letters in capitals behind one; a degree stands behind a whole name."""
    found = pieces[:1]
    behind = False
    for piece in pieces[1:]:
        follows = behind and " " not in piece and piece.isupper()
        behind = (len(found) > 1 or _is_whole(found[0])) and (is_degree(piece) or follows)
        if not behind:
            found.append(piece)
    return found


def _has_initials(pieces: list[str]) -> bool:
    return len(pieces) == 2 and _INITIALS.fullmatch(pieces[1]) is not None and _DEGREE.fullmatch(pieces[1]) is None


def _is_whole(name: str) -> bool:
    """Whether a name has more than one word, or more than one character in a script without blanks."""
    return " " in name or (len(name) > 1 and _UNSPACED.fullmatch(name) is not None)


def _is_surely_degree(piece: str) -> bool:
    """Whether small letters tell a degree from initials."""
    return _SURE_DEGREE.fullmatch(piece) is not None or (not piece.isupper() and _DEGREE.fullmatch(piece) is not None)


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
    texts = iter(without_degrees(v for v in value if isinstance(v, str)))
    names = [turned(next(texts)) if isinstance(v, str) else _from_object(v) or _from_row(v) for v in value]
    return _people(names)


def _people(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name and name.strip(" .").lower() not in _OTHERS)


def _from_text(text: str) -> tuple[str, ...]:
    if text.startswith("[") and text.rstrip().endswith("]") and len(text) < _LONGEST_LIST:
        try:
            listed = _ITEM.sub(lambda found: f"{found[0]}," if found[1] else found[0], text.strip())
            return author_names(ast.literal_eval(listed))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return ()
    if ";" in text:
        *parts, last = [_LEADING.sub("", part) for part in text.split(";") if part.strip(" .")] or [""]
        return _people(map(turned, without_degrees([*parts, *re.split(r"\band\b", last)])))
    if len(words := text.split()) > 2 and all(_UNSPACED.fullmatch(word) and 1 < len(word) < 5 for word in words):
        return tuple(words)
    parts = [part.strip(" ,") for part in re.split(r"\band\b|&|、|，", text) if part.strip(" .,")]
    parts = without_degrees(parts)
    turned_last = len(parts) > 1 and "," in parts[-1]
    return _people(turned(piece) for part in parts for piece in _listed(part, all_turned=turned_last))


def _listed(text: str, *, all_turned: bool) -> list[str]:
    """The names of a list with commas.

    They are one name where a piece is one word, many where each second piece is initials (``Roe, J., Poe, E.``).
    """
    pieces = [piece.strip() for piece in text.rstrip(" ,").split(",")]
    if len(pieces) > 2 and len(pieces) % 2 == 0 and all(map(_is_initials, pieces[1::2])):
        return [f"{family}, {given}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)]
    if all_turned or len(pieces) == 1:
        return [text]
    return [p.rstrip(" .") for p in pieces] if all(" " in p or _UNSPACED.fullmatch(p) for p in pieces) else [text]


def _is_initials(piece: str) -> bool:
    """Whether a piece is a few capital letters; scripts without capitals have no initials."""
    return piece.isupper() and _INITIALS.fullmatch(piece) is not None


def _from_row(value: object) -> str:
    """The name in ``["Roe", "Jane", "Jr"]``, as dumps of arXiv write it."""
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
        return ""
    family, given, suffix = (*value, "", "", "")[:3]
    return f"{person(given, family)} {suffix}".strip()


def _from_object(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    fields = {plain_key(name): part for name, part in value.items()}
    if isinstance(inner := fields.get("author"), Mapping):
        return _from_object(inner)

    def first(names: tuple[str, ...]) -> str:
        return next((part for name in names if isinstance(part := fields.get(name), str) and part.strip()), "")

    if family := first(_FAMILY):
        particles = [first((name,)) for name in ("droppingparticle", "nondroppingparticle")]
        whole = person(first(_GIVEN), " ".join(part for part in (*particles, family) if part))
        return f"{whole} {first(('suffix',))}".strip()
    return " ".join(first((*_WHOLE, *_GIVEN)).split())

"""The source of a LaTeX paper made ready to be read: comments gone, parts put in, the author's own macros expanded."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.documents.encoding import decoded
from kg.errors import UnreadableDocument

_LEFT_OUT = re.compile(
    r"(?P<address>\\(?:url|path|nolinkurl|href)\s*\{[^{}\n]*\})"
    r"|\\begin\{(?P<name>verbatim\*?|lstlisting|minted|comment|filecontents\*?)\}.*?(?:\\end\{(?P=name)\}|\Z)"
    r"|\\iffalse\b.*?(?:\\fi\b|\Z)"
    r"|\\cmidrule\s*+(?:\([^()]*\)\s*+)?\{[^{}]*\}"
    r"|(?P<mark>\\.)"
    r"|%[^\n]*(?:\n(?![^\S\n]*\n)[^\S\n]*)?",
    re.DOTALL,
)
_PART = re.compile(r"\\(?:input|include|subfile)(?:\s*\{([^{}]+)\}|\s+([^\s{}\\]+))")
_DEFINITION = re.compile(
    r"\\(?:(?P<operator>DeclareMathOperator)|(?:new|renew|provide)command|DeclareRobustCommand|DeclareSIUnit)\*?"
    r"\s*(?:\{\s*\\([A-Za-z@]+)\s*\}|\\([A-Za-z@]+))\s*(?:\[(?P<count>\d)\]\s*)?(?:\[(?P<default>[^\[\]]*)\]\s*)?(?=\{)"
    r"|\\[gex]?def\s*\\([A-Za-z@]+)(?P<parameters>(?:#\d)*)\s*(?=\{)"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_TOKEN = re.compile(r"\\[A-Za-z@]+|\\?.", re.DOTALL)
_PARAMETER = re.compile(r"(\\[A-Za-z@]+)?#([1-9])")
_STRUCTURE = frozenset({
    "begin", "end", "item", "caption", "part", "chapter", "section", "subsection", "subsubsection", "paragraph",
    "title", "author", "maketitle", "cite", "ref",
})  # fmt: skip
"""Macros that keep their meaning if a paper redefines how they look."""
_LONGEST_ARGUMENT = 10_000
_MOST_PASSES = 10
_GROWTH = 100_000


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of the author: how many arguments it takes, what the first is if it is not given, and its body."""

    arguments: int
    default: str | None
    body: str


def whole_source(text: str, path: Path, most: int) -> str:
    """The source without comments, with the parts that it inputs from its own folder; other parts are left out.

    No part is read twice, and none that would make the source longer than ``most`` characters.
    """
    folder = path.parent.resolve()
    seen = {path.resolve()}
    room = most - len(text)

    def part(found: re.Match[str]) -> str:
        nonlocal room
        name = (found[1] or found[2]).strip()
        try:
            file = (folder / (name if name.endswith(".tex") else f"{name}.tex")).resolve()
            if file in seen or not file.is_relative_to(folder) or not file.is_file() or file.stat().st_size > room:
                return ""
            seen.add(file)
            inner = decoded(file.read_bytes(), file)
        except (OSError, RuntimeError, UnreadableDocument):
            return ""
        room -= len(inner)
        return _PART.sub(part, document_of(without_comments(inner))[1])

    return _PART.sub(part, without_comments(text))


def without_comments(text: str) -> str:
    """The source without comments, and without listings, whose marks are no LaTeX."""
    return _LEFT_OUT.sub(lambda found: (found["address"] or "").replace("%", r"\%") or found["mark"] or "", text)


def document_of(text: str) -> tuple[str, str]:
    """The preamble, and the text between the begin and the end of the document; a part of a paper is all text."""
    before, begun, body = text.partition("\\begin{document}")
    return (before, body.partition("\\end{document}")[0]) if begun else ("", text)


def arguments(text: str, name: str) -> list[str]:
    """What stands in the braces of every ``\\name[...]{...}``."""
    found = []
    for start in re.finditer(rf"\\{name}\*?\s*(?:\[[^\[\]]*\]\s*)*(?=\{{)", text):
        end = _closing(text, start.end())
        if end is None:
            break
        found.append(text[start.end() + 1 : end - 1])
    return found


def expanded(text: str) -> str:
    """The source with the author's own macros replaced by what they stand for, until it has grown too much."""
    most = max(2 * len(text), len(text) + _GROWTH)
    text, macros = _definitions(text)
    if not macros:
        return text
    names = re.compile(rf"\\({'|'.join(sorted(macros, key=len, reverse=True))})(?![A-Za-z@])")
    for _ in range(_MOST_PASSES):
        longer = _pass(text, names, macros, most)
        if longer == text:
            break
        text = longer
    return text


def _definitions(text: str) -> tuple[str, dict[str, Macro]]:
    macros: dict[str, Macro] = {}
    kept, at = [], 0
    for found in _DEFINITION.finditer(text):
        end = _closing(text, found.end())
        if end is None or found.start() < at:
            continue
        name = next(name for name in found.group(2, 3, 6) if name)
        body = text[found.end() + 1 : end - 1].replace("\\xspace", "{}")
        if found["operator"]:
            body = rf"\mathrm{{{body}}}"
        count = len(found["parameters"]) // 2 if found["parameters"] else int(found["count"] or 0)
        if name not in _STRUCTURE and not re.search(rf"\\{name}(?![A-Za-z@])", body):
            macros[name] = Macro(count, found["default"], body)
        kept.append(text[at : found.start()])
        at = end
    return "".join([*kept, text[at:]]), macros


def _pass(text: str, names: re.Pattern[str], macros: Mapping[str, Macro], most: int) -> str:
    kept, at, size = [], 0, len(text)
    for found in names.finditer(text):
        if found.start() < at:
            continue
        macro = macros[found[1]]
        given, end = _given(text, found.end(), macro)
        if len(given) < macro.arguments:
            continue
        body = _PARAMETER.sub(lambda place, given=given: _filled(place, given), macro.body)  # type: ignore[misc]
        size += len(body)
        if size > most:
            break
        kept += [text[at : found.start()], body]
        at = end
    return "".join([*kept, text[at:]])


def _filled(place: re.Match[str], given: Sequence[str]) -> str:
    value = given[int(place[2]) - 1] if int(place[2]) <= len(given) else ""
    return f"{place[1]} {value}" if place[1] else value


def _given(text: str, at: int, macro: Macro) -> tuple[list[str], int]:
    """The arguments that stand behind a macro, and where they end."""
    given: list[str] = []
    if macro.arguments and macro.default is not None:
        optional = re.compile(r"\s*\[([^\[\]]*)\]").match(text, at)
        given.append(optional[1] if optional else macro.default)
        at = optional.end() if optional else at
    while len(given) < macro.arguments:
        start = at
        while start < len(text) and text[start].isspace():
            start += 1
        end = _closing(text, start) if text[start : start + 1] == "{" else None
        if end is not None:
            given.append(text[start + 1 : end - 1])
            at = end
        elif (token := _TOKEN.match(text, start)) and token[0] not in {"{", "}"}:
            given.append(token[0])
            at = token.end()
        else:
            break
    return given, at


def _closing(text: str, at: int) -> int | None:
    """Where the group that opens here ends; None if it does not, or not soon."""
    depth = 0
    for brace in _BRACE.finditer(text, at, at + _LONGEST_ARGUMENT):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.end()
    return None

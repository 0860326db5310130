"""Several names in one cell."""

import re

from kg.tables.shapes import Split


def split_names(cell: str, split: Split) -> list[str]:
    """The names of a cell."""
    if split == "blanks":
        return [name for name in re.split(r"[\s;]+", cell) if name]
    if split == "brackets":
        return in_brackets(cell)
    if split:
        cell = cell.replace("\n", " ")
        for separator in split:
            cell = cell.replace(separator, "\n")
        return [name for part in cell.split("\n") if (name := part.strip())]
    name = cell.strip()
    return [name] if name else []


def in_brackets(cell: str) -> list[str]:
    """Names as UniProt writes them: the first, then others in brackets; EC numbers and ``[...]`` notes are none.

    Brackets inside a word, as in ``1-(2-aminoethyl)``, belong to it.
    """
    names = [""]
    depth = 0
    for place, char in enumerate(cell):
        if depth == 0 and char == "[" and cell[place - 1 : place] == " ":
            break
        if char == "(":
            if depth == 0 and cell[place - 1 : place] == " ":
                names.append("")
                depth = 1
                continue
            depth += depth > 0
        elif char == ")" and depth:
            depth -= 1
            if depth == 0:
                if cell[place + 1 : place + 2] not in {"", " "}:
                    names[-1] = f"({names[-1]})"
                else:
                    names.append("")
                continue
        if depth == 0 and len(names) > 1 and char == " " and not names[-1]:
            continue
        names[-1] += char
    return [name for n in names if (name := n.strip(" ,;")) and not re.fullmatch(r"EC [\d.\-]+", name)]

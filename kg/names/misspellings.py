"""Names within one or two wrong letters, by their intact pieces: a name with two errors keeps one of three pieces."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

_SHORTEST_LATIN, _SHORTEST_HAN = 6, 5
_TWO_ERRORS_FROM = 10
_LONGEST = 40


class Misspellings:
    """An index of folded names by the pieces that an error leaves intact (Li et al., Pass-Join, 2011)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._pieces: dict[tuple[int, int, str], list[str]] = defaultdict(list)
        self._lengths: set[int] = set()
        for name in names:
            shortest = _SHORTEST_LATIN if name.isascii() else _SHORTEST_HAN
            if not shortest <= len(name) <= _LONGEST or name.isdigit():
                continue
            self._lengths.add(len(name))
            for number, (start, end) in enumerate(_cuts(len(name))):
                self._pieces[len(name), number, name[start:end]].append(name)

    def near(self, written: str) -> tuple[str, ...]:
        """Names that differ from what is written by the fewest errors, at most two in a long name, one in a short."""
        best: dict[str, int] = {}
        for name in set(self._candidates(written)):
            allowed = _errors(len(name))
            errors = distance(written, name, allowed)
            if 0 < errors <= allowed:
                best[name] = errors
        least = min(best.values(), default=0)
        return tuple(sorted(name for name, errors in best.items() if errors == least))

    def _candidates(self, written: str) -> Iterator[str]:
        for length in range(len(written) - 2, len(written) + 3):
            errors = _errors(length)
            if length not in self._lengths or abs(length - len(written)) > errors:
                continue
            for number, (start, end) in enumerate(_cuts(length)):
                for shift in range(-errors, errors + 1):
                    if start + shift >= 0:
                        piece = written[start + shift : end + shift]
                        yield from self._pieces.get((length, number, piece), ())


def distance(a: str, b: str, most: int) -> int:
    """Errors between two words, two neighbours exchanged being one; ``most + 1`` where there are more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        above, row, older = row, [i], before
        for j, y in enumerate(b, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if older and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = above
        if min(row) > most:
            return most + 1
    return row[-1]


def _errors(length: int) -> int:
    return 1 if length < _TWO_ERRORS_FROM else 2


def _cuts(length: int) -> list[tuple[int, int]]:
    """Pieces of a name, one more than the errors allowed, the later ones longer."""
    count = _errors(length) + 1
    size = length // count
    starts = [i * size for i in range(count)]
    return list(zip(starts, [*starts[1:], length], strict=True))

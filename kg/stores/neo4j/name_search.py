"""Candidates for a text among the names: by id, whole name, words in a row, starts of words, part of a name."""

import re
from collections.abc import Sequence

from kg.domain import Entity
from kg.names.look_up import spellings
from kg.names.ranking import CANDIDATES, ranked, words_of
from kg.stores.neo4j.connection import Transaction
from kg.stores.neo4j.rows import KEY_CHARS, entity_of
from kg.stores.neo4j.schema import NAME_KEYS, NAME_WORDS
from kg.stores.neo4j.things import COUNTS, ENTITY, SEEN

_SYNTAX = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/\s])')
_CLAUSES = 500
_PART_CHARS = 100
"""Of a longer text only the beginning is sought as a part: Lucene refuses long patterns; the ranking sees it all."""

_BY_ID = f"{SEEN}MATCH (e:Entity {{id: $text}}) "
_BY_INDEX = f"{SEEN}CALL db.index.fulltext.queryNodes($index, $text) YIELD node AS e "


async def find(tx: Transaction, text: str, *, type_: str | None = None, limit: int = 20) -> list[Entity]:
    """Entities by id, exact name, then by words or part of a name (Chinese included), in any spelling, best first.

    Each step is taken only while there are too few.
    """
    wanted = [spelling[:KEY_CHARS] for spelling in spellings(text)]
    words = [each for spelling in wanted if (each := words_of(spelling))]
    steps: list[tuple[str, str | None, str]] = [(_BY_ID, None, text.strip())]
    if wanted:
        steps.append((_BY_INDEX, NAME_KEYS, " OR ".join(map(quoted, wanted))))
    if words:
        steps.append((_BY_INDEX, NAME_WORDS, " OR ".join(quoted(" ".join(each)) for each in words)))
        if len(words[0]) <= _CLAUSES:
            steps.append((_BY_INDEX, NAME_WORDS, _starts(words[0])))
    if wanted:
        steps.append((_BY_INDEX, NAME_KEYS, f"*{escaped(wanted[0][:_PART_CHARS])}*"))
    found: dict[str, Entity] = {}
    for match, index, value in steps:
        records = await tx.rows(
            f"{match} WITH hidden, e WHERE {COUNTS.format('e')} AND ($type IS NULL OR e.type = $type) "
            f"WITH e ORDER BY e.id LIMIT $limit RETURN {ENTITY}",
            index=index,
            text=value,
            type=type_,
            limit=CANDIDATES,
        )
        for record in records:
            if record["row"]["id"] not in found:
                found[record["row"]["id"]] = entity_of(record["row"])
        if len(found) >= limit:
            break
    return ranked(text, found.values(), limit=limit)


def escaped(text: str) -> str:
    """A text of which nothing is Lucene's syntax; binding it as a parameter does not protect it."""
    return _SYNTAX.sub(r"\\\1", text)


def quoted(text: str) -> str:
    """A text as one phrase of a query."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _starts(words: Sequence[str]) -> str:
    return " AND ".join(f"{escaped(word[:_PART_CHARS])}*" for word in words)

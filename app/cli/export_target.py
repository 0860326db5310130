"""Where an export goes: to a file of a graph, or to tables in a folder."""

from pathlib import Path
from typing import get_args

from kg.errors import InvalidTable
from kg.exchange.graph_export import FORMATS
from kg.tables.files import kind_of
from kg.tables.table_export import Format

_TABLES: tuple[str, ...] = get_args(Format)
_OTHERS = frozenset(".csv .tsv .jsonl .json .xlsx .nt .rdf .owl .xml .zip".split())  # noqa: SIM905


def file_of(target: Path, format_: str | None, *, packed: bool) -> Path | None:
    """The file that a name, a format and packing ask for; None where tables are to be written to a folder.

    Raises InvalidTable for an unknown format, and where the name and the format disagree.
    """
    if format_ is not None and format_ not in _TABLES and f".{format_}" not in FORMATS:
        known = ", ".join((*_TABLES, *(ending[1:] for ending in FORMATS)))
        raise InvalidTable(f"--format {format_}", [f"unknown; choose one of {known}"])
    ending = kind_of(target)
    if ending in FORMATS:
        if format_ not in (None, ending[1:]):
            raise InvalidTable(str(target), [f"ends in {ending}, --format says {format_}; change one of them"])
        return target.with_name(target.name + ".gz") if packed and target.suffix != ".gz" else target
    if not target.is_dir() and (ending in _OTHERS or target.suffix == ".gz"):
        cure = f"name a folder for tables, or a file that ends in {' or '.join(FORMATS)} for a graph"
        raise InvalidTable(str(target), [f"no {target.suffix} is written; {cure}"])
    if format_ is None or format_ in _TABLES:
        return None
    return target / (f"graph.{format_}" + ".gz" * packed)

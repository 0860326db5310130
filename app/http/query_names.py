"""The names of the parameters behind ``?``: one that a route does not know, or that is given twice, is refused."""

from collections import Counter
from collections.abc import Mapping
from typing import get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant

from app.errors import InvalidRequest


def query_names(dependant: Dependant) -> dict[str, bool]:
    """The names that a route and what it depends on read, and whether each may be given several times."""
    names = {field.alias: _is_list(field.field_info.annotation) for field in dependant.query_params}
    for inner in dependant.dependencies:
        names |= query_names(inner)
    return names


def refuse_other_names(request: Request, known: Mapping[str, bool]) -> None:
    """Raise InvalidRequest for what would be ignored; names with ``_`` in front only keep caches away."""
    given = [name for name, _ in request.query_params.multi_items() if not name.startswith("_")]
    for name, times in Counter(given).items():
        if name not in known:
            cure = f"this route knows {', '.join(known)}" if known else "this route knows none; leave it out"
            raise InvalidRequest("unknown_parameter", f"{name[:100]}: no such parameter; {cure}", field=f"query.{name}")
        if times > 1 and not known[name]:
            raise InvalidRequest("repeated_parameter", f"{name}: given twice; give it once", field=f"query.{name}")


def _is_list(annotation: object) -> bool:
    return any(get_origin(part) is list for part in (annotation, *get_args(annotation)))

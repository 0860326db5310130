"""The years between which papers are asked for."""

from app.errors import InvalidRequest


def check_years(first: int | None, last: int | None, *, field: str) -> None:
    """Refuse years that nothing lies between; ``field`` is where the first one stands. Raises InvalidRequest."""
    if first is not None and last is not None and first > last:
        name = field.partition(".")[2] or field
        raise InvalidRequest("no_year", f"{name}: {first} is after {last}, the last year", field=field)

"""The types of what requests hold: text, ids, and whole numbers that every store can keep."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

MOST = 2**31 - 1
"""The largest whole number of a PostgreSQL integer."""

UNREADABLE = "unreadable_text"


def _readable(value: object) -> object:
    if isinstance(value, str):
        if "\0" in value:
            raise PydanticCustomError(UNREADABLE, "holds a NUL character; leave it out")
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise PydanticCustomError(UNREADABLE, "holds half of a character (a lone surrogate); send whole ones")
    return value


Text = Annotated[str, BeforeValidator(_readable), Field(json_schema_extra={"pattern": r"^[^\u0000]*$"})]
"""Text that can be stored and sent: without NUL and lone surrogates."""

Id = Annotated[Text, Path(max_length=1000)]
Number = Annotated[int, Query(ge=0, le=MOST)]
Tokens = Annotated[int, Field(ge=1, le=MOST)]

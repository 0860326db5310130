"""The types of what requests hold: text, ids, and whole numbers that every store can keep."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field, StringConstraints

MOST = 2**31 - 1
"""The largest whole number of a PostgreSQL integer."""

UNREADABLE = {
    "string_unicode": "holds half of a character (a lone surrogate); send whole ones",
    "string_pattern_mismatch": "holds a NUL character; leave it out",
}
"""Why text is refused, by the type of the problem."""

Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Text that can be stored and sent: without NUL and lone surrogates."""

Id = Annotated[Text, Path(max_length=1000)]
Number = Annotated[int, Query(ge=0, le=MOST)]
Tokens = Annotated[int, Field(ge=1, le=MOST)]

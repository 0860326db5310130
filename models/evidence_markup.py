"""The numbered form of evidence in a prompt.

Retrieved text is data: it is put between tags that it cannot close, because every angle bracket that could start a
tag in it is disarmed. The extractive model reads the same form back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TAG = re.compile(r"<(?=\s*+(?:/\s*+)?(?:evidence|source|system|user|assistant|think|\|))", re.IGNORECASE)
_ITEM = re.compile(
    r'<evidence n="(?P<number>\d+)" kind="(?P<kind>[a-z]+)" from="(?P<source>[^"]*)">\n'
    r"(?P<text>(?:(?!<evidence).)*?)\n</evidence>",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class NumberedEvidence:
    """One piece of evidence as the model sees it; ``kind`` is ``passage`` or ``fact``."""

    number: int
    kind: str
    source: str
    text: str


def disarm(text: str) -> str:
    """The text with every would-be tag of a prompt made harmless."""
    return _TAG.sub("‹", text)


def render(items: Iterable[NumberedEvidence]) -> str:
    """The block of evidence for the prompt."""
    return "\n".join(
        f'<evidence n="{i.number}" kind="{i.kind}" from="{disarm(i.source).replace(chr(34), chr(39))}">\n'
        f"{disarm(i.text)}\n</evidence>"
        for i in items
    )


def parse(prompt: str) -> list[NumberedEvidence]:
    """The evidence in a prompt, in order."""
    return [
        NumberedEvidence(number=int(m["number"]), kind=m["kind"], source=m["source"], text=m["text"])
        for m in _ITEM.finditer(prompt)
    ]

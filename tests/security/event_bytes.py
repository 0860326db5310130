"""Streams of server-sent events as bytes: taken apart, and read again from an event on."""

from typing import Literal

import httpx

How = Literal["Last-Event-ID", "after"]
HOW: tuple[How, ...] = ("Last-Event-ID", "after")
_END = b"\r\n\r\n"


def events_of(raw: bytes) -> list[bytes]:
    """The bytes of each whole event; comments, which are heartbeats, and an event that is cut are left out."""
    return [block + _END for block in raw.split(_END)[:-1] if not block.startswith(b":")]


def field_of(event: bytes, name: str) -> str:
    """A field of an event (``id``, ``event``, ``data``), empty where it has none."""
    start = f"{name}: ".encode()
    return next((line[len(start) :].decode() for line in event.split(b"\r\n") if line.startswith(start)), "")


def broken_order(events: list[bytes], *, last: str = "done") -> str:
    """What is wrong with the numbers (1, 2, ...) or with the last name of a whole stream, empty where nothing is."""
    numbers = [field_of(event, "id") for event in events]
    if numbers != [str(number) for number in range(1, len(events) + 1)]:
        return f"the events are numbered {','.join(numbers)}"
    found = field_of(events[-1], "event") if events else "nothing"
    return "" if found == last else f"the stream ends with {found}, not {last}"


def first_difference(expected: bytes, found: bytes) -> str:
    """The first place where the bytes differ, empty where they are the same."""
    if expected == found:
        return ""
    pairs = enumerate(zip(expected, found, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), min(len(expected), len(found)))
    return f"byte {at} of {len(expected)}: {expected[at : at + 40]!r} became {found[at : at + 40]!r} of {len(found)}"


async def resumed(client: httpx.AsyncClient, run: str, after: int, how: How) -> bytes:
    """The events of a run after a number; where they cannot be had, the reason."""
    headers = {"Accept": "text/event-stream"} | ({how: str(after)} if how == "Last-Event-ID" else {})
    query = f"?{how}={after}" if how == "after" else ""
    try:
        response = await client.get(f"/v1/answers/{run}/events{query}", headers=headers)
    except httpx.TransportError as error:
        return repr(error).encode()
    if response.status_code not in (200, 204):
        return f"status {response.status_code}".encode()
    return b"".join(events_of(response.content))


async def compare_resumed(client: httpx.AsyncClient, run: str, events: list[bytes]) -> tuple[int, list[str]]:
    """Resume an ended run after each of its events in both ways: how often, and what is not the rest of ``events``."""
    cuts = [(after, how) for after in range(len(events) + 1) for how in HOW]
    compared = [
        first_difference(b"".join(events[after:]), await resumed(client, run, after, how)) for after, how in cuts
    ]
    found = [f"{how} {after}: {wrong}" for (after, how), wrong in zip(cuts, compared, strict=True) if wrong]
    return len(cuts), found

"""Streams as bytes, when processes are quiet, and what a cancelled answer falls short of."""

import os
import time

from models.evidence_markup import NumberedEvidence, render
from tests.security.cancels import MOMENTS, Cancelled, shortfalls
from tests.security.cpu_time import command_of, cpu_times, quiet_from, spent, wanted_times
from tests.security.event_bytes import broken_order, events_of, field_of, first_difference
from tests.security.resumption_inputs import CANCELLED, STREAMED
from tests.security.slow_model import quotes

FIRST = 'id: 1\r\nevent: retrieval\r\ndata: {"question": "丹参"}\r\n\r\n'.encode()
LAST = b"id: 2\r\nevent: done\r\ndata: {}\r\n\r\n"
HEARTBEAT = b": ping - 2026-11-29 10:00:00+00:00\r\n\r\n"


def test_a_stream_is_taken_apart_without_heartbeats_and_without_an_event_that_is_cut() -> None:
    assert events_of(FIRST + HEARTBEAT + LAST[:-1]) == [FIRST]
    assert b"".join(events_of(FIRST + LAST)) == FIRST + LAST
    assert [field_of(FIRST, name) for name in ("id", "event", "data")] == ["1", "retrieval", '{"question": "丹参"}']


def test_an_event_that_is_missing_or_twice_or_not_the_last_is_told() -> None:
    assert broken_order([FIRST, LAST]) == ""
    assert "1,1,2" in broken_order([FIRST, FIRST, LAST])
    assert "numbered 2" in broken_order([LAST])
    assert "ends with retrieval" in broken_order([FIRST])
    assert "ends with nothing" in broken_order([])


def test_the_first_byte_that_differs_is_told() -> None:
    assert first_difference(FIRST, FIRST) == ""
    assert first_difference(b"abc", b"abd").startswith("byte 2 of 3")
    assert first_difference(b"abc", b"ab").startswith("byte 2 of 3")


def test_quiet_begins_after_the_last_half_second_that_is_busy() -> None:
    moments = [n / 10 for n in range(41)]
    assert quiet_from([(m, 0.0) for m in moments]) == 0.0
    stopped = quiet_from([(m, min(m, 2.0)) for m in moments])
    assert stopped is not None
    assert 1.9 <= stopped <= 2.1
    assert quiet_from([(m, m) for m in moments]) is None
    again = quiet_from([(m, max(0.0, min(m, 2.0) - 1.0)) for m in moments])
    assert again is not None
    assert again >= 1.9
    assert quiet_from([(0.0, 0.0), (0.1, 0.0)]) is None


def test_cpu_time_covers_the_process_itself_and_no_process_that_ended() -> None:
    own = os.getpid()
    assert own in cpu_times(own)
    before, until = wanted_times(own)[own], time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
    assert wanted_times(own)[own] - before >= 0.04
    assert "py" in command_of(own)
    assert spent({1: 2.0, 2: 5.0}, {1: 2.5, 3: 1.0}) == 1.5


def test_a_slow_stop_and_a_model_that_was_idle_before_are_shortfalls() -> None:
    good = Cancelled("at once", quiet_s=0.1, wanted_s=0.1)
    slow = Cancelled("after retrieval", quiet_s=0.1, left_s=2.5)
    idle = Cancelled("1 s into the model", share_before=0.0, quiet_s=0.0, wanted_s=0.0)
    busy = Cancelled("3 s into the model", share_before=1.9, failures=["still busy 60 s after the cancel"])
    starved = Cancelled("3 s into the model", share_before=0.9, quiet_s=0.1, wanted_s=5.0)
    found = shortfalls("embedded", [good, slow, idle, busy, starved])
    assert [text.split(": ")[0] for text in found] == [
        "embedded, after retrieval",
        "embedded, 1 s into the model",
        "embedded, 3 s into the model",
        "embedded, 3 s into the model",
    ]
    assert "less busy" in found[-1]
    assert shortfalls("server", [idle]) == []


def test_the_slow_model_quotes_the_evidence_of_its_prompt() -> None:
    evidence = [
        NumberedEvidence(1, "passage", "a", "Water flows. It stops."),
        NumberedEvidence(2, "fact", "b", "丹参。"),
    ]
    assert quotes(f"Evidence:\n{render(evidence)}\n\nQuestion: why?") == "Water flows. [1]\n丹参。 [2]"


def test_there_is_a_question_for_each_moment_and_both_languages_are_streamed() -> None:
    assert len(set(CANCELLED)) == len(MOMENTS)
    assert len(set(STREAMED)) == len(STREAMED) >= 10
    assert 0 < sum(question.isascii() for question in STREAMED) < len(STREAMED)

"""A lock that is had in turn."""

import threading

import pytest

from models.turns import Turns


def test_who_waits_comes_before_who_takes_it_again() -> None:
    turns, order = Turns(), []

    def wait() -> None:
        with turns:
            order.append("question")

    other = threading.Thread(target=wait)
    for batch in range(3):
        with turns:
            order.append(f"batch {batch}")
            if batch == 0:
                other.start()
                while not turns.awaited:
                    pass
    other.join()
    assert order == ["batch 0", "question", "batch 1", "batch 2"]


def test_an_error_lets_it_go() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="one"), turns:
        raise ValueError("one")
    with turns:
        assert not turns.awaited

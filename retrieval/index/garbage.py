"""Garbage collection beside large indexes."""

import gc


def settle() -> None:
    """Exclude long-lived objects from garbage collection, which stopped a question for 10 to 30 ms."""
    gc.collect()
    gc.freeze()

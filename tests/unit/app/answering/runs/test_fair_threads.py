import threading
from concurrent.futures import Future

from app.answering.runs.fair_threads import TURN, FairThreads, Turn


class _Threads:
    """Work whose first piece blocks the only thread, so that the order of the rest is the executor's."""

    def __init__(self, threads: int = 1, *, most_behind: int = 1) -> None:
        self.pool = FairThreads(threads, most_behind=most_behind)
        self.order: list[str] = []
        self._go = threading.Event()
        self._begun = threading.Barrier(threads + 1)
        for _ in range(threads):
            self.pool.submit(self._wait)
        self._begun.wait(10)

    def _wait(self) -> None:
        self._begun.wait(10)
        self._go.wait(10)

    def queue(self, name: str, turn: Turn) -> "Future[None]":
        before = TURN.set(turn)
        try:
            return self.pool.submit(self.order.append, name)
        finally:
            TURN.reset(before)

    def run(self) -> list[str]:
        self._go.set()
        self.pool.shutdown(wait=True)
        return self.order


def test_a_second_key_is_served_after_one_piece_of_the_first() -> None:
    threads = _Threads()
    for number in range(5):
        threads.queue(f"a{number}", Turn("a"))
    threads.queue("b", Turn("b"))

    assert threads.run().index("b") <= 1


def test_finding_evidence_comes_before_judging() -> None:
    threads = _Threads()
    threads.queue("judging", Turn("a", behind=True))
    threads.queue("finding", Turn("b"))

    assert threads.run() == ["finding", "judging"]


def test_of_one_key_the_run_that_began_first_is_finished_first() -> None:
    threads = _Threads()
    for number, name in ((1, "second"), (2, "third"), (0, "first")):
        threads.queue(name, Turn("a", run=number))

    assert threads.run() == ["first", "second", "third"]


def test_a_thread_stays_free_for_a_new_question() -> None:
    pool = FairThreads(2, most_behind=1)
    go, begun = threading.Event(), threading.Semaphore(0)
    before = TURN.set(Turn("a", behind=True))

    def judge() -> None:
        begun.release()
        go.wait(10)

    judged = [pool.submit(judge) for _ in range(4)]
    TURN.reset(before)
    begun.acquire(timeout=10)

    assert pool.submit(lambda: "found").result(10) == "found"
    go.set()
    for each in judged:
        each.result(10)
    pool.shutdown()


def test_errors_reach_the_caller_and_cancelled_work_is_not_done() -> None:
    threads = _Threads()
    broken = threads.pool.submit(lambda: 1 // 0)
    cancelled = threads.queue("never", Turn())
    cancelled.cancel()

    assert threads.run() == []
    assert isinstance(broken.exception(), ZeroDivisionError)

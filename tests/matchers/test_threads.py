"""Work that several threads ask for is done once."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

from matchers.threads import Once, each


def test_threads_that_ask_at_the_same_time_are_given_the_same_thing() -> None:
    once, done, together = Once(), [], Barrier(2, timeout=0.2)

    def work() -> list[int]:
        done.append(1)
        with suppress(BrokenBarrierError):  # nobody else came to work
            together.wait()
        return [1]

    found = each(lambda _: once.of("words", work), range(4))
    assert done == [1]
    assert all(one is found[0] for one in found)

"""What the steps of a night are said to have taken."""

from itertools import count

from svoc.solving import Stopwatch


def test_steps_that_ran_side_by_side_share_the_time_that_passed() -> None:
    time = [0.0]
    whole, one, other = (Stopwatch(lambda: time[0]) for _ in range(3))
    with whole.shared_by([one, other]):
        one.seconds, other.seconds = {"pair": 2.0, "group": 2.0}, {"pair": 4.0}
        time[0] = 4.0
    assert whole.seconds == {"pair": 3.0, "group": 1.0}


def test_steps_one_after_the_other_add_up() -> None:
    ticks = count()
    timed = Stopwatch(lambda: float(next(ticks)))
    assert [timed("pair", lambda: "a"), timed("pair", lambda: "b")] == ["a", "b"]
    assert timed.seconds == {"pair": 2.0}

"""What is counted of the desk's work is what was done, lately, and names nobody."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from svoc import Desk
from svoc.desk.figures import LATELY, figures
from svoc.desk.queues import waiting
from svoc.desk.sitting import hold
from tests.scenes import opened


def test_what_waits_was_decided_and_is_owed_is_counted() -> None:
    with opened() as scene:
        scene.fall(
            council_tax="A1 MR J SMITH at 3; A2 MISS RUTH HILL at 4",
            electoral_register="E1 MR JOHN SMITH at 3; E2 MR JAMES SMITH at 3",
            library="L1 MR J SMITH at 3; L2 MISS RUTH HILL at 4",
        )
        okafor, patel = (Desk(scene.council, steward=name, purpose="canvass-match") for name in ("j.okafor", "m.patel"))
        found = waiting(okafor)
        hold(okafor, found[0].case.id)
        now = datetime.now(UTC) + timedelta(minutes=1)
        before = figures(okafor, now=now)
        assert sum(each.cases for each in before.waits) == len(found)
        assert sum(each.held for each in before.waits) == 1
        assert {each.oldest for each in before.waits} == {0}
        assert (before.decided, before.taken_back, before.overturned, before.stewards) == (0, 0, 0.0, 0)

        case = okafor.open(found[0].case.id)
        made = okafor.decide(case, "different", because="seen") + patel.decide(case, "different", because="seen too")
        assert okafor.undo(made[-1], because="a slip")
        after = figures(okafor, now=now)
        assert (after.decided, after.taken_back, after.stewards) == (len(made), 1, 2)
        assert after.overturned == 1 / len(made)
        assert figures(okafor, now=now + LATELY).decided == 0, "it is of the last four weeks"
        assert [number for number, _ in after.nights] == [1]
        assert "okafor" not in str(asdict(after))

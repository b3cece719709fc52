"""Whatever happens on the way, every notice arrives, in order, with the effect of once.

The receiver is a process of its own that speaks TLS: it fails at random, before and after it has kept a notice, is away
for two days, and acknowledges late. The delivering process is killed twenty times, at statements spread over its run.
"""

import json
import signal
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.svoc.delivering.outboxes import NOW, Outbox
from tests.svoc.delivering.servers import SECRET, Running, authority, receiver
from tests.svoc.nursery import Nursery, nursery

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")

KILLS, PERSONS, EACH = 20, 30, 3
NIGHT = timedelta(hours=13)
DELIVER = """
import json
from datetime import datetime
from pathlib import Path
from tests.svoc.delivering.outboxes import Outbox
folder, recipients, now = args
Outbox(Path(folder), recipients=json.loads(recipients), made=True).carry(now=datetime.fromisoformat(now))
"""


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Running]:
    with receiver(tmp_path / "there", authority(tmp_path)) as running:
        yield running


@pytest.fixture
def box(tmp_path: Path, there: Running) -> Iterator[Outbox]:
    own = {"channel": "webhook", "url": there.url, "states": there.url, "secret": SECRET, "tries": 60, "timeout": 5}
    outbox = Outbox(tmp_path, recipients={"library": {**own, "ca": "ca.pem"}})
    for number in range(PERSONS * EACH):
        person = number % PERSONS
        said = json.dumps({"surname": f"NAME{number}"})
        outbox.add(f"n{number:02}", person=f"P{person}", reference=f"L{person}", payload=said)
    yield outbox
    outbox.close()


def test_every_notice_arrives_once_and_in_order(box: Outbox, there: Running) -> None:
    moments = (NOW + n * NIGHT for n in count())
    with nursery() as run:
        _away_for_two_days(box, there, moments)
        there.behave(fail=0.4, late=True)
        _killed(box, run, moments)
    for _ in range(60):
        if set(box.states().values()) == {"sent"}:
            break
        box.carry(now=next(moments))

    kept = there.kept()
    assert set(box.states().values()) == {"sent"}, "nobody has acknowledged anything"
    assert sorted(kept) == sorted(box.states())
    assert {n: event["data"]["facts"] for n, event in kept.items()} == {
        n: {"surname": f"NAME{int(n[1:])}"} for n in kept
    }
    for person in range(PERSONS):
        came = [name for name in kept if int(name[1:]) % PERSONS == person]
        assert came == sorted(came), "one overtook another"
    assert len(there.asked()) > len(kept), "nothing was sent twice: that proves little"

    there.behave()
    assert box.carry(now=next(moments)).answers == len(kept), "acknowledged late, where it is asked"
    assert set(box.states().values()) == {"acknowledged"}


def _away_for_two_days(box: Outbox, there: Running, moments: Iterator[datetime]) -> None:
    there.behave(down=True)
    for night in range(4):
        done = box.carry(now=next(moments))
        assert (done.sent, done.failed) == (0, 1), "a recipient that is away is asked once a delivery"
        assert box.row("n00")["tries"] == night + 1
    assert there.kept() == {}


def _killed(box: Outbox, run: Nursery, moments: Iterator[datetime]) -> None:
    given = (box.folder, json.dumps(dict(box.recipients)))
    killed = 0
    for number in range(3 * KILLS):
        met = run(*given, next(moments).isoformat(), does=DELIVER, at=10 + 7 * (number % 9))
        assert met.code in {0, -signal.SIGKILL}, met.err
        killed += met.code != 0
        if killed == KILLS:
            return
    raise AssertionError("most ended before they were killed")

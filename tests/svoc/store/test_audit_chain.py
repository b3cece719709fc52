"""Whatever is done to the trail behind svoc's back is found, in every database; and what is done by svoc never is."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, update

from svoc.store.audit import Audit
from svoc.store.audit_chain import BEGINNING, Head, broken, chained
from svoc.store.audit_tables import EVENT, PERSON_KEY, REASON
from svoc.words.audit import Kind
from tests.svoc.nursery import Nursery, nursery

EVENTS = 6
Edit = Callable[[Connection, int], object]


def filled(audit: Audit, events: int = EVENTS) -> Head:
    """Write some events and give the last."""
    for number in range(events):
        audit.note(Kind.VIEW, actor=f"officer {number}", because="a call", persons=[f"P{number}"], counts={"shown": 1})
    return audit.head()


def row(connection: Connection, seq: int) -> dict[str, Any]:
    return dict(connection.execute(select(EVENT).where(EVENT.c.seq == seq)).mappings().one())


def changed(connection: Connection, seq: int) -> None:
    body = row(connection, seq)["body"].replace('"shown":1', '"shown":0')
    connection.execute(update(EVENT).where(EVENT.c.seq == seq).values(body=body))


def changed_with_its_hash(connection: Connection, seq: int) -> None:
    before = connection.scalar(select(EVENT.c.hash).where(EVENT.c.seq == seq - 1)) or BEGINNING
    body = row(connection, seq)["body"].replace("view", "list")
    values = {"body": body, "kind": "list", "hash": chained(before, body)}
    connection.execute(update(EVENT).where(EVENT.c.seq == seq).values(**values))


def listed_under_another(connection: Connection, seq: int) -> None:
    connection.execute(update(EVENT).where(EVENT.c.seq == seq).values(actor="somebody else"))


def moved_in_time(connection: Connection, seq: int) -> None:
    connection.execute(update(EVENT).where(EVENT.c.seq == seq).values(at="2020-01-01T00:00:00.000000+00:00"))


def removed(connection: Connection, seq: int) -> None:
    connection.execute(delete(EVENT).where(EVENT.c.seq == seq))


def removed_and_closed_up(connection: Connection, seq: int) -> None:
    removed(connection, seq)
    for later in range(seq + 1, EVENTS + 1):
        connection.execute(update(EVENT).where(EVENT.c.seq == later).values(seq=later - 1))


def reordered(connection: Connection, seq: int) -> None:
    one, other = row(connection, seq), row(connection, seq % EVENTS + 1)
    for here, there in ((one, other), (other, one)):
        values = {name: value for name, value in there.items() if name != "seq"}
        connection.execute(update(EVENT).where(EVENT.c.seq == here["seq"]).values(**values))


def put_in(connection: Connection, seq: int) -> None:
    for later in range(EVENTS, seq - 1, -1):
        connection.execute(update(EVENT).where(EVENT.c.seq == later).values(seq=later + 1))
    before = connection.scalar(select(EVENT.c.hash).where(EVENT.c.seq == seq - 1)) or BEGINNING
    body = row(connection, seq + 1)["body"]
    values = {**row(connection, seq + 1), "seq": seq, "body": body, "hash": chained(before, body)}
    connection.execute(insert(EVENT).values(**values))


def truncated(connection: Connection, seq: int) -> None:
    connection.execute(delete(EVENT).where(EVENT.c.seq >= seq))


def beheaded(connection: Connection, seq: int) -> None:
    connection.execute(delete(EVENT).where(EVENT.c.seq <= seq))


def given_another_reason(connection: Connection, seq: int) -> None:
    connection.execute(update(REASON).where(REASON.c.seq == seq).values(because="another"))


def forged_from_there_on(connection: Connection, seq: int) -> None:
    """Change one event, and work out the whole chain after it anew, as somebody would who knows how it is made."""
    before = connection.scalar(select(EVENT.c.hash).where(EVENT.c.seq == seq - 1)) or BEGINNING
    for number in range(seq, EVENTS + 1):
        body = row(connection, number)["body"].replace('"shown":1', '"shown":0')
        before = chained(before, body)
        connection.execute(update(EVENT).where(EVENT.c.seq == number).values(body=body, hash=before))


EDITS: tuple[Edit, ...] = (
    changed,
    changed_with_its_hash,
    listed_under_another,
    moved_in_time,
    removed,
    removed_and_closed_up,
    reordered,
    put_in,
    truncated,
    beheaded,
    given_another_reason,
    forged_from_there_on,
)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_every_tampering_is_found(audit: Audit, edit: Edit) -> None:
    """The first event and the last are tampered with in a transaction that is taken back, one between for good."""
    kept = {"night 1": filled(audit)}
    assert audit.broken(kept) == (EVENTS, [])
    for seq in (1, EVENTS):
        with audit.engine.connect() as connection:
            edit(connection, seq)
            assert broken(connection, kept)[1]
            connection.rollback()
    assert audit.broken(kept) == (EVENTS, [])
    with audit.engine.begin() as connection:
        edit(connection, 3)
    assert audit.broken(kept)[1]


def test_what_is_found_is_said_by_number(audit: Audit) -> None:
    head = filled(audit)
    with audit.engine.begin() as connection:
        changed(connection, 2)
        removed(connection, 4)
        truncated(connection, 6)
    assert audit.broken({"night 7": head})[1] == [
        "event 2 does not follow from the one before it: it or that one was changed, moved or put in",
        "events 4 to 4 are missing",
        "event 5 does not follow from the one before it: it or that one was changed, moved or put in",
        "event 6 is not, or not as, night 7 knew it: the end of the trail was taken away",
    ]


def test_a_trail_that_was_lost_whole_is_missed(audit: Audit) -> None:
    assert audit.broken() == (0, [])
    looked, found = audit.broken({"night 1": Head(3, "f" * 64)})
    assert looked == 0
    assert found == ["event 3 is not, or not as, night 1 knew it: the end of the trail was taken away"]


def test_an_erased_key_and_an_erased_reason_break_nothing(audit: Audit) -> None:
    head = filled(audit)
    with audit.engine.begin() as connection:
        connection.execute(delete(PERSON_KEY))
        connection.execute(delete(REASON).where(REASON.c.seq == 2))
    assert audit.broken({"night 1": head}) == (EVENTS, [])


@given(
    edit=st.sampled_from(EDITS),
    seq=st.integers(1, EVENTS),
    said=st.lists(st.tuples(st.text(min_size=1, max_size=8), st.integers(0, 9)), min_size=EVENTS, max_size=EVENTS),
)
def test_law_a_trail_is_whole_until_somebody_touches_it(edit: Edit, seq: int, said: list[tuple[str, int]]) -> None:
    audit = Audit("sqlite://", Path())
    for because, shown in said:
        audit.note(Kind.SEARCH, actor="a", because=because, persons=[because], counts={"shown": shown, "withheld": 1})
    kept = {"night 1": audit.head()}
    assert audit.broken(kept) == (EVENTS, [])
    with audit.engine.begin() as connection:
        before = [tuple(r) for table in (EVENT, REASON) for r in connection.execute(select(table).order_by("seq"))]
        edit(connection, seq)
        after = [tuple(r) for table in (EVENT, REASON) for r in connection.execute(select(table).order_by("seq"))]
    assert bool(audit.broken(kept)[1]) == (before != after)
    audit.close()


AT_ONCE = """
import os, sys
from pathlib import Path
from svoc.store.audit import Audit
from svoc.words.audit import Kind

url, folder, processes, times = sys.argv[1:]
children = []
for process in range(int(processes)):
    if child := os.fork():
        children.append(child)
        continue
    audit = Audit(url, Path(folder))
    for number in range(int(times)):
        audit.note(Kind.VIEW, actor=f"process {process}", persons=[f"P{number % 7}"], because="asked")
    os._exit(0)
sys.exit(sum(os.waitpid(child, 0)[1] for child in children))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork on Windows")
def test_processes_that_note_at_once_keep_one_chain(url: str, tmp_path: Path) -> None:
    """They begin with no table there, so that they make the database at once too."""
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, url, str(tmp_path), "4", "25"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    audit = Audit(url, tmp_path)
    assert audit.broken() == (100, [])
    with audit.engine.connect() as connection:
        actors = connection.scalars(select(EVENT.c.actor)).all()
    assert {actor: actors.count(actor) for actor in actors} == {f"process {n}": 25 for n in range(4)}
    audit.close()


NOTING = """
from pathlib import Path
from svoc.store.audit import Audit
from svoc.words.audit import Kind
audit = Audit(args[0], Path(args[1]))
for number in range(3):
    audit.note(Kind.VIEW, actor="killed", persons=[f"{args[2]}-{number}"], because="asked", counts={"shown": 1})
    print(number, flush=True)
"""


@pytest.fixture(scope="module")
def run() -> Iterator[Nursery]:
    with nursery() as nursed:
        yield nursed


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_a_process_that_is_killed_while_it_notes_leaves_a_whole_chain(run: Nursery, url: str, tmp_path: Path) -> None:
    """It is killed at every statement and commit of three notes; what it told was on the disk."""
    audit = Audit(url, tmp_path)
    kept = {"the beginning": audit.note(Kind.VIEW, actor="first")}
    whole = run(url, tmp_path, "0", does=NOTING)
    assert whole.code == 0, whole.err
    events = 1 + 3
    for at in range(1, whole.statements + 1):
        met = run(url, tmp_path, str(at), does=NOTING, at=at)
        assert met.code == -signal.SIGKILL
        told = len(met.out.split())
        looked, found = audit.broken(kept)
        assert found == []
        assert events + told <= looked <= events + told + 1
        kept[f"statement {at}"] = audit.note(Kind.VIEW, actor="after")
        events = looked + 1
    audit.close()

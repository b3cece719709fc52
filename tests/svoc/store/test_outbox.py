"""How far a notice has come follows from what was noted of it, on either database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from svoc.store.outbox import (
    answered,
    drop,
    escalated,
    last_sent,
    mark_sent,
    mark_tried,
    overdue,
    reasons_of,
    retry,
    told,
)
from svoc.store.store import Store
from svoc.words.notices import OUTBOX, State
from tests.svoc.store.conftest import make_plan

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
NOTICES = [
    {"notice": name, "person": "P1", "kind": "name", "recipient": to, "reference": "L1", "payload": "{}",
     "basis": "consent", "purpose": "data-quality", "acknowledge_within": within}
    for name, to, within in (("n1", "library", 7), ("n2", "library", None), ("n3", "tax", 7))
]  # fmt: skip


@pytest.fixture
def kept(store: Store) -> Store:
    """Give a store whose night wrote three notices."""
    plan = make_plan(1, {"library/L1/1": "P1"}, notices=NOTICES)
    store.commit(plan, summary={})
    return store


def states(store: Store) -> list[str]:
    return told(store)["state"].to_list()


def send(store: Store, *names: str) -> None:
    rows = [row for row in store.outbox() if row["notice"] in names]
    mark_sent(store, rows, channel="file", now=NOW)


def test_what_a_night_wrote_waits(kept: Store) -> None:
    found = told(kept)

    assert found.schema.to_python() == {name: kind.to_python() for name, kind in OUTBOX.items()}
    assert found["notice"].to_list() == ["n1", "n2", "n3"]
    assert states(kept) == ["waiting"] * 3
    assert found["tries"].to_list() == [0, 0, 0]
    assert found["purpose"].unique().to_list() == ["data-quality"]
    assert told(kept, recipients=["tax"])["notice"].to_list() == ["n3"]
    assert told(kept, states=[State.SENT]).is_empty()


def test_each_step_shows_in_the_state(kept: Store) -> None:
    send(kept, "n1", "n2")
    assert states(kept) == ["sent", "sent", "waiting"]
    assert told(kept)["due"].to_list() == [date(2026, 11, 30), None, None]
    assert told(kept)["sent_at"][0] == NOW.replace(tzinfo=None)
    assert last_sent(kept, "library", "file") == NOW
    assert last_sent(kept, "tax", "file") is None

    assert answered(kept, "n1", State.ACKNOWLEDGED)
    assert answered(kept, "n2", State.REJECTED, reason="no such borrower")
    assert states(kept) == ["acknowledged", "rejected", "waiting"]
    assert answered(kept, "n1", State.ACTIONED)
    assert answered(kept, "n2", State.ACTIONED)
    assert states(kept) == ["actioned", "actioned", "waiting"]
    assert told(kept)["acknowledged"].to_list() == [True, True, False]


def test_nobody_answers_what_was_not_sent_or_is_anothers(kept: Store) -> None:
    send(kept, "n1")

    assert not answered(kept, "n2", State.ACTIONED)
    assert not answered(kept, "n1", State.ACTIONED, recipient="tax")
    assert not answered(kept, "none", State.ACTIONED)
    with pytest.raises(ValueError, match="a recipient says"):
        answered(kept, "n1", State.DEAD)


def test_a_dead_letter_is_let_go_again_or_dropped_and_nothing_else_is(kept: Store) -> None:
    later = NOW + timedelta(hours=1)
    mark_tried(kept, "n1", "answered 503", next_try=later, now=NOW)
    mark_tried(kept, "n2", "answered 400", next_try=None, now=NOW)
    assert states(kept) == ["waiting", "dead", "waiting"]
    assert reasons_of(kept, ["n1", "n2", "n3"]) == {"n1": "answered 503", "n2": "answered 400"}

    assert retry(kept) == 2
    assert states(kept) == ["waiting", "dead", "waiting"]
    assert retry(kept, ["n2"]) == 1
    assert told(kept)["tries"].to_list() == [1, 0, 0]
    send(kept, "n1", "n2")
    assert reasons_of(kept, ["n1", "n2"]) == {}
    assert not drop(kept, "n1")
    assert drop(kept, "n3")
    assert states(kept) == ["sent", "sent", "withdrawn"]
    assert retry(kept, ["n3"]) == 0


def test_what_is_overdue_is_what_nobody_acknowledged_in_time(kept: Store) -> None:
    send(kept, "n1", "n2", "n3")
    answered(kept, "n3", State.ACKNOWLEDGED)

    assert overdue(kept, date(2026, 11, 30)) == []
    (row,) = overdue(kept, date(2026, 12, 1))
    assert (row["notice"], row["escalated"]) == ("n1", None)
    escalated(kept, ["n1"], now=NOW)
    assert overdue(kept, date(2026, 12, 1))[0]["escalated"]

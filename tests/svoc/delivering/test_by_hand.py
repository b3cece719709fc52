"""What people do about notices, by the command that they type."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from svoc.cli.start import app
from svoc.notices.base import Undelivered
from svoc.store.figures import standing_of
from svoc.words.audit import Kind
from tests.svoc.delivering.outboxes import Ear, Outbox

TOML = """
[council]
name = "Barchester"
database = "sqlite:///council.db"
[gazetteer]
path = "llpg.csv"
[[sources]]
name = "library"
kind = "generic"
service = "libraries"
[notices.recipients.library]
channel = "jsonl"
"""
WHO = ("--by", "j.okafor", "--because", "they rang")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    """Give an outbox with one notice that was sent, a dead letter, and one that waits behind it."""
    made = Outbox(tmp_path)
    (tmp_path / "council.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "llpg.csv").touch()
    for number, person in (("n1", "P1"), ("n2", "P2"), ("n3", "P2")):
        made.add(number, person=person, reference=person)
    made.carry(Ear(fails={"n2": Undelivered("answered 400", again=False)}))
    yield made
    made.close()


def notices(box: Outbox, *args: str) -> Result:
    return CliRunner().invoke(app, ["notices", str(box.folder / "council.toml"), *args])


def told(box: Outbox, *args: str) -> dict[str, Any]:
    done = notices(box, *args, "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def test_the_list_tells_how_far_each_has_come_and_nothing_of_a_person(box: Outbox) -> None:
    rows = told(box, "list")["notices"]

    assert [(row["notice"], row["state"], row["tries"]) for row in rows] == [
        ("n1", "sent", 0), ("n2", "dead", 1), ("n3", "waiting", 0),
    ]  # fmt: skip
    shown = notices(box, "list", "--reasons").output
    assert "answered 400" in shown
    for secret in ("SMITH", "P1", "P2"):
        assert secret not in shown + json.dumps(rows)


def test_the_list_is_narrowed(box: Outbox) -> None:
    assert [row["notice"] for row in told(box, "list", "--state", "dead")["notices"]] == ["n2"]
    assert told(box, "list", "--to", "council_tax")["notices"] == []
    assert told(box, "list", "--overdue")["notices"] == []
    assert notices(box, "list", "--state", "deaf").exit_code == 2


def test_whoever_watches_the_nights_sees_who_cannot_be_told_and_who_does_not_answer(box: Outbox) -> None:
    standing = standing_of(box.store, on=date(2026, 12, 24))
    assert (standing.waiting, standing.dead, standing.overdue) == (2, {"library": 1}, {"library": 1})
    told(box, "acknowledge", "n1", *WHO)
    told(box, "drop", "n2", *WHO)
    standing = standing_of(box.store, on=date(2026, 12, 24))
    assert (standing.waiting, standing.dead, standing.overdue) == (1, {}, {}), "what it held up goes next"


def test_a_dead_letter_that_is_let_go_takes_what_waits_behind_it_along(box: Outbox) -> None:
    assert told(box, "send")["sent"] == 0
    assert told(box, "retry")["sent"] == 0, "a dead letter wants to be named"

    assert told(box, "retry", "n2", *WHO)["sent"] == 2

    assert box.states() == {"n1": "sent", "n2": "sent", "n3": "sent"}
    (event,) = [e for e in box.audit.events() if e.kind == Kind.ANSWER.value]
    assert (event.actor, event.because) == ("j.okafor", "they rang")


def test_a_dead_letter_that_is_dropped_lets_go_what_waits_behind_it(box: Outbox) -> None:
    assert told(box, "drop", "n2", *WHO) == {"dropped": 1}
    assert told(box, "send")["sent"] == 1
    assert box.states() == {"n1": "sent", "n2": "withdrawn", "n3": "sent"}


@pytest.mark.parametrize(
    ("verb", "state"), [("acknowledge", "acknowledged"), ("actioned", "actioned"), ("rejected", "rejected")]
)
def test_what_a_recipient_said_in_another_way_is_taken_down(box: Outbox, verb: str, state: str) -> None:
    assert told(box, verb, "n1", *WHO)["said"] == 1
    assert box.states()["n1"] == state


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("retry", "n1", *WHO), "there is no notice that waits or is a dead letter of the name n1"),
        (("drop", "none", *WHO), "there is no notice that waits or is a dead letter of the name none"),
        (("actioned", "n2", *WHO), "there is no notice that was sent of the name n2"),
        (("actioned", *WHO), "which notices?"),
        (("drop", "n2"), "drop wants --by, who does it, and --because, why"),
        (("retry", "n2", "--by", "j.okafor"), "retry wants --by"),
    ],
    ids=["sent", "unknown", "not sent", "none", "nobody", "no reason"],
)
def test_a_slip_changes_nothing(box: Outbox, args: tuple[str, ...], words: str) -> None:
    before = box.states()
    done = notices(box, *args)
    assert done.exit_code == 2
    assert words in done.output
    assert box.states() == before


def test_what_recipients_left_is_collected(box: Outbox) -> None:
    (box.box() / "a.csv").write_text("notice,state\nn1,actioned\nn9,actioned\n", encoding="utf-8")

    assert told(box, "collect") == {
        "answers": 1,
        "faults": ["library: a.csv, line 3, column notice: expected a notice that this recipient was sent"],
    }

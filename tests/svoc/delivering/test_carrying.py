"""What waits goes in order, is tried again later and later, and never twice to any effect."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from svoc.notices.base import Answer, Notice, Undelivered
from svoc.store.opening import writing
from svoc.store.outbox import answered, drop, retry
from svoc.words.audit import Kind
from svoc.words.notices import State
from tests.svoc.delivering.conftest import Made
from tests.svoc.delivering.outboxes import NOW, Ear

AWAY = Undelivered("cannot be reached (TimeoutError)", away=True)
BUSY = Undelivered("answered 503")
NEVER = Undelivered("answered 400", again=False)
LATER = NOW + timedelta(days=1)


def test_what_was_sent_is_due_by_its_route_and_is_not_sent_again(outbox: Made) -> None:
    box, ear = outbox(), Ear()
    box.add("n1")

    assert box.carry(ear).sent == 1
    assert box.carry(ear).sent == 0
    assert ear.ids == ["n1"]
    row = box.row("n1")
    assert (row["state"], str(row["due"]), row["sent_at"]) == ("sent", "2026-11-30", NOW.replace(tzinfo=None))


def test_what_went_is_noted_with_the_fields_and_a_hash_of_what_they_said(outbox: Made) -> None:
    box = outbox()
    box.add("n1")
    box.carry(Ear())

    (event,) = [event for event in box.audit.events() if event.kind == Kind.NOTICE.value]

    assert list(event.figures()["fields"]) == ["forename", "surname"]
    assert "SMITH" not in str(event.figures())
    assert event.figures()["about"]["payload"]


class TestOrder:
    """Of one person and one record nothing overtakes what went before."""

    def test_a_later_notice_waits_for_an_earlier_one_that_failed(self, outbox: Made) -> None:
        box, ear = outbox(), Ear(fails={"n1": BUSY})
        for name in ("n1", "n2"):
            box.add(name)
        box.add("n3", person="P2", reference="L2")
        box.add("n4", recipient="council_tax", reference="A1")

        box.carry(ear)

        assert ear.ids == ["n3", "n4"]
        assert box.states() == {"n1": "waiting", "n2": "waiting", "n3": "sent", "n4": "sent"}
        ear.fails.clear()
        box.carry(ear, now=LATER)
        assert ear.ids[2:] == ["n1", "n2"]

    def test_it_waits_too_where_the_person_is_known_under_another_identifier_by_now(self, outbox: Made) -> None:
        box, ear = outbox(), Ear(fails={"n1": BUSY})
        box.add("n1")
        box.add("n2", person="P9")

        box.carry(ear)

        assert ear.ids == []

    def test_a_dead_letter_holds_up_what_follows_until_somebody_acts(self, outbox: Made) -> None:
        box, ear = outbox(), Ear(fails={"n1": NEVER})
        box.add("n1")
        box.add("n2")
        box.carry(ear)
        assert box.states() == {"n1": "dead", "n2": "waiting"}

        box.carry(ear, now=LATER)
        assert ear.ids == []
        assert drop(box.store, "n1")
        box.carry(ear, now=LATER)
        assert box.states() == {"n1": "withdrawn", "n2": "sent"}

    def test_a_dead_letter_that_is_let_go_again_goes_first(self, outbox: Made) -> None:
        box, ear = outbox(), Ear(fails={"n1": NEVER})
        box.add("n1")
        box.add("n2")
        box.carry(ear)
        ear.fails.clear()

        assert retry(box.store) == 1, "n2 alone: a dead letter wants to be named"
        assert retry(box.store, ["n1"]) == 1
        box.carry(ear)
        assert ear.ids == ["n1", "n2"]

    def test_one_that_was_rejected_holds_up_nothing(self, outbox: Made) -> None:
        box, ear = outbox(), Ear()
        box.add("n1")
        box.carry(ear)
        answered(box.store, "n1", State.REJECTED, reason="not ours")
        box.add("n2")

        box.carry(ear)

        assert box.states() == {"n1": "rejected", "n2": "sent"}


class TestTrying:
    """A failure costs a night little, and a recipient that comes back gets everything."""

    def test_it_is_tried_later_and_later_and_at_last_no_more(self, outbox: Made) -> None:
        box, ear = outbox(recipients={"library": {"tries": 3}}), Ear(fails={"n1": BUSY})
        box.add("n1")
        now = NOW
        for tries, state in ((1, "waiting"), (2, "waiting"), (3, "dead")):
            assert box.carry(ear, now=now).failed == 1
            assert (box.row("n1")["tries"], box.row("n1")["state"]) == (tries, state)
            assert box.carry(ear, now=now).failed == 0, "not before its time"
            now += timedelta(days=1)
        assert box.carry(ear, now=now).failed == 0

    def test_a_recipient_that_cannot_be_reached_is_asked_once_a_delivery(self, outbox: Made) -> None:
        box, ear = outbox(), Ear(fails={f"n{n}": AWAY for n in range(9)})
        for n in range(9):
            box.add(f"n{n}", person=f"P{n}", reference=f"L{n}")
        box.add("other", recipient="council_tax", reference="A1", person="P1")

        done = box.carry(ear)

        assert (done.sent, done.failed) == (1, 1)
        ear.fails.clear()
        assert box.carry(ear, now=LATER).sent == 9

    def test_one_that_fails_for_everybody_is_left_alone_after_five(self, outbox: Made) -> None:
        box, ear = outbox(), Ear(fails={f"n{n}": BUSY for n in range(9)})
        for n in range(9):
            box.add(f"n{n}", person=f"P{n}", reference=f"L{n}")

        assert box.carry(ear).failed == 5

    def test_a_delivery_ends_when_its_time_is_over(self, outbox: Made) -> None:
        box, ear = outbox(notices={"minutes": 0.000001}), Ear()
        for n in range(3):
            box.add(f"n{n}")

        assert box.carry(ear).sent == 0
        assert set(box.states().values()) == {"waiting"}

    def test_what_failed_is_noted_as_not_done_and_tells_nothing_of_a_person(self, outbox: Made) -> None:
        box = outbox()
        box.add("n1")
        box.carry(Ear(fails={"n1": BUSY}))

        assert [e.kind for e in box.audit.events()] == [Kind.NOTICE.value, Kind.FAILED.value]
        with writing(box.store.engine) as connection:
            assert connection.scalar(text("SELECT reason FROM notice")) == "answered 503"

    def test_what_breaks_otherwise_ends_the_delivery(self, outbox: Made) -> None:
        box = outbox()
        box.add("n1")
        with pytest.raises(OSError, match="No space"):
            box.carry(Ear(fails={"n1": OSError(28, "No space left on device")}))
        assert box.row("n1")["tries"] == 0


@pytest.mark.parametrize("channel", ["webhook", "email"])
def test_a_channel_that_cannot_be_made_is_told_of_and_harms_no_other(outbox: Made, channel: str) -> None:
    own = {"channel": channel, "url": "https://localhost:1/", "to": "a@b.example"}
    box = outbox(recipients={"library": own})
    box.add("n1")
    box.add("n2", recipient="council_tax", reference="A1", person="P2")

    done = box.carry()

    assert box.states() == {"n1": "waiting", "n2": "sent"}
    (fault,) = done.faults
    assert "secret: a webhook wants one" in fault or "sender: an e-mail wants somebody" in fault
    assert box.row("n1")["tries"] == 0


def test_a_service_gets_one_mail_a_day(outbox: Made) -> None:
    class Post(Ear):
        def send_all(self, notices: list[Notice]) -> None:
            self.heard += notices

    box, post = outbox(recipients={"library": {"channel": "email", "to": "a@b.example"}}), Post()
    for name, now in (("n1", NOW), ("n2", NOW + timedelta(hours=5)), ("n3", LATER)):
        box.add(name)
        box.carry(post, now=now)

    assert post.ids == ["n1", "n2", "n3"]
    assert [str(box.row(n)["sent_at"])[:10] for n in ("n1", "n2")] == ["2026-11-23", "2026-11-24"]


def test_what_a_recipient_answers_at_once_is_taken_down(outbox: Made) -> None:
    box = outbox()
    box.add("n1")
    box.add("n2", recipient="council_tax", reference="A1")
    ear = Ear(answers=[Answer("n1", "actioned"), Answer("n2", "rejected"), Answer("none", "actioned")])

    box.carry(ear)

    assert box.states()["n1"] == "actioned"
    assert box.states()["n2"] == "rejected", "its own recipient answered so too"

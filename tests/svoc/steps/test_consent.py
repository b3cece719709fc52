"""Where a route rests on consent, only those are told whom the teller named: cases that an officer can read."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from svoc.notices.routes import Route
from svoc.steps.announce import announce
from svoc.words.changes import CHANGES
from svoc.words.consents import consents_of
from svoc.words.events import LIFE_EVENTS
from svoc.words.notices import NOTICES
from svoc.words.persons import PERSONS
from tests.worlds import TODAY, placed

CASES = list(csv.DictReader(Path("tests/cases/consents.csv").read_text(encoding="utf-8").splitlines()))
SERVICES = {"council_tax": "council_tax", "library": "libraries"}
EVENT = "life_events tuo:R1 | JOHN SMITH | 1 | .. | role=deceased deceased=yes died=2026-11-02"
HELD = {"council_tax": "council_tax A | MR JOHN SMITH | 1", "library": "library L | MR JOHN SMITH | 1"}
FACTS = ("surname", "died")


def route(kind: str, recipient: str, *, consent: bool, unsaid: str = "tell") -> Route:
    return Route(kind, recipient, FACTS, "tell-us-once-death", "a basis", consent=consent, unsaid=unsaid)  # type: ignore[arg-type]


def announced(route: Route, *held: str, agreed: list[str] | None, unread: dict[str, str]) -> pl.DataFrame:
    mentions = placed(EVENT, *held)
    members = mentions.select("mention", person=pl.lit("P"))
    row = {"person": "P", "surname": "SMITH", "deceased": True, "died": TODAY}
    changed = {"person": "P", "kind": "changed", "cause": "world", "field": "deceased", "after": "true"}
    changed |= {"source": "life_events", "mention": "life_events/tuo:R1/1"}
    return announce(
        pl.DataFrame([changed], schema=CHANGES, orient="row"),
        pl.DataFrame([row], schema=PERSONS, orient="row"),
        members, mentions, [route], SERVICES, run=2, as_of=TODAY, unread=unread,
        consents={} if agreed is None else {"life_events/tuo:R1": agreed},
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[c["case"] for c in CASES])
def test_who_is_told(case: dict[str, str]) -> None:
    agreed = {"not said": None, "nobody": []}.get(case["agreed"], [case["agreed"]])
    to = SERVICES.get(case["recipient"], case["recipient"])
    unread = {} if case["recipient"] in SERVICES else {case["recipient"]: "blue_badge"}
    own = route("death", to, consent=case["basis"] == "consent", unsaid=case["unsaid"])
    held = [HELD[case["recipient"]]] if case["holds"] == "yes" else []

    found = announced(own, *held, agreed=agreed, unread=unread)

    assert found["recipient"].to_list() == ([case["recipient"]] if case["told"] == "yes" else [])


def test_a_service_that_is_not_read_gets_no_reference_and_the_facts_to_look_by() -> None:
    own = route("death", "blue_badge", consent=True)

    found = announced(own, agreed=["blue-badge"], unread={"badges": "blue_badge"})

    assert found.schema == pl.Schema(NOTICES)
    assert found.select("recipient", "reference", "party").row(0) == ("badges", None, None)
    assert found["payload"][0] == '{"died": "2026-11-02", "surname": "SMITH"}'


def test_a_birth_is_told_of_the_parent_when_somebody_confirms_whose_it_is() -> None:
    mentions = placed("life_events tuo:B1 | ANN SMITH | 1 | .. | role=parent", "library L | ANN SMITH | 1")
    members = mentions.select("mention", person=pl.lit("P"))
    met = {"person": "P", "kind": "members", "cause": "world", "before": '["library/L/1"]'}
    met |= {"after": '["library/L/1","life_events/tuo:B1/1"]'}
    person = pl.DataFrame([{"person": "P", "surname": "SMITH"}], schema=PERSONS, orient="row")
    own = Route("birth", "libraries", ("surname",), "tell-us-once-birth", "consent", consent=True, unsaid="keep")

    def told(**change: str) -> list[str]:
        changes = pl.DataFrame([{**met, **change}], schema=CHANGES, orient="row")
        agreed = {"life_events/tuo:B1": ["libraries"]}
        given = (changes, person, members, mentions, [own], SERVICES)
        return announce(*given, run=2, as_of=TODAY, consents=agreed)["kind"].to_list()

    assert told() == ["birth"]
    assert told(cause="identity") == []
    assert told(before=met["after"]) == []


def test_the_last_statement_that_names_services_counts() -> None:
    said = [
        (1, ["libraries"], "asserted", datetime(2026, 11, 2, tzinfo=UTC)),
        (2, ["libraries", "housing"], "corrected", datetime(2026, 11, 3, tzinfo=UTC)),
        (3, None, "retracted", datetime(2026, 11, 4, tzinfo=UTC)),
    ]
    rows = [
        {"event": str(n), "sender": "tuo", "reference": "R1", "line": n, "consents": c, "action": a,
         "recorded_at": at.replace(tzinfo=None)}
        for n, c, a, at in said
    ]  # fmt: skip
    events = pl.DataFrame(rows, schema=LIFE_EVENTS, orient="row")

    assert consents_of(events) == {"life_events/tuo:R1": ["libraries", "housing"]}
    assert consents_of(events.clear()) == {}


def test_a_record_that_names_several_is_told_by_the_partys_own_reference_too() -> None:
    """Whoever looks after a joint account sees whom of the two it is about."""
    joint = "council_tax A | MR JOHN SMITH | 1 | .. | party_reference=J/7"

    found = announced(route("death", "council_tax", consent=False), joint, agreed=None, unread={})

    assert found.select("reference", "party").row(0) == ("A", "J/7")

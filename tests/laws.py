"""What the laws of a night say, as checks of one evening: who wants to hold a night to a law calls its check."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from svoc.policy import Policy
from svoc.sources.base import Extract
from svoc.steps.house import is_household
from svoc.steps.identify import is_identifier
from svoc.steps.replay import replay
from svoc.survivorship.policy import GROUPS
from svoc.words.decisions import CaseKind, Verdict
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS, Person
from svoc.words.plan import LanePlan, LaneState, Plan, Yesterday
from svoc.words.purposes import Purpose
from tests.worlds import groups

OPEN = (pl.col("role") != "elector") | pl.col("open_register").fill_null(value=False)
"""What the service lane may see, in the tests' own words: who asks the lane itself believes a lane that leaks."""


@dataclass(frozen=True, slots=True)
class Evening:
    """One night of a town: what stood before it, what the sources said, and what it made of that."""

    before: Yesterday
    extracts: tuple[Extract, ...]
    plan: Plan


def holds(evening: Evening, under: Policy) -> None:
    """Check the laws that speak of one night alone: 1, 4, 8, 10, 11, 13 and 15."""
    for name, lane in evening.plan.lanes.items():
        admitted = evening.plan.mentions.filter(under.purposes.lanes[name].admits())
        everyone_is_somebody(admitted, lane.state.members)
        facts_stand_in_records(lane.state.persons, lane.state.members, admitted)
        listed_once_is_one_person_once(lane.state.members, admitted, under)
        before = evening.before.lane(name)
        persons, members = replay(before.persons, before.members, lane.changes)
        assert persons.equals(lane.state.persons.select("person", *FACTS)), "law 4: the changes do not tell all"
        assert members.equals(lane.state.members), "law 4: the changes do not tell who is who"
        retired_lead_to_the_living(evening.before, evening.plan, name)
        households_are_homes(before, lane.state)
        notices_keep_to_routes(evening.plan, name, under)
        only_the_world_is_told(evening.plan, name)


def everyone_is_somebody(mentions: pl.DataFrame, members: pl.DataFrame) -> None:
    people = mentions.filter((pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE))
    grouped = members.filter(~pl.col("mention").str.starts_with(EVENTS_SOURCE))
    assert grouped["mention"].sort().to_list() == people["mention"].sort().to_list(), "law 1"
    assert members["person"].null_count() == 0, "law 1"


def facts_stand_in_records(persons: pl.DataFrame, members: pl.DataFrame, mentions: pl.DataFrame) -> None:
    of = dict(members.iter_rows())
    records = {row["mention"]: row for row in mentions.iter_rows(named=True)}
    for person in persons.iter_rows(named=True):
        why = json.loads(person["provenance"])
        for group, facts in GROUPS.items():
            values = [person[fact] for fact in facts]
            if group not in why:
                assert not any(v is not None for v in values), f"law 8: {group} without a record"
                continue
            mention = why[group]["mention"]
            assert of[mention] == person["person"], "law 8: a fact of somebody else's record"
            assert values in _said(records[mention], facts), f"law 8: {group} is not what the record says"
            assert why[group]["source"] == records[mention]["source"]


def _said(record: dict[str, Any], facts: tuple[str, ...]) -> list[list[Any]]:
    """Give what a record says of facts; one of a move says two homes."""
    said = [[record[fact] for fact in facts]]
    if record["role"] == "mover" and "address" in facts:
        onward = {"uprn": "forwarding_place"}
        said.append([record[onward.get(fact, f"forwarding_{fact}")] for fact in facts])
    return said


def listed_once_is_one_person_once(members: pl.DataFrame, mentions: pl.DataFrame, under: Policy) -> None:
    once = [source for source, listed in under.lists_once.items() if listed]
    entries = members.join(mentions.filter(pl.col("source").is_in(once)), on="mention")
    both = entries.join(entries, on=["person", "source", "place"], suffix="_other")
    both = both.filter(pl.col("mention") < pl.col("mention_other"))
    for row in both.iter_rows(named=True):
        begins = max(row["since"] or date.min, row["since_other"] or date.min)
        ends = min(row["until"] or date.max, row["until_other"] or date.max)
        assert begins >= ends, "law 13: one person twice on one list at one place and time"


def retired_lead_to_the_living(before: Yesterday, plan: Plan, name: str) -> None:
    state, then = plan.lanes[name].state, before.lane(name)
    living, retired = set(state.persons["person"]), set(state.forwards["retired"])
    assert not living & retired, "law 11: a retired identifier is in use"
    assert set(state.forwards["current"].drop_nulls()) <= living, "law 11: a forward leads to nobody"
    assert state.forwards["retired"].is_unique().all()
    assert living | retired == set(state.founded["person"]), "law 11: an identifier is neither in use nor retired"
    assert set(then.founded["person"]) <= set(state.founded["person"])
    back = then.forwards.filter(~pl.col("retired").is_in(sorted(retired)))
    assert back["current"].null_count() == back.height, "law 11: an identifier that led to somebody came back"
    assert state.founded["person"].is_unique().all()


def households_are_homes(then: LaneState, state: LaneState) -> None:
    """Hold households to what persons are held to: laws 1 and 11."""
    homes = state.households.join(state.persons, on="person", how="left")
    assert homes["person"].is_unique().all(), "law 1: a person of two households"
    assert (homes["place"] == homes["uprn"]).all(), "a household is elsewhere than its people's golden home"
    assert not homes["deceased"].fill_null(value=False).any(), "the dead live nowhere"
    assert (
        homes.select("household", "place").unique().height == homes["household"].n_unique() == homes["place"].n_unique()
    )
    living, retired = set(state.households["household"]), set(state.households_forwards["retired"])
    ever = state.households_founded["household"]
    assert not living & retired, "law 11: a retired household is in use"
    assert living | retired == set(ever), "law 11: a household is neither in use nor retired"
    assert all(is_household(each) and not is_identifier(each) for each in ever)
    assert ever.is_unique().all()
    assert state.households_forwards["retired"].is_unique().all()
    assert set(state.households_forwards["current"].drop_nulls()) <= living, "law 11: a forward leads to nobody"
    assert set(then.households_founded["household"]) <= set(ever)
    assert set(then.households_forwards["retired"]) <= retired, "law 11: a retired household came back"


def notices_keep_to_routes(plan: Plan, name: str, under: Policy) -> None:
    permitted = {(r.kind, r.recipient): set(r.fields) for r in under.routes
                 if under.purposes.named(r.purpose).lane == name}  # fmt: skip
    for notice in plan.lanes[name].notices.iter_rows(named=True):
        kind = notice["kind"].removesuffix("-retracted")
        assert set(json.loads(notice["payload"])) <= permitted[kind, under.kinds[notice["recipient"]]], "law 10"


def reads_keep_to_their_purpose(frames: Mapping[str, pl.DataFrame], purpose: Purpose) -> None:
    hidden = set() if purpose.fields is None else set(FACTS) - set(purpose.fields)
    for name, frame in frames.items():
        shown = hidden & set(frame.columns)
        assert not shown, f"law 10: {name} of an export for {purpose.code}"
    assert not hidden or "provenance" not in frames["persons"].columns, "law 10: provenance tells of hidden facts"


def a_person_is_masked(person: Person, purpose: Purpose) -> None:
    for fact in () if purpose.fields is None else set(FACTS) - set(purpose.fields):
        assert getattr(person, fact) is None, f"law 10: {fact} for {purpose.code}"
        assert fact not in person.provenance, f"law 10: where {fact} comes from, for {purpose.code}"


def only_the_world_is_told(plan: Plan, name: str) -> None:
    lane = plan.lanes[name]
    world = set(lane.changes.filter((pl.col("kind") == "changed") & (pl.col("cause") == "world"))["person"])
    assert set(lane.notices["person"]) <= world, "law 15"


def notices_are_true(plan: Plan, name: str) -> None:
    """Hold each notice to a record of the person that its recipient has, and to what is so of that person."""
    lane = plan.lanes[name]
    of = lane.state.members.join(plan.mentions.select("mention", "source", "record"), on="mention")
    held = set(of.select("person", "source", "record").rows())
    persons = {row["person"]: row for row in lane.state.persons.iter_rows(named=True)}
    for notice in lane.notices.iter_rows(named=True):
        assert (notice["person"], notice["recipient"], notice["reference"]) in held, "law 10: told who does not hold it"
        for field, value in json.loads(notice["payload"]).items():
            fact = persons[notice["person"]][field]
            assert value == (fact.isoformat() if isinstance(fact, date) else fact), (
                f"law 8: a notice says another {field}"
            )


def deaths_are_confirmed(plan: Plan, name: str, before: Yesterday) -> None:
    """Hold who is told dead to an event that was not taken back and that a steward has confirmed of them."""
    state = plan.lanes[name].state
    of, persons = dict(state.members.iter_rows()), {row["person"]: row for row in state.persons.iter_rows(named=True)}
    stands = before.decisions.filter(pl.col("superseded_by").is_null() & (pl.col("verdict") == "confirmed"))
    confirmed = set(stands["left"])
    for notice in plan.lanes[name].notices.iter_rows(named=True):
        person = notice["person"]
        dead = persons[person]["deceased"]
        if notice["kind"] == "death":
            assert dead, "a death was told of who is not dead"
            assert any(of.get(event) == person for event in confirmed), "a death was told that nobody has confirmed"
        if notice["kind"] == "death-retracted":
            assert not dead, "a death was taken back of who is dead"


OF_KIND = {
    "death": ("deceased", "died"),
    "address": ("address", "postcode", "uprn"),
    "name": ("title", "forename", "middle_names", "surname"),
}


def notices_tell_of_what_changed(plan: Plan, name: str, before: Yesterday) -> None:
    """Hold each notice to a fact of its kind that is another than yesterday's, or rests on another record."""
    then = {row["person"]: row for row in before.lane(name).persons.iter_rows(named=True)}
    now = {row["person"]: row for row in plan.lanes[name].state.persons.iter_rows(named=True)}
    for notice in plan.lanes[name].notices.iter_rows(named=True):
        kind, person = notice["kind"].removesuffix("-retracted"), notice["person"]
        assert person in then, "law 15: a notice of who was not there yesterday"
        facts = [[known[person][fact] for fact in OF_KIND[kind]] for known in (then, now)]
        why = [json.loads(known[person]["provenance"]).get("deceased") for known in (then, now)]
        assert facts[0] != facts[1] or (kind == "death" and why[0] != why[1]), (
            f"law 15: told of {kind}, and none changed"
        )


def told_once(outbox: Collection[Mapping[str, Any]], rollbacks: Collection[int]) -> None:
    """Hold the whole outbox, as it was written, to tell nobody of one death twice running while no night is undone."""
    last: dict[tuple[Any, ...], tuple[str, str]] = {}
    for row in outbox:
        if row["kind"].startswith("death") and not row["withdrawn_by"] and not row["retracts"]:
            undone = sum(run < row["run"] for run in rollbacks)
            to = (row["lane"], row["person"], row["recipient"], row["reference"], undone)
            assert last.get(to) != (row["kind"], row["payload"]), "law 9: a death was told twice"
            last[to] = (row["kind"], row["payload"])


def keys_are_never_given_to_another(before: Yesterday, plan: Plan, under: Policy) -> None:
    """Hold keys to their record, where records are not numbered anew, and everywhere to one forename and title."""
    then = before.known.select("mention", "source", "record", "title", "forename")
    both = then.join(plan.mentions.select(then.columns), on="mention", suffix="_now")
    lasting = both.filter(~pl.col("source").is_in(sorted(under.renumbered)))
    moved = (pl.col("record") != pl.col("record_now")) | (pl.col("source") != pl.col("source_now"))
    assert lasting.filter(moved).is_empty(), "a key went to another record"
    initials = [pl.col(f"forename{end}").str.head(1) for end in ("", "_now")]
    assert both.filter(initials[0] != initials[1]).is_empty(), "a key was given to another party"
    assert plan.mentions["mention"].is_unique().all(), "two bear one key"
    unknown = plan.mentions.join(before.known, on="mention", how="anti")
    assert (unknown["change"] == "new").all(), "a key that nobody knew is not new"


def decisions_hold(members: pl.DataFrame, ledger: pl.DataFrame, cases: pl.DataFrame) -> None:
    of = dict(members.iter_rows())
    conflicting = {m for ids in cases.filter(pl.col("kind") == CaseKind.CONFLICT.value)["mentions"] for m in ids}
    for verdict, left, right in ledger.select("verdict", "left", "right").iter_rows():
        if left not in of or right not in of:
            continue
        if verdict == Verdict.DIFFERENT.value:
            assert of[left] != of[right], "law 2: a standing different was joined"
        elif not {left, right} <= conflicting:
            assert of[left] == of[right], "law 2: a standing same was parted"


def lanes_are_the_same(one: LanePlan, other: LanePlan, law: str) -> None:
    """Hold two answers about a lane to each other, row for row."""
    for part in LaneState.__slots__:
        assert getattr(one.state, part).equals(getattr(other.state, part)), f"{law}: other {part}"
    assert one.changes.equals(other.changes), f"{law}: other changes"
    assert one.notices.equals(other.notices), f"{law}: other notices"


def unseen(lane: LanePlan, closed: Collection[str]) -> None:
    """Hold a lane to name none of the mentions that are closed to it."""
    state = lane.state
    assert not set(state.members["mention"]) & set(closed), "law 14: somebody whom the lane may not see"
    assert not set(state.cases["mentions"].explode().drop_nulls()) & set(closed), "law 14: a case of such a one"
    why = (json.loads(each) for each in state.persons["provenance"])
    assert not {of["mention"] for each in why for of in each.values()} & set(closed), "law 14: a fact of such a one"


def turned(frame: pl.DataFrame) -> pl.DataFrame:
    """Give the rows the other way round; polars' own `reverse` forgets what a list of nothing would hold."""
    return frame[list(reversed(range(frame.height)))]


def by_record(mentions: pl.DataFrame) -> dict[str, tuple[str, str, int]]:
    """Say of each mention where it stands in the extracts, for a rebuild allots keys anew."""
    return {row[0]: (row[1], row[2], row[3]) for row in mentions.select("mention", "source", "record", "party").rows()}


def partition(members: pl.DataFrame, named: dict[str, tuple[str, str, int]]) -> set[frozenset[tuple[str, str, int]]]:
    return {frozenset(named[m] for m in group) for group in groups(members)}

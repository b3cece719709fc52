"""What must hold of what stands: who is who, identifiers, golden facts, decisions, households."""

from datetime import date

import polars as pl

from svoc.policy import Policy
from svoc.steps.house import is_household
from svoc.steps.identify import is_identifier
from svoc.steps.merge import speaking
from svoc.steps.replay import replay
from svoc.survivorship.policy import GROUPS
from svoc.verifying.rows import Found
from svoc.words.decisions import CaseKind, Verdict, holding
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.persons import FACTS
from svoc.words.plan import LaneState, Yesterday

__all__ = ["STATE_LAWS", "changes_tell_all"]


def everyone_is_somebody(stands: Yesterday, lane: str, policy: Policy) -> Found:
    """Every live mention of a person belongs to a person of each lane that may use it."""
    members = stands.lane(lane).members
    people = stands.mentions.filter((pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE))
    admitted = people.filter(policy.purposes.lanes[lane].admits()) if lane in policy.purposes.lanes else people.clear()
    return admitted.height, admitted.join(members, on="mention", how="anti")["mention"].to_list()


def members_are_live(stands: Yesterday, lane: str, policy: Policy) -> Found:
    """Every member names a live mention and a person who stands, and every person has as many members as it says."""
    state = stands.lane(lane)
    dead = state.members.join(stands.mentions, on="mention", how="anti")["mention"]
    nobody = state.members.join(state.persons, on="person", how="anti")
    counted = state.persons.join(state.members.group_by("person").agg(n=pl.len()), on="person", how="left")
    short = counted.filter(pl.col("n").fill_null(0) != pl.col("records"))["person"]
    wrong = [f"{m} is not live" for m in dead] + [f"{m}: {p} does not stand" for m, p in nobody.rows()]
    return state.members.height, wrong + [f"{person}: another number of records" for person in short]


def identifiers_are_never_reused(stands: Yesterday, lane: str, policy: Policy) -> Found:
    """Every identifier ever given stands or leads, in one hop, to one that stands or to nobody."""
    state = stands.lane(lane)
    households = state.households_founded.select(person="household")
    living = state.households.select(person="household").unique()
    people = _ways(state.founded.select("person"), state.persons.select("person"), state.forwards)
    homes = _ways(households, living, state.households_forwards)
    wrong = [f"{p} is no identifier" for p in state.founded["person"] if not is_identifier(p)]
    wrong += [f"{h} is no identifier" for h in households["person"] if not is_household(h)]
    return state.founded.height + households.height, people + homes + wrong


def _ways(founded: pl.DataFrame, living: pl.DataFrame, forwards: pl.DataFrame) -> list[str]:
    retired = forwards.select(person="retired")
    known = pl.concat([living, retired])
    lost = forwards.drop_nulls("current").join(living, left_on="current", right_on="person", how="anti")
    return [
        *(f"{p} stands and is retired" for p in living.join(retired, on="person", how="semi")["person"]),
        *(f"{p} neither stands nor leads on" for p in founded.join(known, on="person", how="anti")["person"]),
        *(f"{p} was never given" for p in known.join(founded, on="person", how="anti")["person"]),
        *(f"{p} was given twice" for p in founded.filter(founded.is_duplicated())["person"].unique().sort()),
        *(f"{p} leads to {q}, who does not stand" for p, q in lost.select("retired", "current").rows()),
    ]


def facts_stand_in_records(stands: Yesterday, lane: str, policy: Policy) -> Found:
    """Every golden fact is what the record says from which it is said to come, a record of the same person."""
    state, wrong = stands.lane(lane), []
    for group, facts in GROUPS.items():
        spoken = speaking(stands.mentions, group, as_of=stands.as_of or date.min)
        told = state.persons.with_columns(mention=pl.col("provenance").str.json_path_match(f"$.{group}.mention"))
        said = told.join(state.members.select("mention", owner="person"), on="mention", how="left").join(
            spoken.select("mention", *(pl.col(f).alias(f"said_{f}") for f in facts)), on="mention", how="left"
        )
        other = pl.any_horizontal(pl.col(f).ne_missing(pl.col(f"said_{f}")) for f in facts)
        stranger = pl.col("mention").is_not_null() & pl.col("owner").ne_missing(pl.col("person"))
        wrong += [f"{person}: {group}" for person in said.filter(other | stranger)["person"]]
    return state.persons.height * len(GROUPS), wrong


def decisions_hold(stands: Yesterday, lane: str, policy: Policy) -> Found:
    """Whom a standing decision calls the same is one person, whom it calls different are two, conflicts aside.

    `stands.decisions` are those that the last night knew.
    """
    state = stands.lane(lane)
    of = dict(state.members.iter_rows())
    conflicts = state.cases.filter(pl.col("kind") == CaseKind.CONFLICT.value)["mentions"].explode().implode()
    held = holding(stands.decisions, stands.as_of) if stands.as_of else stands.decisions.clear()
    asked = held.filter(
        pl.col("verdict").is_in([Verdict.SAME.value, Verdict.DIFFERENT.value])
        & ~(pl.col("left").is_in(conflicts) & pl.col("right").is_in(conflicts))
    )
    wrong = [
        f"decision {number}"
        for number, verdict, left, right in asked.select("decision", "verdict", "left", "right").rows()
        if left in of and right in of and (of[left] == of[right]) != (verdict == Verdict.SAME.value)
    ]
    return asked.height, wrong


def questions_are_of_the_living(stands: Yesterday, lane: str, policy: Policy) -> Found:
    """Every case and every link names live mentions, and whoever lives in a household is a person who stands."""
    state = stands.lane(lane)
    succeeds = pl.col("kind") == CaseKind.SUCCESSION.value  # who else it names is on the register no more
    own = pl.when(succeeds).then(pl.col("mentions").list.head(1)).otherwise("mentions")
    cases = state.cases.select("case", mention=own).explode("mention")
    links = pl.concat([state.links.select(mention=end) for end in ("left", "right")])
    wrong = [f"case {c}" for c in _dead(cases, stands)["case"].unique().sort()]
    wrong += [f"link of {m}" for m in _dead(links, stands)["mention"].unique().sort()]
    homeless = state.households.join(state.persons, on="person", how="anti")["person"]
    return state.cases.height + state.links.height, wrong + [f"household of {p}" for p in homeless]


def _dead(named: pl.DataFrame, stands: Yesterday) -> pl.DataFrame:
    return named.drop_nulls("mention").join(stands.mentions, on="mention", how="anti")


def changes_tell_all(before: LaneState, changes: pl.DataFrame, now: LaneState) -> Found:
    """The last run's changes lead from what stood before it to what stands."""
    try:
        persons, members = replay(before.persons, before.members, changes)
    except (KeyError, ValueError):  # a change of somebody who was not there
        return changes.height, ["a change is of a person who was not there, or cannot be read"]
    told = now.persons.select("person", *FACTS)
    other = pl.concat([persons.join(told, on=told.columns, how="anti", nulls_equal=True),
                       told.join(persons, on=told.columns, how="anti", nulls_equal=True)])["person"]  # fmt: skip
    moved = pl.concat([members.join(now.members, on=members.columns, how="anti"),
                       now.members.join(members, on=members.columns, how="anti")])["mention"]  # fmt: skip
    return changes.height, [
        f"{key}: not as the changes tell" for key in (*other.unique().sort(), *moved.unique().sort())
    ]


STATE_LAWS = (
    everyone_is_somebody,
    members_are_live,
    identifiers_are_never_reused,
    facts_stand_in_records,
    decisions_hold,
    questions_are_of_the_living,
)
"""The laws of each lane, in the order in which they are told."""

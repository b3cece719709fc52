"""The plan of a night: everything that it would change, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from svoc.words.changes import CHANGES, Cause, ChangeKind
from svoc.words.decisions import CASES, DECISIONS
from svoc.words.events import LIFE_EVENTS
from svoc.words.households import HOUSEHOLDS, HOUSEHOLDS_FOUNDED
from svoc.words.informants import INFORMANTS
from svoc.words.mentions import KNOWN, PLACED
from svoc.words.notices import NOTICES
from svoc.words.persons import FORWARDS, MEMBERS, PERSONS
from svoc.words.protection import PROTECTION
from svoc.words.workings import Workings

__all__ = ["DOUBTS", "FORMER", "FOUNDED", "LINKS", "TAKEN", "LanePlan", "LaneState", "Plan", "Touched", "Yesterday"]

FOUNDED: dict[str, pl.DataType] = {"person": pl.String(), "run": pl.Int64()}
"""Every identifier ever given in a lane, retired ones too, and the run that gave it."""

LINKS: dict[str, pl.DataType] = {
    "left": pl.String(),
    "right": pl.String(),
    "weight": pl.Int32(),  # thousandths of a bit
    "margin": pl.Int32(),  # thousandths of a bit; null between places
    "answer": pl.String(),  # same, ask or possible
}
"""Pairs that the night joined, asks about, or keeps as possible links that are never merged."""

FORMER: dict[str, pl.DataType] = {"lane": pl.String(), **MEMBERS}
"""Whose the mentions of a lane were last that are nobody's now, of persons who are on no list any more."""

DOUBTS: dict[str, pl.DataType] = {"mention": pl.String(), "may_be": pl.String()}
"""Entries of a new register under keys of their own, and the keys of the old that each may be; never deleted."""

TAKEN: dict[str, pl.DataType] = {
    "source": pl.String(),
    "file": pl.String(),
    "sha256": pl.String(),
    "content_date": pl.Date(),
    "rows": pl.Int64(),
}
"""Extracts that have been taken, known again by their content."""


def _empty(schema: dict[str, pl.DataType]) -> Any:
    return field(default_factory=lambda: pl.DataFrame(schema=schema))


@dataclass(frozen=True, slots=True)
class LaneState:
    """What one lane holds: frames of `MEMBERS`, `PERSONS`, `FOUNDED`, `FORWARDS`, `CASES` and `LINKS`.

    Of households: `HOUSEHOLDS`, `HOUSEHOLDS_FOUNDED` and again `FORWARDS`.
    """

    members: pl.DataFrame = _empty(MEMBERS)
    persons: pl.DataFrame = _empty(PERSONS)
    founded: pl.DataFrame = _empty(FOUNDED)
    forwards: pl.DataFrame = _empty(FORWARDS)
    cases: pl.DataFrame = _empty(CASES)
    links: pl.DataFrame = _empty(LINKS)
    households: pl.DataFrame = _empty(HOUSEHOLDS)
    households_founded: pl.DataFrame = _empty(HOUSEHOLDS_FOUNDED)
    households_forwards: pl.DataFrame = _empty(FORWARDS)


@dataclass(frozen=True, slots=True)
class Touched:
    """What of a lane was solved again; all else stands as it stood.

    Keys of mentions, of persons and of cases; the left ends of links; the persons whose household was looked at; the
    retired identifiers, of persons and households, that lead elsewhere than yesterday.
    """

    mentions: pl.Series
    persons: pl.Series
    cases: pl.Series
    links: pl.Series
    housed: pl.Series
    forwards: pl.Series


@dataclass(frozen=True, slots=True)
class LanePlan:
    """What one lane would hold, what changes by it (`CHANGES`), and who would be told (`NOTICES`).

    `touched`: what alone may differ from yesterday, where not the whole lane was solved.
    """

    state: LaneState
    changes: pl.DataFrame = _empty(CHANGES)
    notices: pl.DataFrame = _empty(NOTICES)
    touched: Touched | None = None


@dataclass(frozen=True, slots=True)
class Yesterday:
    """What the store knows: the published run (0 before the first night) and all that stands in it.

    `known`: every mention that ever was (frame of `KNOWN`); `mentions`: frame of `PLACED`, those that are live;
    `former`: frame of `FORMER`; `doubts`: frame of `DOUBTS`; `protection`: its whole ledger; `taken`: frame of `TAKEN`;
    `aside`: the same for extracts whose nights were undone, which are not taken again; `gazetteer` and `model`:
    fingerprints of those that the run used; `workings`: what the run left beside its answers, where that was kept.
    """

    run: int = 0
    as_of: date | None = None
    known: pl.DataFrame = _empty(KNOWN)
    mentions: pl.DataFrame = _empty(PLACED)
    lanes: Mapping[str, LaneState] = field(default_factory=dict)
    decisions: pl.DataFrame = _empty(DECISIONS)
    events: pl.DataFrame = _empty(LIFE_EVENTS)
    former: pl.DataFrame = _empty(FORMER)
    doubts: pl.DataFrame = _empty(DOUBTS)
    protection: pl.DataFrame = _empty(PROTECTION)
    taken: pl.DataFrame = _empty(TAKEN)
    aside: pl.DataFrame = _empty(TAKEN)
    gazetteer: str = ""
    model: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    workings: Workings | None = None

    @property
    def ledger(self) -> tuple[int, int, int, int, int]:
        """Count decisions, those superseded, those taken back, life events told and words on protection.

        Whatever comes moves one of them. To take a decision back revives what it had superseded, so that those which
        are superseded may be as many as before.
        """
        superseded, undone = (self.decisions[name].count() for name in ("superseded_by", "undone_at"))
        return self.decisions.height, superseded, undone, self.events.height, self.protection.height

    def lane(self, name: str) -> LaneState:
        """Give a lane's state, empty where it is new."""
        return self.lanes.get(name) or LaneState()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a night would change; reading it changes nothing.

    `mentions`: frame of `PLACED`; `withdrawn`: `mention`; `lanes`: one `LanePlan` a lane; `taken`: frame of `TAKEN`
    with the extracts of this night; `events`: frame of `LIFE_EVENTS`, those first read tonight; `doubts`: frame of
    `DOUBTS`, those first met tonight; `counts`: what came
    in, by source; `profile`: what each source fills in and how (`svoc.steps.profile`); `reasons`: what the guards hold
    against it; `memory`: the most of the machine's memory that planning took (0 to 1), where the system tells;
    `ledger`: how much had been decided and told when it was made (`Yesterday.ledger`), if that matters; `workings`:
    what it leaves for the next night; `changed`: the keys of the mentions that alone may differ from yesterday's, where
    not the whole night was worked out anew; `protection`: what the night adds to its ledger
    (`svoc.steps.shield.LAID`); `late`: hashes of extracts that came too late and lie there still, of which
    it is said once; `by_right`: keys of the mentions that go, or come back, because somebody's right is served;
    `informants`: frame of `INFORMANTS`, who told of `events`; `withdrawn_notices`: those that wait in the
    outbox and are never sent, for what they tell has proved wrong.
    """

    run: int
    as_of: date
    started: datetime
    mentions: pl.DataFrame
    withdrawn: pl.DataFrame
    lanes: Mapping[str, LanePlan]
    taken: pl.DataFrame
    counts: Mapping[str, Mapping[str, int]]
    gazetteer: str
    model: str
    lane: str
    events: pl.DataFrame = _empty(LIFE_EVENTS)
    doubts: pl.DataFrame = _empty(DOUBTS)
    warnings: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    first: bool = False
    profile: Mapping[str, Any] = field(default_factory=dict)
    memory: float | None = None
    ledger: tuple[int, int, int, int, int] | None = None
    approved: Mapping[str, Any] | None = None
    protection: pl.DataFrame | None = None
    late: tuple[str, ...] = ()
    workings: Workings | None = None
    changed: pl.Series | None = None
    by_right: frozenset[str] = frozenset()
    informants: pl.DataFrame = _empty(INFORMANTS)
    withdrawn_notices: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Say whether guards hold something against it that nobody has approved."""
        return bool(self.reasons) and self.approved is None

    @property
    def reading(self) -> LanePlan:
        """Give the lane that the batch's purpose reads."""
        return self.lanes[self.lane]

    def figures(self) -> dict[str, int]:
        """Count what the night would do, in the lane that the batch's purpose reads."""
        changes = self.reading.changes
        kinds = dict(changes.group_by("kind").agg(pl.col("person").n_unique()).iter_rows())
        change = dict(self.mentions["change"].value_counts().iter_rows())
        return {
            "mentions": self.mentions.height,
            "new": change.get("new", 0),
            "amended": change.get("amended", 0),
            "standing": change.get("standing", 0),
            "withdrawn": self.withdrawn.height,
            "persons": self.reading.state.persons.height,
            "households": self.reading.state.households["household"].n_unique(),
            "persons_new": kinds.get(ChangeKind.NEW.value, 0),
            "persons_gone": kinds.get(ChangeKind.GONE.value, 0),
            "joined": kinds.get(ChangeKind.MERGED.value, 0),
            "parted": kinds.get(ChangeKind.SPLIT.value, 0),
            "changed": kinds.get(ChangeKind.CHANGED.value, 0),
            "world": changes.filter(pl.col("cause") == Cause.WORLD.value)["person"].n_unique(),
            "cases": self.reading.state.cases.height,
            "notices": sum(lane.notices.height for lane in self.lanes.values()),
        }

    def summary(self) -> str:
        """Tell in one line what the night would do."""
        f = self.figures()
        told = (
            f"{f['new']} new, {f['amended']} amended, {f['withdrawn']} withdrawn; {f['persons']} persons, "
            f"{f['joined']} joined, {f['parted']} parted, {f['cases']} for a steward, {f['notices']} notices"
        )
        return f"night {self.run}, as of {self.as_of.isoformat()}: {told}"

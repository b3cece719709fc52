"""How far a change reaches: small worlds in each of which one thing that `svoc.steps.touch` follows is what matters.

Each is lived for one night, then something happens, and the night in part is held against the whole, row for row; what
a store makes of the part is held against the plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from svoc.policy import Policy
from svoc.sources.base import Extract
from svoc.store.store import Store
from svoc.words.plan import Plan, Yesterday
from tests.test_increments import PARTS, same
from tests.worlds import TODAY, decisions, extract, morrow, night, policy

PHONE = "phone=01392000001"
BORN = "dob=1961-02-03"
Says = Mapping[str, tuple[str, ...]]
"""The lines of each source that says something."""

SOURCES = ("council_tax", "electoral_register", "library")


@dataclass(frozen=True, slots=True)
class World:
    """What the sources say on two nights, and which decisions hold on each; days between them.

    `clear` and `cap`: by how much a pair must beat its rivals, and how many share a block at most, where not as usual.
    """

    first: Says
    second: Says
    said: tuple[Any, ...] = ()
    said_then: tuple[Any, ...] = ()
    days: int = 1
    clear: int = 5_000
    cap: int = 1_000

    @property
    def under(self) -> Policy:
        """Give the policy of both nights."""
        model = replace(policy().model, blocks=tuple(replace(b, cap=self.cap) for b in policy().model.blocks))
        return replace(policy(), model=model, thresholds=replace(policy().thresholds, clear=self.clear))

    def nights(self) -> tuple[Yesterday, tuple[Extract, ...], Plan]:
        """Live the first night; give what stands then and what is said on the second."""
        before = Yesterday(decisions=decisions(*self.said_then))
        plan = night(
            before, *(extract(s, *self.first.get(s, ())) for s in SOURCES if s in self.first), under=self.under
        )
        later = TODAY + timedelta(days=self.days)
        told = tuple(extract(s, *lines, on=later) for s, lines in self.second.items())
        return morrow(before, plan, decisions=decisions(*self.said)), told, plan


AT_SIX = {
    "council_tax": (
        f"A4 | MR PETER DALE | 4 | 2015-04-01..2026-09-01 | {PHONE}",
        "A6 | MR PETER DALE & MRS RUTH DALE | 6 | 2026-09-01..",
    ),
    "electoral_register": ("E1 | PETER DALE | 6 | .. | open_register=yes", "E2 | RUTH DALE | 6", "E3 | P DALE | 6"),
    "library": (f"L6 | MR PETER DALE | 6 | .. | {BORN} {PHONE}", "L7 | MR P DALE | 6"),
}
"""Peter has moved from 4 to 6, where his wife lives and somebody else of his initial: what is said at 4 reaches 6."""

RIVALS = {
    "council_tax": (f"A1 | MR PETER DALE | 1 | 2015-04-01.. | {PHONE}",),
    "library": (f"L3 | MR PETER DALE | 3 | .. | {BORN} {PHONE}",),
}
NAMESAKE = "L5 | MR PETER DALE | 5 | .. | dob=1990-12-31"
RIVAL = f"L5 | MR PETER DALE | 5 | .. | {BORN} {PHONE}"

PAIR = "MR JOHN SMITH & MRS ANN SMITH"
COUPLES = {
    "council_tax": (f"A2 | {PAIR} | 2 | 2015-04-01..2026-06-01", f"A7 | {PAIR} | 7 | 2026-06-01.."),
    "electoral_register": ("E1 | JOHN SMITH | 2", "E2 | ANN SMITH | 2", "E7 | ANN SMITH | 7"),
    "library": ("L7 | MRS ANN SMITH | 7", "L8 | MR JOHN SMITH | 7", "L2 | MRS ANN SMITH | 2"),
}
"""A couple that has moved: what is said of the one at both houses speaks for the other."""

FAR = {
    "council_tax": ("A1 | MR JOHN SMITH | 1", "A2 | MISS RUTH HILL | 2", "A3 | MR PETER DALE | 3"),
    "library": ("L4 | MR IAN ROWE | 4", "L5 | MISS EVE BYRNE | 5", "L9 | MR SAM COX | 9"),
    "electoral_register": ("E1 | JOHN SMITH | 1", "E2 | RUTH HILL | 2"),
}
CHAIN = (
    ("same", "council_tax/A1/1", "library/L4/1"),
    ("same", "library/L4/1", "library/L5/1"),
    ("different", "library/L5/1", "library/L9/1"),
    ("same", "library/L9/1", "council_tax/A3/1"),
)


RUTHS = tuple(f"L{n} | MISS RUTH HILL | {n} | .. | dob=1990-12-31" for n in (1, 2, 3))

PARTED = (("same", "electoral_register/E3/1", "library/X9/1"), ("different", "library/X9/1", "library/L7/1"))


def amended(world: Says, source: str, *, but: str, line: str = "") -> Says:
    """Say the same again, but for one record, which says another thing or is gone."""
    kept = tuple(each for each in world[source] if not each.startswith(f"{but} "))
    return {source: (*kept, line) if line else kept}


WORLDS = {
    "a record at the old house says more": World(
        AT_SIX, amended(AT_SIX, "council_tax", but="A4", line=f"A4 | MR PETER DALE | 4 | 2015-04-01.. | {PHONE} {BORN}")
    ),
    "the record at the old house goes": World(AT_SIX, amended(AT_SIX, "council_tax", but="A4")),
    "the phone that tied both houses goes": World(
        AT_SIX, amended(AT_SIX, "council_tax", but="A4", line="A4 | MR PETER DALE | 4 | 2015-04-01..2026-09-01")
    ),
    "somebody of another name is at the old house": World(
        AT_SIX, {"electoral_register": (*AT_SIX["electoral_register"], "E9 | EVE ROWE | 4")}
    ),
    "a rival comes": World(RIVALS, {"library": (*RIVALS["library"], RIVAL)}),
    "a rival goes": World({**RIVALS, "library": (*RIVALS["library"], RIVAL)}, {"library": RIVALS["library"]}),
    "a rival says another thing": World(
        {**RIVALS, "library": (*RIVALS["library"], RIVAL)},
        {"library": (*RIVALS["library"], "L5 | MR PETER DALE | 5 | .. | dob=1990-12-31")},
    ),
    "a namesake born on another day comes": World(RIVALS, {"library": (*RIVALS["library"], NAMESAKE)}, clear=19_500),
    "such a namesake goes": World(
        {**RIVALS, "library": (*RIVALS["library"], NAMESAKE)}, {"library": RIVALS["library"]}, clear=19_500
    ),
    "a name becomes too common": World({"library": RUTHS[:2]}, {"library": RUTHS}, cap=2),
    "a name is rare again": World({"library": RUTHS}, {"library": RUTHS[:2]}, cap=2),
    "two at a neighbour's are parted through a third": World(
        {**AT_SIX, "library": (*AT_SIX["library"], "X9 | MISS EVE ROWE | 9")},
        amended(AT_SIX, "council_tax", but="A4", line=f"A4 | MR PETER DALE | 4 | 2015-04-01.. | {PHONE} {BORN}"),
        PARTED,
        PARTED,
    ),
    "one of a couple that moved says more": World(
        COUPLES, amended(COUPLES, "electoral_register", but="E1", line=f"E1 | JOHN SMITH | 2 | .. | {BORN}")
    ),
    "the wife at the old house goes": World(COUPLES, amended(COUPLES, "electoral_register", but="E2")),
    "somebody else is known at the new house": World(
        COUPLES, amended(COUPLES, "library", but="L2", line=f"L2 | MRS ANN SMITH | 2 | .. | {BORN}")
    ),
    "a decision alone": World(FAR, {}, said=CHAIN[:1]),
    "a decision taken back": World(FAR, {}, said_then=CHAIN[:1]),
    "a decision that expires with the day": World(
        FAR,
        {"library": FAR["library"]},
        said=((*CHAIN[0], {"expires": TODAY + timedelta(days=3)}),),
        said_then=((*CHAIN[0], {"expires": TODAY + timedelta(days=3)}),),
        days=5,
    ),
    "what stewards said leads on through others": World(
        FAR, amended(FAR, "council_tax", but="A1", line=f"A1 | MR JOHN SMITH | 1 | .. | {BORN}"), CHAIN, CHAIN
    ),
    "an end of what stewards said goes": World(FAR, amended(FAR, "council_tax", but="A3"), CHAIN, CHAIN),
    "a link of what stewards said goes": World(FAR, amended(FAR, "library", but="L5"), CHAIN, CHAIN),
    "stewards contradict each other far away": World(
        FAR, {}, (*CHAIN, ("same", "council_tax/A3/1", "council_tax/A1/1")), CHAIN
    ),
    "a stay ends with the day": World(
        {"council_tax": ("A1 | MR JOHN SMITH | 1 | 2019-01-01..2026-11-05",), "library": ("L1 | MR JOHN SMITH | 3",)},
        {"library": ("L1 | MR JOHN SMITH | 3",)},
        days=5,
    ),
}


@cache
def lived(name: str) -> tuple[Yesterday, tuple[Extract, ...], Plan, Plan]:
    """Live both nights of a world, the second in part; give what stood before it, what was said, and the two plans."""
    before, told, first = WORLDS[name].nights()
    return before, told, first, night(before, *told, under=WORLDS[name].under)


@pytest.mark.parametrize("name", WORLDS)
def test_what_a_change_reaches_is_solved_again(name: str) -> None:
    before, told, first, part = lived(name)
    whole = night(before, *told, under=WORLDS[name].under, whole=True)

    same(part, whole)
    kept(first, part)


def kept(first: Plan, second: Plan) -> None:
    """Hold what a store has, read anew, against the plan, of which it wrote only what was touched."""
    with TemporaryDirectory() as folder:
        store = Store.open("sqlite:///council.db", Path(folder))
        for plan in (first, second):
            store.commit(replace(plan, ledger=None), summary={})
        stands = store.yesterday()
        store.close()
    for name, lane in second.lanes.items():
        for part in PARTS:
            frames = (getattr(state, part) for state in (stands.lane(name), lane.state))
            stored, planned = (frame.sort(frame.columns[:2]) for frame in frames)
            assert stored.equals(planned), (name, part)


def test_the_worlds_are_not_trivial() -> None:
    """In most, somebody is left out of what is solved, and something is said otherwise."""
    plans = [lived(name)[-1] for name in WORLDS]
    part = [p for p in plans if p.reading.touched and len(p.reading.touched.mentions) < p.mentions.height]

    assert len(part) > len(plans) / 2
    assert sum(p.reading.changes.height > 0 for p in plans) > len(plans) / 2

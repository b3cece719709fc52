"""A revised register gives every elector another number: identifiers and decisions outlive it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from svoc.binding import policy_of, read_extracts, read_gazetteer
from svoc.guards import reasons
from svoc.rehearsal.town import rehearse
from svoc.settings import CouncilSettings, GuardSettings
from svoc.words.changes import Cause
from svoc.words.plan import Plan, Yesterday
from tests.worlds import decisions, groups, morrow, night

REGISTER = "electoral_register"
KEPT = 0.999


@dataclass(frozen=True, slots=True)
class Revised:
    """Two nights of a town with a new register on the second, who is who, and a rebuild without any decision.

    `plain` is the second night without any; `first` and `second` are planned under the decisions of `ledger`.
    """

    before: Yesterday
    first: Plan
    second: Plan
    plain: Plan
    rebuilt: Plan
    ledger: pl.DataFrame
    truth: tuple[pl.DataFrame, pl.DataFrame]


@cache
def revised() -> Revised:
    with TemporaryDirectory() as folder:
        town = rehearse(Path(folder), dwellings=400, seed=11, nights=2, revised=1)
        own = CouncilSettings.read(town.settings)
        gazetteer, under = read_gazetteer(own), policy_of(own)
        given = read_extracts(own, Yesterday().taken)
        first = night(Yesterday(), *given.extracts, under=under, at=gazetteer)
        ledger = decisions(*_said(first))
        settled = night(morrow(Yesterday(), first, decisions=ledger), under=under, at=gazetteer)
        before = morrow(morrow(Yesterday(), first, decisions=ledger), settled, taken=given.taken)
        new = read_extracts(own, before.taken)
        second = night(before, *new.extracts, under=under, at=gazetteer)
        rebuilt = night(Yesterday(), *new.extracts, under=under, at=gazetteer)
        without = morrow(Yesterday(), first, taken=given.taken)
        plain = night(without, *new.extracts, under=under, at=gazetteer)
        truth = tuple(pl.read_csv(Path(folder) / f"truth_2026-11-0{n}.csv", infer_schema=False) for n in (2, 3))
    return Revised(before, settled, second, plain, rebuilt, ledger, (truth[0], truth[1]))


def _named(plan: Plan) -> pl.DataFrame:
    """Give who is who by where each stands in the extracts, for a rebuild allots keys anew."""
    where = pl.concat_str("source", "record", pl.col("party").cast(pl.String), separator="/")
    named = plan.mentions.select("mention", where=where)
    return plan.reading.state.members.join(named, on="mention").select("person", mention="where")


def _said(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Part twenty persons made of a Council Tax party and an elector, and join twenty such to a neighbour's elector."""
    members = plan.reading.state.members
    taxed, elected = (members.filter(pl.col("mention").str.starts_with(f"{s}/")) for s in ("council_tax", REGISTER))
    both = taxed.join(elected, on="person", suffix="_elector").sort("mention").unique("person", keep="first")
    both = both.sort("mention")
    for left, right in both.head(20).select("mention", "mention_elector").iter_rows():
        yield "different", left, right
    lonely = elected.join(taxed, on="person", how="anti").sort("mention")["mention"].to_list()
    for left, right in zip(both["mention"][20:40], lonely[:20], strict=True):
        yield "same", left, right


@pytest.fixture
def town() -> Revised:
    return revised()


def stayed(town: Revised, lane: str) -> pl.DataFrame:
    """Give the electors who are on both registers at one place: both numbers, keys and identifiers."""
    nights = []
    for plan, truth in zip((town.first, town.second), town.truth, strict=True):
        entries = plan.mentions.filter(pl.col("source") == REGISTER).select("mention", "source", "record")
        whose = truth.filter(pl.col("person") != "").select("source", "record", "person", "uprn")
        of = plan.lanes[lane].state.members.rename({"person": "identifier"})
        nights.append(entries.join(whose, on=["source", "record"]).join(of, on="mention"))
    return nights[0].join(nights[1], on=["person", "uprn"], suffix="_then")


@pytest.mark.parametrize("lane", ["statutory", "service"])
def test_every_number_has_changed_and_electors_who_stayed_keep_key_and_identifier(town: Revised, lane: str) -> None:
    both = stayed(town, lane)
    same = {n: both.filter(pl.col(n) == pl.col(f"{n}_then")).height for n in ("record", "mention", "identifier")}
    share = {name: count / both.height for name, count in same.items()}

    assert both.height > 200
    assert share["record"] < 0.01
    assert share["mention"] >= KEPT
    assert share["identifier"] >= KEPT


def test_no_key_goes_to_another_elector(town: Revised) -> None:
    whose = []
    for plan, truth in zip((town.first, town.second), town.truth, strict=True):
        whose.append(plan.mentions.select("mention", "source", "record").join(truth, on=["source", "record"]))
    moved = whose[0].join(whose[1], on="mention", suffix="_then").filter(pl.col("person") != pl.col("person_then"))

    assert moved.filter(pl.col("source") == REGISTER).is_empty()


def test_every_decision_still_holds(town: Revised) -> None:
    assert town.ledger.height == 40
    for plan in (town.first, town.second):
        of = dict(plan.reading.state.members.iter_rows())
        held = [(of[left] == of[right]) == (verdict == "same")
                for verdict, left, right in town.ledger.select("verdict", "left", "right").iter_rows()
                if left in of and right in of]  # fmt: skip
        assert len(held) >= 39, "a record or two may have been withdrawn"
        assert all(held)


def test_law_5_a_rebuild_that_never_saw_the_old_register_comes_to_the_same(town: Revised) -> None:
    assert groups(_named(town.plain)) == groups(_named(town.rebuilt))


def test_no_guard_holds_against_it_and_nobody_is_told(town: Revised) -> None:
    assert reasons(town.second, town.before, GuardSettings()) == ()
    renumbered = stayed(town, "statutory").filter(pl.col("record") != pl.col("record_then"))
    changes = town.second.reading.changes.filter(pl.col("cause") == Cause.WORLD.value)
    assert changes["person"].n_unique() < 0.05 * renumbered.height

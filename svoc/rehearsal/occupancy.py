"""Which household lives in which dwelling of the rehearsal town, since when, and who left it before them."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import polars as pl

from svoc.rehearsal.households import FAMILIES
from svoc.rehearsal.place_schema import FIRST_NIGHT

Texts = npt.NDArray[np.object_]
Whole = npt.NDArray[np.int64]

HOUSEHOLDS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "household": pl.Int32(),
        "kind": pl.String(),
        "dwelling": pl.Int32(),  # null for those who come to the town on a later night
        "since": pl.Date(),
        "until": pl.Date(),  # null while they live there
        "fate": pl.String(),  # of those who have gone: moved, abroad or died
        "came_from": pl.Int32(),  # the dwelling in the town they left for this one
        "came_from_since": pl.Date(),
    }
)
"""One household a row: those who live in the town, those who have lately gone, and those who are to come."""

LATELY = 300
"""Days before the first night in which a move counts as recent: its traces are still in the extracts."""

LATELY_MOVED = 0.11
"""Share of households that moved in within those days."""

FROM_THE_TOWN = 0.5
"""Share of recent movers who came from another dwelling of the town."""

EMPTY_OR_SECOND_HOME = 0.05
"""Share of family dwellings in which nobody lives."""


def _kinds(dwellings: pl.DataFrame, rng: np.random.Generator) -> Texts:
    """Choose a kind of household for each dwelling; "" for an empty one."""
    chance = rng.random(dwellings.height)
    shares = np.array([kind.share for kind in FAMILIES])
    shares = np.cumsum(shares / shares.sum() * (1 - EMPTY_OR_SECOND_HOME))
    names = np.array([*(kind.kind for kind in FAMILIES), ""], dtype=object)
    chosen = names[np.searchsorted(shares, chance)]
    small = (dwellings["holds"].fill_null(4).to_numpy() <= 2) & (chosen != "")
    chosen[small] = np.where(rng.random(dwellings.height)[small] < 0.6, "single", "couple")
    kind = dwellings["kind"].to_numpy().astype(object)
    student = rng.random(dwellings.height) < 0.3
    chosen[kind == "shared_house"] = np.where(student, "student_house", "shared_house")[kind == "shared_house"]
    chosen[kind == "student_hall"] = "student_flat"
    homes = kind == "care_home"
    size = dwellings["holds"].fill_null(20).to_numpy()
    chosen[homes] = [f"care_home_{held}" for held in size[homes]]
    return chosen


def _since(kinds: Texts, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw how many days before the first night each household moved in."""
    count = len(kinds)
    settled = LATELY + (rng.exponential(3200, count)).astype(np.int64)
    lately = rng.integers(2, LATELY, count)
    days = np.where(rng.random(count) < LATELY_MOVED, lately, settled)
    student = np.isin(kinds, ["student_flat", "student_house"])
    return np.where(student, rng.integers(36, 65, count), np.minimum(days, 14000))


def _moves(dwelling: Whole, days: Whole, movable: npt.NDArray[np.bool_], rng: np.random.Generator) -> Whole:
    """Choose where the recent movers came from: the home of the one who moved in next after them, or -1.

    So the home they left is one that was taken again on the same day or later.
    """
    came_from = np.full(len(dwelling), -1, dtype=np.int64)
    movers = np.flatnonzero(movable & (days < LATELY) & (rng.random(len(days)) < FROM_THE_TOWN * 1.15))
    movers = movers[np.argsort(-days[movers], kind="stable")]
    if len(movers) > 1:
        came_from[movers[:-1]] = dwelling[movers[1:]]
    return came_from


def place_households(dwellings: pl.DataFrame, arrivals: int, rng: np.random.Generator) -> pl.DataFrame:
    """Choose households: those at home, those who left before the recent movers, and those yet to come.

    Gives HOUSEHOLDS; `arrivals` of them have no dwelling yet.
    """
    kinds = _kinds(dwellings, rng)
    home = np.flatnonzero(kinds != "")
    number = dwellings["dwelling"].to_numpy().astype(np.int64)
    dwelling, kind = number[home], kinds[home]
    days = _since(kind, rng)
    fixed = np.array([name.startswith(("student", "care_home", "shared")) for name in kind], dtype=bool)
    came_from = _moves(dwelling, days, ~fixed, rng)
    before = days + rng.integers(400, 5000, len(days))
    left = (days < LATELY) & ~fixed & ~np.isin(dwelling, came_from) & (rng.random(len(days)) < 0.8)
    families = np.array([household.kind for household in FAMILIES], dtype=object)
    shares = np.array([household.share for household in FAMILIES])
    draw = rng.choice(len(families), size=int(left.sum()) + arrivals, p=shares / shares.sum())
    gone, coming = families[draw[: int(left.sum())]], families[draw[int(left.sum()) :]]
    # the old die at home; the others move, a few of them abroad
    fate = np.where(rng.random(len(gone)) < 0.08, "abroad", "moved").astype(object)
    fate[(gone == "single_old") & (rng.random(len(gone)) < 0.6)] = "died"
    gap = np.minimum(rng.integers(0, 60, len(gone)), LATELY)
    rows = [
        _household_rows(kind, dwelling, days, None, None, came_from, before),
        _household_rows(
            gone, dwelling[left], days[left] + gap + rng.integers(300, 6000, len(gone)), days[left] + gap, fate
        ),
        _household_rows(coming, None, None, None, None),
    ]
    return pl.concat(rows).with_row_index("household").cast(dict(HOUSEHOLDS))  # type: ignore[arg-type]


def _household_rows(
    kind: Texts,
    dwelling: Whole | None,
    since: Whole | None,
    until: Whole | None,
    fate: Texts | None,
    came_from: Whole | None = None,
    before: Whole | None = None,
) -> pl.DataFrame:
    def days_ago(days: Whole | None) -> pl.Series:
        if days is None:
            return pl.Series([None] * len(kind), dtype=pl.Date)
        return pl.Series([FIRST_NIGHT - timedelta(days=int(day)) for day in days], dtype=pl.Date)

    def numbers(values: Whole | None) -> pl.Series:
        return pl.Series([None] * len(kind) if values is None else values.tolist(), dtype=pl.Int64)

    frame = pl.DataFrame(
        {
            "kind": pl.Series(kind.tolist(), dtype=pl.String),
            "dwelling": numbers(dwelling),
            "since": days_ago(since),
            "until": days_ago(until),
            "fate": pl.Series([None] * len(kind) if fate is None else fate.tolist(), dtype=pl.String),
            "came_from": numbers(came_from),
            "came_from_since": days_ago(before),
        }
    )
    moved = pl.col("came_from") >= 0
    return frame.with_columns(
        came_from=pl.when(moved).then("came_from"), came_from_since=pl.when(moved).then("came_from_since")
    )

"""Say whom tonight's changes touch: about whom a night worked out in full might say something new, and what that needs.

A person's records hang together by what joins them; whether a pair is joined rests on its rivals, and on who is who at
the places of either end. So who may be said to be another person is reached by what joins, from the ends of every pair
whose weight or rivals may have changed; and to solve them, their neighbours by pairs are looked at too, with all who
stand around those. All else stands as it stood.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from matchers.graph import numbered, parts

__all__ = ["GROUND", "Region", "around", "changed_decisions", "ground", "touched"]

GROUND: dict[str, pl.DataType] = {"mention": pl.String(), "place": pl.Int64(), "account": pl.UInt64()}
"""Where a mention stands: its place, and a number for its record."""

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Edges = tuple[Rows, Rows]


@dataclass(frozen=True, slots=True)
class Region:
    """Whom tonight's changes touch.

    `core`: the mentions that are solved again, those among them that are gone; `context`: those that are looked at to
    solve them, the core among them; `places`: where the core stands, or stood yesterday.
    """

    core: pl.Series
    context: pl.Series
    places: pl.Series


def ground(mentions: pl.DataFrame) -> pl.DataFrame:
    """Give a frame of `GROUND`, sorted by mention; `mentions`: frame of `PLACED`, sorted so."""
    account = pl.concat_str("source", "record", separator="\x1f").hash()
    return mentions.select("mention", "place", account=account)


def around(seeds: pl.Series, *grounds: pl.DataFrame) -> pl.Series:
    """Give the seeds and all who stand at one place or in one record with one of them, on any of these grounds."""
    own = [g.filter(pl.col("mention").is_in(seeds.implode())) for g in grounds]
    accounts = pl.concat([f["account"] for f in own]).unique().implode()
    beside = pl.col("place").is_in(_places(own).implode()) | pl.col("account").is_in(accounts)
    return pl.concat([seeds, *(each.filter(beside)["mention"] for each in grounds)]).unique()


def _places(grounds: Iterable[pl.DataFrame]) -> pl.Series:
    return pl.concat([frame["place"] for frame in grounds]).drop_nulls().unique()


def changed_decisions(now: pl.DataFrame, then: pl.DataFrame) -> pl.Series:
    """Name the mentions of decisions (frames of `DECISIONS`) that hold on one of two nights and not on the other."""
    on = ["decision", "verdict", "left", "right"]
    moved = pl.concat([now.join(then, on=on, how="anti").select(on), then.join(now, on=on, how="anti").select(on)])
    return pl.concat([moved["left"], moved["right"]]).unique()


def touched(
    seeds: pl.Series,
    now: pl.DataFrame,
    then: pl.DataFrame,
    *,
    rivals: Iterable[pl.DataFrame],
    joins: Iterable[pl.DataFrame],
    decided: Sequence[pl.DataFrame],
    persons: pl.DataFrame,
) -> Region:
    """Give what hangs together with the seeds.

    `seeds`: keys of mentions, with all that stood around them on either night (`around`); `now`, `then`: frames of
    `GROUND`, tonight's mentions and yesterday's; `rivals`: frames of `left` and `right`, the pairs of either night that
    count at all; `joins`: those that join, or might; `decided`: frames of `DECISIONS` that hold, or held;
    `persons`: yesterday's `MEMBERS`.
    """
    gone = then.filter(pl.col("mention").is_in(seeds.implode())).join(now, on="mention", how="anti")
    nodes = pl.concat([now, gone]).sort("mention")
    near, said = _edges(nodes, [*rivals, *decided]), _edges(nodes, decided)
    person = nodes.join(persons, on="mention", how="left", maintain_order="left").select("person")
    left, right = (np.concatenate(ends) for ends in zip(_edges(nodes, joins), said, _beside(person), strict=True))
    group, knot = parts(nodes.height, left, right), parts(nodes.height, *said)

    def whole(some: Flags) -> Flags:
        return np.isin(group, group[some])

    at = numbered(seeds, nodes["mention"])
    begun = np.zeros(nodes.height, dtype=np.bool_)
    begun[at[at >= 0]] = True
    core = whole(_with_neighbours(begun, near))
    judged = whole(_with_neighbours(core, near))
    names = nodes["mention"]
    own = pl.concat([names.filter(pl.Series(core)), seeds]).unique().sort()
    looked_at = names.filter(pl.Series(_with_neighbours(judged, near)))
    context = around(pl.concat([looked_at, own]).unique(), now, then)
    # What stewards said holds through third records, wherever these stand.
    here = numbered(context.sort(), names)
    mates = names.filter(pl.Series(np.isin(knot, knot[here[here >= 0]])))
    context = pl.concat([context, mates]).unique()
    standing = [g.filter(pl.col("mention").is_in(own.implode())) for g in (now, then)]
    return Region(own, context, _places(standing))


def _edges(nodes: pl.DataFrame, ties: Iterable[pl.DataFrame]) -> Edges:
    """Give ties as numbers of nodes, those left out that name nobody here."""
    both = pl.concat([frame.select("left", "right") for frame in ties]).unique().sort("left", "right")
    left, right = numbered(both["left"], nodes["mention"]), numbered(both["right"], nodes["mention"])
    known = (left >= 0) & (right >= 0)
    return left[known], right[known]


def _with_neighbours(some: Flags, edges: Edges) -> Flags:
    left, right = edges
    found = some.copy()
    found[right[some[left]]] = True
    found[left[some[right]]] = True
    return found


def _beside(column: pl.DataFrame) -> Edges:
    """Tie each row to the first that has its value."""
    (name,) = column.columns
    rows = column.with_row_index("row").drop_nulls(name)
    tied = rows.with_columns(first=pl.col("row").first().over(name)).filter(pl.col("first") != pl.col("row"))
    return tied["first"].to_numpy().astype(np.int64), tied["row"].to_numpy().astype(np.int64)

"""Say whom tonight's changes touch: the mentions about which a night worked out in full might say something new.

Nothing that is said of a mention rests on one that it does not hang together with. Mentions hang together at one place,
in one record, by a pair of any weight that counts, and by a decision. So what hangs together with a change, today or
yesterday, is solved again, whole; all else stands as it stood.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from matchers.graph import numbered, parts

__all__ = ["GROUND", "around", "changed_decisions", "ground", "touched"]

GROUND: dict[str, pl.DataType] = {"mention": pl.String(), "place": pl.Int64(), "account": pl.UInt64()}
"""Where a mention stands: its place, and a number for its record."""

Rows = npt.NDArray[np.int64]


def ground(mentions: pl.DataFrame) -> pl.DataFrame:
    """Give a frame of `GROUND`, sorted by mention; `mentions`: frame of `PLACED`, sorted so."""
    account = pl.concat_str("source", "record", separator="\x1f").hash()
    return mentions.select("mention", "place", account=account)


def around(seeds: pl.Series, *grounds: pl.DataFrame) -> pl.Series:
    """Give the seeds and all who stand at one place or in one record with one of them, on any of these grounds."""
    own = [g.filter(pl.col("mention").is_in(seeds.implode())) for g in grounds]
    places = pl.concat([f["place"] for f in own]).drop_nulls().unique().implode()
    accounts = pl.concat([f["account"] for f in own]).unique().implode()
    beside = pl.col("place").is_in(places) | pl.col("account").is_in(accounts)
    return pl.concat([seeds, *(each.filter(beside)["mention"] for each in grounds)]).unique()


def changed_decisions(now: pl.DataFrame, then: pl.DataFrame) -> pl.Series:
    """Name the mentions of decisions (frames of `DECISIONS`) that hold on one of two nights and not on the other."""
    on = ["decision", "verdict", "left", "right"]
    moved = pl.concat([now.join(then, on=on, how="anti").select(on), then.join(now, on=on, how="anti").select(on)])
    return pl.concat([moved["left"], moved["right"]]).unique()


def touched(seeds: pl.Series, now: pl.DataFrame, gone: pl.DataFrame, ties: Iterable[pl.DataFrame]) -> pl.Series:
    """Give all that hang together with the seeds, sorted, the seeds among them.

    `seeds`: keys of mentions, with all that stood around them on either night (`around`); `now`, `gone`: frames of
    `GROUND`, tonight's mentions and those of yesterday that are here no more; `ties`: frames of `left` and `right`, of
    yesterday's pairs and tonight's. Who hung together yesterday and does no more was parted by a change, and so is
    reached from either side of it.
    """
    nodes = pl.concat([now, gone]).sort("mention")
    both = pl.concat([frame.select("left", "right") for frame in ties]).unique()
    tied = (numbered(both["left"], nodes["mention"]), numbered(both["right"], nodes["mention"]))
    known = (tied[0] >= 0) & (tied[1] >= 0)
    edges = [(tied[0][known], tied[1][known]), _beside(nodes, "place"), _beside(nodes, "account")]
    left, right = (np.concatenate([edge[side] for edge in edges]) for side in (0, 1))
    roots = parts(nodes.height, left, right)
    at = numbered(seeds, nodes["mention"])
    reached = np.isin(roots, roots[at[at >= 0]])
    return pl.concat([nodes["mention"].filter(pl.Series(reached)), seeds]).unique().sort()


def _beside(nodes: pl.DataFrame, column: str) -> tuple[Rows, Rows]:
    """Tie each to the first that shares a value."""
    numbered_rows = nodes.select(column).with_row_index("row").drop_nulls(column)
    rows = numbered_rows.with_columns(first=pl.col("row").first().over(column)).filter(pl.col("first") != pl.col("row"))
    return rows["first"].to_numpy().astype(np.int64), rows["row"].to_numpy().astype(np.int64)

"""Say whom tonight's changes touch: the mentions about which a night worked out in full might say something new.

Nothing that is said of a mention rests on one that it does not hang together with. Mentions hang together at one place,
in one record, by a pair of any weight that counts, by a decision, and as yesterday's person. So what hangs together
with a change, today or yesterday, is solved again, whole; all else stands as it stood.
"""

from collections.abc import Iterable

import polars as pl

__all__ = ["GROUND", "around", "changed_decisions", "ground", "touched"]

GROUND: dict[str, pl.DataType] = {"mention": pl.String(), "place": pl.Int64(), "account": pl.UInt64()}
"""Where a mention stands: its place, and a number for its record."""


def ground(mentions: pl.DataFrame) -> pl.DataFrame:
    """Give a frame of `GROUND`; `mentions`: frame of `PLACED`."""
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


def touched(
    seeds: pl.Series, now: pl.DataFrame, then: pl.DataFrame, ties: Iterable[pl.DataFrame], persons: pl.DataFrame
) -> pl.Series:
    """Give all that hang together with the seeds, the seeds among them, those that are gone too.

    `seeds`: keys of mentions; `now`, `then`: frames of `GROUND`, tonight's mentions and yesterday's; `ties`: frames of
    `left` and `right`, of yesterday's pairs and tonight's; `persons`: yesterday's `MEMBERS`.
    """
    both = pl.concat([frame.select("left", "right") for frame in ties]).unique()
    reached = frontier = around(seeds, now, then)
    while len(frontier):
        at = frontier.implode()
        tied = [
            both.filter(pl.col("left").is_in(at))["right"],
            both.filter(pl.col("right").is_in(at))["left"],
            persons.join(persons.filter(pl.col("mention").is_in(at)), on="person", how="semi")["mention"],
        ]
        met = around(pl.concat(tied).unique(), now, then)
        frontier = met.filter(~met.is_in(reached.implode()))
        reached = pl.concat([reached, frontier])
    return reached.sort()

"""Keep register entries away from whoever is, by staff's word, an anonymous elector."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import polars as pl

from svoc.steps.delta import Delta
from svoc.steps.shield import shield
from svoc.words.protection import FLAGS, Protection, holding_flags

__all__ = ["bar", "barred", "electors_met", "records_kept_out"]

ANONYMOUS = pl.col("kind") == Protection.ANONYMOUS.value


def barred(ledger: pl.DataFrame) -> frozenset[str]:
    """Name the records that may belong to anonymous electors, by a ledger (frame of `PROTECTION`)."""
    return frozenset(holding_flags(ledger).filter(ANONYMOUS)["mention"])


def bar(change: Delta, keys: Collection[str]) -> Delta:
    """Give the night's records without the register entries of these keys, as if no register had them."""
    if not keys:
        return change
    out = _out(keys)
    stood = [change.standing.filter(out), change.mentions.filter(out & (pl.col("change") != "new"))]
    gone = pl.concat([change.withdrawn, *(frame.select("mention") for frame in stood)]).unique().sort("mention")
    return replace(
        change,
        mentions=change.mentions.filter(~out),
        standing=change.standing.filter(~out),
        withdrawn=gone,
        doubts=change.doubts.filter(~pl.col("mention").is_in(sorted(keys))),
    )


def records_kept_out(change: Delta, keys: Collection[str]) -> pl.DataFrame:
    """Name the records that `bar` takes away, as `source` and `record`.

    Nothing of their rows may be remembered: they are read again each night, so that whoever is anonymous no more comes
    back with the next extract.
    """
    return pl.concat([f.filter(_out(keys)).select("source", "record") for f in (change.mentions, change.standing)])


def _out(keys: Collection[str]) -> pl.Expr:
    return pl.col("mention").is_in(sorted(keys)) & (pl.col("role") == "elector").fill_null(value=False)


def electors_met(keys: Collection[str], mentions: pl.DataFrame, members: Iterable[pl.DataFrame]) -> frozenset[str]:
    """Name the register entries that a night would make one person with an anonymous elector, in any lane.

    `keys`: the records that may be theirs; `mentions`: frame of `PLACED`; `members`: frames of `MEMBERS`, one a lane.
    """
    if not keys:
        return frozenset()
    flags = pl.DataFrame({"mention": sorted(keys)}).with_columns(
        kind=pl.lit(Protection.ANONYMOUS.value), until=pl.lit(None, pl.Date())
    )
    theirs = shield(flags.select(FLAGS.keys()), members)
    return frozenset(mentions.filter(pl.col("role") == "elector").join(theirs, on="mention", how="semi")["mention"])

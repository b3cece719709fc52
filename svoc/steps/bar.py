"""Keep register entries away from whoever is, by staff's word, an anonymous elector."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import polars as pl

from svoc.steps.delta import Delta
from svoc.steps.shield import shield
from svoc.words.protection import FLAGS, Act, Protection, holding_flags

__all__ = ["anonymity_was_lifted", "bar", "barred", "electors_met"]

ANONYMOUS = pl.col("kind") == Protection.ANONYMOUS.value


def barred(ledger: pl.DataFrame) -> frozenset[str]:
    """Name the records that may belong to anonymous electors, by a ledger (frame of `PROTECTION`)."""
    return frozenset(holding_flags(ledger).filter(ANONYMOUS)["mention"])


def bar(change: Delta, keys: Collection[str]) -> Delta:
    """Give the night's records without the register entries of these keys, as if no register had them."""
    if not keys:
        return change
    out = pl.col("mention").is_in(sorted(keys)) & (pl.col("role") == "elector").fill_null(value=False)
    stood = [change.standing.filter(out), change.mentions.filter(out & (pl.col("change") != "new"))]
    gone = pl.concat([change.withdrawn, *(frame.select("mention") for frame in stood)]).unique().sort("mention")
    return replace(
        change,
        mentions=change.mentions.filter(~out),
        standing=change.standing.filter(~out),
        withdrawn=gone,
        doubts=change.doubts.filter(~pl.col("mention").is_in(sorted(keys))),
    )


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


def anonymity_was_lifted(ledger: pl.DataFrame) -> bool:
    """Say whether a register entry may have to come back that no night has held: then registers are read whole."""
    return not ledger.filter(ANONYMOUS & (pl.col("act") == Act.CLEAR.value)).is_empty()

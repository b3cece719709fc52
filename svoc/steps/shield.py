"""Spread protection over all that belongs to one person, and say what of it is new tonight."""

from collections.abc import Iterable

import polars as pl

from svoc.words.protection import FLAGS, HELD, Act, Protection
from svoc.words.records import PROTECTED

__all__ = ["LAID", "followed", "laid_tonight", "said_by_sources", "shield"]

LAID: dict[str, pl.DataType] = {"act": pl.String(), **FLAGS}
"""What a night adds to the ledger of protection: an act of `svoc.words.protection.Act`, and the flag."""

MEANT = {marker: marker if marker in set(Protection) else Protection.SAFE_ADDRESS.value for marker in PROTECTED}
"""The kind of protection that each marker of a record asks for."""


def shield(flags: pl.DataFrame, groups: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Spread flags over all that belongs together, and give them as a frame of `FLAGS`, sorted.

    `flags`: frame of `FLAGS`; `groups`: frames `mention`, `person`, each one lane on one night. A flag goes from record
    to record through any of them; one that ends on a day ends on that day wherever it has come to.

    >>> flags = pl.DataFrame({"mention": ["a"], "kind": ["safe-address"], "until": [None]}, schema=FLAGS)
    >>> lanes = [pl.DataFrame({"mention": ["a", "b"], "person": ["P", "P"]}),
    ...          pl.DataFrame({"mention": ["b", "c", "d"], "person": ["Q", "Q", "R"]})]
    >>> shield(flags, lanes)["mention"].to_list()
    ['a', 'b', 'c']
    """
    lanes = list(groups)
    parts = [pl.DataFrame(schema=FLAGS)]
    for (kind, until), of in flags.group_by("kind", "until"):
        found = pl.DataFrame({"mention": _together(of["mention"], lanes)})
        parts.append(found.with_columns(kind=pl.lit(kind), until=pl.lit(until, pl.Date())))
    return pl.concat(parts).sort(list(FLAGS))


def _together(mentions: pl.Series, lanes: list[pl.DataFrame]) -> pl.Series:
    """Name these mentions and all that share a person with them in any lane, through however many others."""
    found = mentions.unique()
    while True:
        wider = [found]
        for lane in lanes:
            persons = lane.filter(pl.col("mention").is_in(found.implode()))["person"].unique()
            wider.append(lane.filter(pl.col("person").is_in(persons.implode()))["mention"])
        grown = pl.concat(wider).unique()
        if len(grown) == len(found):
            return found
        found = grown


def said_by_sources(mentions: pl.DataFrame, places: Iterable[int]) -> pl.DataFrame:
    """Give the flags (`FLAGS`) that records (frame of `PLACED`) bring: by a marker of theirs, or by where they lie.

    `places`: UPRNs of refuges and communal homes; a record there, or with a forwarding address there, is protected.
    """
    marked = mentions.filter(pl.col("markers").list.len() > 0).select("mention", kind="markers").explode("kind")
    said = marked.filter(pl.col("kind").is_in(PROTECTED)).with_columns(pl.col("kind").replace_strict(MEANT))
    known = sorted(set(places))
    there = pl.any_horizontal(pl.col("uprn", "place", "supplied_uprn", "forwarding_place").is_in(known))
    lying = mentions.filter(there.fill_null(value=False)) if known else mentions.clear()
    found = pl.concat([said, lying.select("mention", kind=pl.lit(Protection.SAFE_ADDRESS.value))]).unique()
    return found.with_columns(until=pl.lit(None, pl.Date())).select(FLAGS.keys())


def followed(flags: pl.DataFrame, succeeded: pl.DataFrame) -> pl.DataFrame:
    """Add to flags (`FLAGS`) those of entries of a new register that are, or may be, flagged ones of the old.

    `succeeded`: `mention` and `instead`; what holds of the second holds of the first.
    """
    more = flags.rename({"mention": "instead"}).join(succeeded, on="instead").select(FLAGS.keys())
    return pl.concat([flags, more]).unique()


def laid_tonight(stood: pl.DataFrame, said: pl.DataFrame, spread: pl.DataFrame) -> pl.DataFrame:
    """Give what the ledger lacks, as a frame of `LAID`: what sources say, and what protection has come to.

    `stood`: the flags that hold; `said`: those that records bring; `spread`: all of them where they have come to.
    """
    new = spread.join(stood, on=list(FLAGS), how="anti", nulls_equal=True)
    by_source = new.join(said, on=list(HELD), how="semi") if said.height else new.clear()
    others = new.join(by_source, on=list(FLAGS), how="anti", nulls_equal=True)
    acts = ((Act.SOURCE, by_source), (Act.SPREAD, others))
    rows = [frame.with_columns(act=pl.lit(act.value)).select(LAID.keys()) for act, frame in acts]
    return pl.concat([pl.DataFrame(schema=LAID), *rows]).sort("mention", "kind", "act")

"""Spread protection over all that belongs to one person, and say what of it is new tonight."""

from collections.abc import Iterable

import polars as pl

from svoc.words.decisions import CaseKind, Verdict
from svoc.words.protection import FLAGS, HELD, Act, Protection
from svoc.words.records import PROTECTED

__all__ = ["DOUBTFUL", "LAID", "followed", "in_doubt", "laid_tonight", "said_by_sources", "shield"]

LAID: dict[str, pl.DataType] = {"act": pl.String(), **FLAGS}
"""What a night adds to the ledger of protection: an act of `svoc.words.protection.Act`, and the flag."""

DOUBTFUL = (CaseKind.HOUSEHOLD.value, CaseKind.POSSIBLE_MOVE.value, CaseKind.CONFLICT.value, CaseKind.LIFE_EVENT.value)
"""The kinds of case that ask whether records are one person."""
OF_THE_FIRST = (CaseKind.LIFE_EVENT.value,)
"""Those that ask it of the record that they name first, and not of the others among themselves."""

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


def in_doubt(
    flagged: pl.Series, cases: pl.DataFrame, decisions: pl.DataFrame, groups: Iterable[pl.DataFrame]
) -> pl.Series:
    """Name the records that may be one with flagged ones, and all that is one with those.

    So it is while a steward is asked, and where the answer that holds is that it cannot be told. `flagged`: keys;
    `cases`: `kind` and `mentions` of the open cases of all lanes; `decisions`: frame of `DECISIONS` that hold;
    `groups`: as for `shield`. No flag comes to these records: nobody is protected for good by likeness to somebody.

    >>> cases = pl.DataFrame({"kind": ["possible_move", "life_event"], "mentions": [["a", "b"], ["e", "c", "a"]]})
    >>> nothing = pl.DataFrame(schema={"verdict": pl.String(), "left": pl.String(), "right": pl.String()})
    >>> in_doubt(pl.Series("mention", ["a"]), cases, nothing, []).to_list()
    ['b', 'e']
    """
    if flagged.is_empty():
        return pl.Series("mention", [], dtype=pl.String)
    keys = flagged.implode()
    of_them = pl.col("mentions").list.eval(pl.element().is_in(keys)).list.any()
    asked = cases.filter(pl.col("kind").is_in(DOUBTFUL) & of_them)
    firsts = pl.when(pl.col("kind").is_in(OF_THE_FIRST)).then(pl.col("mentions").list.head(1)).otherwise("mentions")
    unsure = decisions.filter(pl.col("verdict") == Verdict.UNSURE.value)
    beside = unsure.filter(pl.col("left").is_in(keys) | pl.col("right").is_in(keys))
    found = [asked.select(firsts.alias("mention"))["mention"].explode(), beside["left"], beside["right"]]
    together = _together(pl.concat([each.rename("mention") for each in found]).drop_nulls(), list(groups))
    return together.filter(~together.is_in(keys)).sort()


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

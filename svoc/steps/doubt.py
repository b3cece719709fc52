"""Entries of a new register that may be one of several of the old: what is asked, and what an answer carries over."""

import polars as pl

from svoc.steps.liken import graded
from svoc.steps.succeed import PLACES, signs
from svoc.words.decisions import Verdict
from svoc.words.plan import DOUBTS

__all__ = ["ANSWERED", "answered", "asked_in", "doubt", "given_over"]

ANSWERED: dict[str, pl.DataType] = {"entry": pl.String(), "former": pl.String(), "holds": pl.Boolean()}
"""What stewards have said: the key that an entry was given, and the former one that it bears by their answer."""


def doubt(todays: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Say of entries to which no key was carried over whose they may be: the names are alike, and the place is one.

    `todays`: frame of `RECORDS` with `mention`, the key that is new; `known`: frame of `KNOWN`, what was live yesterday
    and is nobody's tonight. Where one key would have fitted it was given (`svoc.steps.succeed`), so these are such as
    fit several, or are not alone. Gives a frame of `DOUBTS`.
    """
    if todays.is_empty() or known.is_empty():
        return pl.DataFrame(schema=DOUBTS)
    now = todays.with_columns(row="mention", **signs())
    then = known.with_columns(**signs())
    found = [
        (str(row), mention)
        for place in PLACES
        for _, row, mention in graded(
            now.drop_nulls(place), then.drop_nulls(place), within=["source", place], new_surnames=False
        )
    ]
    return pl.DataFrame(found, schema=DOUBTS, orient="row").unique().sort("mention", "may_be")


def asked_in(doubts: pl.DataFrame, live: pl.Series, entries: pl.Series, former: pl.Series) -> pl.DataFrame:
    """Give the doubts (`DOUBTS`) that a lane has of its own, as if no record were there that it may not use.

    `live`: the keys of tonight's mentions; `entries`: those that the lane admits; `former`: the keys of the old that it
    admitted. One entry that is left with one of the old, and alone with it, would be that one if there were no others:
    the lane is not asked, for the question would tell that there are.
    """
    if doubts.is_empty():
        return doubts
    here = doubts.filter(pl.col("mention").is_in(live.implode()))
    own = here.filter(pl.col("mention").is_in(entries.implode()) & pl.col("may_be").is_in(former.implode()))
    return own.join(_alone(own).join(_alone(here), on=list(DOUBTS), how="anti"), on=list(DOUBTS), how="anti")


def _alone(doubts: pl.DataFrame) -> pl.DataFrame:
    return doubts.filter((pl.len().over("mention") == 1) & (pl.len().over("may_be") == 1))


def answered(decisions: pl.DataFrame) -> pl.DataFrame:
    """Give the last answer about each entry of which a steward has said whose it is, as a frame of `ANSWERED`.

    `decisions`: frame of `DECISIONS`, all that were ever made; an answer that was taken back or superseded is told as
    one that does not hold. It does not expire.
    """
    said = decisions.filter(pl.col("verdict") == Verdict.SUCCEEDS.value).sort("decision")
    if said.is_empty():
        return pl.DataFrame(schema=ANSWERED)
    told = said.select(entry="left", former="right", holds=pl.col("superseded_by").is_null())
    last = told.sort("holds", maintain_order=True).unique("entry", keep="last", maintain_order=True)
    return last.sort("holds", maintain_order=True).unique("former", keep="last", maintain_order=True).sort("entry")


def given_over(answers: pl.DataFrame, live: pl.Series) -> pl.DataFrame:
    """Say which keys change tonight: `mention`, the key that an entry bears now, and `instead`, the one it will bear.

    `answers`: frame of `ANSWERED`; `live`: keys that are somebody's. The entry takes the former key by an answer that
    holds, and has its own again when the answer is taken back.
    """
    if answers.is_empty():
        return pl.DataFrame(schema={"mention": pl.String(), "instead": pl.String()})
    here = live.implode()
    entry, former = pl.col("entry").is_in(here), pl.col("former").is_in(here)
    forth = answers.filter(pl.col("holds") & entry & ~former).select(mention="entry", instead="former")
    back = answers.filter(~pl.col("holds") & former & ~entry).select(mention="former", instead="entry")
    return pl.concat([forth, back])

"""Pair parties whose names are so like that they must be one, one to one."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import polars as pl
from rapidfuzz.distance import JaroWinkler

__all__ = ["graded", "liken"]

COMPARED = ["title", "forename", "surname", "kind", "party_reference", "dob", "address"]
MEN = frozenset({"MR", "MASTER", "SIR", "LORD", "FR", "FATHER", "BROTHER", "IMAM", "RABBI"})
WOMEN = frozenset({"MRS", "MISS", "MS", "LADY", "DAME", "MADAM", "SISTER"})
SIMILAR = 0.88
"""Jaro-Winkler from which two spellings within one record are taken for one name (a typo mended)."""


def liken(
    todays: pl.DataFrame, known: pl.DataFrame, *, within: Sequence[str], new_surnames: bool = True
) -> pl.DataFrame:
    """Pair what is left one to one, the likest first and what is live first; of two equally like, neither.

    `todays`: frame of `RECORDS` with `row`; `known`: frame of `KNOWN`; only those that agree on the columns `within`
    are looked at (a record, or a source and a place). With `new_surnames`, one who is still listed and still there may
    have taken another surname. Gives `row` and `mention`.
    """
    by_grade = sorted(graded(todays, known, within=within, new_surnames=new_surnames), key=lambda g: g[0], reverse=True)
    settled: set[int | str] = set()
    taken: list[tuple[int, str]] = []
    for _, alike in groupby(by_grade, key=lambda g: g[0]):
        here = [(row, mention) for _, row, mention in alike if row not in settled and mention not in settled]
        ends = Counter(end for pair in here for end in pair)
        taken += [pair for pair in here if all(ends[end] == 1 for end in pair)]
        settled |= set(ends)
    return pl.DataFrame(taken, schema={"row": todays.schema["row"], "mention": pl.String()}, orient="row")


def graded(
    todays: pl.DataFrame, known: pl.DataFrame, *, within: Sequence[str], new_surnames: bool
) -> list[tuple[tuple[float, bool], Any, str]]:
    """Grade all whose names are alike, as `liken` reads them: how alike and whether live, `row`, `mention`."""
    if todays.is_empty() or known.is_empty():
        return []
    beside = [name for name in within if name not in COMPARED]
    both = (
        todays.select("row", *COMPARED, *beside)
        .join(known.select("mention", "live", *COMPARED, *beside), on=list(within), suffix="_then", coalesce=False)
        .filter(pl.col("kind") == pl.col("kind_then"))
    )
    found = [
        ((_likeness(pair, new_surnames=new_surnames), pair["live"]), pair["row"], pair["mention"])
        for pair in both.iter_rows(named=True)
    ]
    return [grade for grade in found if grade[0][0]]


def _likeness(pair: dict[str, Any], *, new_surnames: bool) -> float:
    """Grade how alike two names within one record are; 0 where they may well be two people."""
    if any(_differ(pair, sign) for sign in ("party_reference", "dob")) or _opposed(pair["title"], pair["title_then"]):
        return 0.0
    forename = _alike(pair["forename"], pair["forename_then"])
    surname = _alike(pair["surname"], pair["surname_then"])
    if forename and surname:
        return forename + surname
    return 0.5 if new_surnames and forename == 1.0 and _took_a_new_surname(pair) else 0.0


def _took_a_new_surname(pair: dict[str, Any]) -> bool:
    """Say whether somebody of one full forename, still listed and still there, goes by another surname."""
    still_there = pair["address"] == pair["address_then"] or (pair["dob"] and pair["dob"] == pair["dob_then"])
    return bool(len(pair["forename"]) > 1 and pair["live"] and still_there)


def _differ(pair: dict[str, Any], sign: str) -> bool:
    now, then = pair[sign], pair[f"{sign}_then"]
    return now is not None and then is not None and now != then


def _opposed(now: str | None, then: str | None) -> bool:
    """Say whether two titles belong to a man and a woman: a widow is never given her husband's key."""
    return (now in MEN and then in WOMEN) or (now in WOMEN and then in MEN)


def _alike(now: str | None, then: str | None) -> float:
    if not now or not then:
        return 0.3
    if now == then:
        return 1.0
    if min(len(now), len(then)) == 1:
        return 0.8 if now[0] == then[0] else 0.0
    likeness = JaroWinkler.similarity(now, then)
    return likeness * 0.9 if likeness >= SIMILAR else 0.0

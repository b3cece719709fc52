"""Tell what is new, amended, withdrawn or standing, and carry each mention's key over from yesterday."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl
from rapidfuzz.distance import JaroWinkler

from svoc.sources.base import Extract
from svoc.sources.life_events import as_records
from svoc.words.mentions import EVENTS_SOURCE, MENTIONS
from svoc.words.records import SORTED_BY, conform

__all__ = ["Delta", "delta", "todays_records"]

RECORD = ["source", "record"]
COMPARED = ["title", "forename", "surname", "kind", "party_reference", "dob", "address"]
MEN = frozenset({"MR", "MASTER", "SIR", "LORD", "FR", "FATHER", "BROTHER", "IMAM", "RABBI"})
WOMEN = frozenset({"MRS", "MISS", "MS", "LADY", "DAME", "MADAM", "SISTER"})
SIMILAR = 0.88
"""Jaro-Winkler from which two spellings within one record are taken for one name (a typo mended)."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What tonight's records are against yesterday's.

    `mentions`: frame of `MENTIONS`, every mention of today; `withdrawn`: keys of mentions that were live yesterday
    and are not today (`mention` String).
    """

    mentions: pl.DataFrame
    withdrawn: pl.DataFrame

    def count(self, change: str) -> int:
        """Count today's mentions that are `new`, `amended` or `standing`."""
        return self.mentions.filter(pl.col("change") == change).height


def todays_records(mentions: pl.DataFrame, extracts: Sequence[Extract], events: pl.DataFrame) -> pl.DataFrame:
    """Give every record that stands today, as a frame of `RECORDS`.

    `mentions`: yesterday's, of which a source that gave no extract keeps all, one that gave an update keeps what it
    neither names nor withdraws, and one that gave a full extract keeps nothing; `events`: frame of `LIFE_EVENTS`, all
    that were ever told, of which those in force stand as records.
    """
    standing = conform(mentions.filter(pl.col("source") != EVENTS_SOURCE))
    for extract in sorted(extracts, key=lambda e: e.content_date or date.min):
        of_source = pl.col("source") == extract.source
        if extract.mode == "update":
            named = pl.concat([extract.records.select("record"), extract.withdrawn]).unique()
            standing = standing.filter(~(of_source & pl.col("record").is_in(named["record"].to_list())))
        else:
            standing = standing.filter(~of_source)
        standing = pl.concat([standing, extract.records])
    return pl.concat([standing, as_records(events)]).sort(SORTED_BY)


def delta(records: pl.DataFrame, known: pl.DataFrame) -> Delta:
    """Give every record of today its mention key and say how it differs from yesterday.

    `records`: frame of `RECORDS`, all of today's; `known`: frame of `KNOWN`. A key is carried over by the source's
    own party reference, else by the same name within the record, else by a name so like it that it must be the
    same party; it is never given to another, and where two might be meant nobody gets it. So when "MR J & MRS A
    SMITH" becomes "MRS A SMITH", she keeps hers.
    """
    todays = records.sort(*RECORD, "party").with_row_index("row")
    then = known.sort("live", "mention", descending=[True, False])
    carried = pl.DataFrame(schema={"row": todays.schema["row"], "mention": pl.String()})
    for carry in (_by_reference, _by_name, _by_likeness):
        left, unused = _left(todays, carried), _unused(then, carried)
        carried = pl.concat([carried, carry(left, unused)])
    keys = pl.concat([carried, _allot(_left(todays, carried), known)])
    mentions = (
        todays.join(keys, on="row")
        .join(known.select("mention", "live", before="content"), on="mention", how="left")
        .with_columns(change=_change())
        .select(MENTIONS.keys())
        .sort("mention")
    )
    gone = known.filter("live").select("mention").join(mentions, on="mention", how="anti").sort("mention")
    return Delta(mentions, gone)


def _change() -> pl.Expr:
    standing = pl.col("content") == pl.col("before")
    return (
        pl.when(~pl.col("live").fill_null(value=False))
        .then(pl.lit("new"))
        .when(standing)
        .then(pl.lit("standing"))
        .otherwise(pl.lit("amended"))
    )


def _left(todays: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    return todays.join(carried, on="row", how="anti", maintain_order="left")


def _unused(known: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    return known.join(carried, on="mention", how="anti", maintain_order="left")


def _by_reference(todays: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pair the parties that bear the same reference of the source's own in one record."""
    return _carry(todays, known, pl.col("party_reference"))


def _by_name(todays: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pair the parties of the same title and name in one record, but not two whose references differ."""
    parts = [pl.col(c).fill_null("") for c in ("kind", "title", "forename", "middle_names", "surname")]
    sign = pl.concat_str(parts, separator="|")
    without = pl.col("party_reference").is_null()
    plain = _carry(todays, known.filter(without), sign)
    rest = _left(todays.filter(without), plain)
    return pl.concat([plain, _carry(rest, _unused(known, plain), sign)])


def _carry(todays: pl.DataFrame, known: pl.DataFrame, sign: pl.Expr) -> pl.DataFrame:
    """Pair what bears the same sign within a record, in the order in which both stand."""
    on = [*RECORD, "sign", "turn"]
    turn = pl.int_range(pl.len()).over(*RECORD, "sign").alias("turn")
    now, then = (f.with_columns(sign=sign).filter(pl.col("sign").is_not_null()) for f in (todays, known))
    return now.with_columns(turn).join(then.with_columns(turn), on=on).select("row", "mention")


def _by_likeness(todays: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pair what is left one to one, the likest first and what is live first; of two equally like, neither.

    Only records with parties left on both sides are looked at.
    """
    both = (
        todays.select("row", *RECORD, *COMPARED)
        .join(known.select("mention", "live", *RECORD, *COMPARED), on=RECORD, suffix="_then")
        .filter(pl.col("kind") == pl.col("kind_then"))
    )
    graded = [((_likeness(pair), pair["live"]), pair["row"], pair["mention"]) for pair in both.iter_rows(named=True)]
    by_grade = sorted((g for g in graded if g[0][0]), key=lambda g: g[0], reverse=True)
    settled: set[int | str] = set()
    taken: list[tuple[int, str]] = []
    for _, alike in groupby(by_grade, key=lambda g: g[0]):
        here = [(row, mention) for _, row, mention in alike if row not in settled and mention not in settled]
        ends = Counter(end for pair in here for end in pair)
        taken += [pair for pair in here if all(ends[end] == 1 for end in pair)]
        settled |= set(ends)
    return pl.DataFrame(taken, schema={"row": todays.schema["row"], "mention": pl.String()}, orient="row")


def _likeness(pair: dict[str, Any]) -> float:
    """Grade how alike two names within one record are; 0 where they may well be two people."""
    if any(_differ(pair, sign) for sign in ("party_reference", "dob")) or _opposed(pair["title"], pair["title_then"]):
        return 0.0
    forename = _alike(pair["forename"], pair["forename_then"])
    surname = _alike(pair["surname"], pair["surname_then"])
    if forename and surname:
        return forename + surname
    return 0.5 if forename == 1.0 and _took_a_new_surname(pair) else 0.0


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


def _allot(todays: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Give the parties that nobody knew the next free numbers of their records."""
    used = known.group_by(stem=pl.col("mention").str.replace(r"/\d+$", "")).agg(
        used=pl.col("mention").str.extract(r"(\d+)$").cast(pl.Int64).max()
    )
    stem = pl.concat_str("source", "record", separator="/")
    number = pl.col("used").fill_null(0) + pl.int_range(1, pl.len() + 1).over("stem")
    key = pl.concat_str("stem", number.cast(pl.String), separator="/")
    numbered = todays.with_columns(stem=stem).join(used, on="stem", how="left").sort("row")
    return numbered.select("row", key.alias("mention"))

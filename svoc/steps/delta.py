"""Tell what is new, amended, withdrawn or standing, and carry each mention's key over from yesterday."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from rapidfuzz.distance import JaroWinkler

from svoc.sources.base import Extract
from svoc.sources.life_events import as_records
from svoc.words.mentions import EVENTS_SOURCE, MENTIONS
from svoc.words.records import SORTED_BY, conform

__all__ = ["Delta", "delta", "todays_records"]

RECORD = ["source", "record"]
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
    for extract in extracts:
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
    same party; it is never given to another. So when "MR J & MRS A SMITH" becomes "MRS A SMITH", she keeps hers.
    """
    todays = records.sort(*RECORD, "party").with_row_index("row")
    carried = _carry(todays, known, by_reference=True)
    carried = pl.concat([carried, _carry(_left(todays, carried), _unused(known, carried), by_reference=False)])
    carried = pl.concat([carried, _carry_alike(_left(todays, carried), _unused(known, carried))])
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
    return todays.join(carried, on="row", how="anti")


def _unused(known: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    return known.join(carried, on="mention", how="anti")


def _carry(todays: pl.DataFrame, known: pl.DataFrame, *, by_reference: bool) -> pl.DataFrame:
    """Pair today's parties with known ones that bear the same reference, or the same title and name, in one record."""
    sign = pl.col("party_reference") if by_reference else _name_sign()
    now = todays.with_columns(sign=sign).filter(pl.col("sign").is_not_null())
    then = known.with_columns(sign=sign).filter(pl.col("sign").is_not_null())
    if not by_reference:
        then = then.sort("live", "mention", descending=[True, False])
    on = [*RECORD, "sign", "turn"]
    turn = pl.int_range(pl.len()).over(*RECORD, "sign").alias("turn")
    return now.with_columns(turn).join(then.with_columns(turn), on=on).select("row", "mention")


def _name_sign() -> pl.Expr:
    parts = [pl.col(c).fill_null("") for c in ("kind", "title", "forename", "middle_names", "surname")]
    return pl.concat_str(parts, separator="|")


def _carry_alike(todays: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pair what is left one to one, the likest first; only records with parties left on both sides are looked at."""
    columns = ["title", "forename", "surname", "kind"]
    both = (
        todays.select("row", *RECORD, *columns)
        .join(known.select("mention", *RECORD, *columns), on=RECORD, suffix="_then")
        .filter(pl.col("kind") == pl.col("kind_then"))
    )
    scored = [(_likeness(pair), pair["row"], pair["mention"]) for pair in both.iter_rows(named=True)]
    rows: set[int] = set()
    mentions: set[str] = set()
    taken: list[tuple[int, str]] = []
    for likeness, row, mention in sorted(scored, key=lambda s: (-s[0], s[1], s[2])):
        if likeness and row not in rows and mention not in mentions:
            rows.add(row)
            mentions.add(mention)
            taken.append((row, mention))
    return pl.DataFrame(taken, schema={"row": todays.schema["row"], "mention": pl.String()}, orient="row")


def _likeness(pair: dict[str, str | None]) -> float:
    """Grade how alike two names within one record are; 0 where they may well be two people."""
    if _opposed(pair["title"], pair["title_then"]):
        return 0.0
    forename = _alike(pair["forename"], pair["forename_then"])
    surname = _alike(pair["surname"], pair["surname_then"])
    if forename and surname:
        return forename + surname
    took_a_new_surname = forename == 1.0 and len(pair["forename"] or "") > 1
    return 0.5 if took_a_new_surname else 0.0


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
    used = known.group_by(RECORD).agg(used=pl.col("mention").str.extract(r"(\d+)$").cast(pl.Int64).max())
    number = pl.col("used").fill_null(0) + pl.int_range(1, pl.len() + 1).over(RECORD)
    key = pl.concat_str("source", "record", number.cast(pl.String), separator="/")
    return todays.join(used, on=RECORD, how="left").sort("row").select("row", key.alias("mention"))

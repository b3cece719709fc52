"""Tell what is new, amended, withdrawn or standing, and carry each mention's key over from yesterday."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from svoc.sources.base import Extract
from svoc.sources.life_events import as_records
from svoc.steps.doubt import ANSWERED, doubt, given_over
from svoc.steps.liken import liken
from svoc.steps.succeed import revised, succeed
from svoc.words.mentions import EVENTS_SOURCE, MENTIONS, PLACED
from svoc.words.records import EMPTY_RECORDS, SORTED_BY, conform

__all__ = ["Delta", "Said", "delta", "said_tonight"]

RECORD = ["source", "record"]
DIGITS = "0123456789"
NOBODY_STANDS = pl.DataFrame(schema=PLACED)
NOTHING_ANSWERED = pl.DataFrame(schema=ANSWERED)


@dataclass(frozen=True, slots=True)
class Said:
    """What the sources say tonight, parted by whether it was looked at.

    `records`: frame of `RECORDS`, every record that may differ from yesterday's; `standing`: frame of `PLACED`,
    yesterday's mentions of the records that say what they said.
    """

    records: pl.DataFrame
    standing: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Delta:
    """What tonight's records are against yesterday's.

    `mentions`: frame of `MENTIONS`, every mention of the records that were looked at; `standing`: frame of `PLACED`,
    those of all others, as they stood; `withdrawn`: keys of mentions that were live yesterday and are not today
    (`mention` String); `doubts`: frame of `DOUBTS`, entries of a new register that may be several of the old;
    `given_over`: `mention` and `instead`, keys that a steward's answer put in the place of others.
    """

    mentions: pl.DataFrame
    standing: pl.DataFrame
    withdrawn: pl.DataFrame
    doubts: pl.DataFrame
    given_over: pl.DataFrame

    def count(self, change: str) -> int:
        """Count the mentions of the records looked at that are `new`, `amended` or `standing`."""
        return self.mentions.filter(pl.col("change") == change).height


def said_tonight(mentions: pl.DataFrame, extracts: Sequence[Extract], events: pl.DataFrame) -> Said:
    """Give every record that stands tonight, and tell those apart that say what they said yesterday.

    `mentions`: yesterday's, frame of `PLACED`, of which a source that gave no extract keeps all, one that gave an
    update keeps what it neither names nor withdraws, and one that gave a full extract keeps nothing; `events`: frame of
    `LIFE_EVENTS`, all that were ever told, of which those in force stand as records.
    """
    standing = mentions.filter(pl.col("source") != EVENTS_SOURCE)
    said = EMPTY_RECORDS
    for extract in sorted(extracts, key=lambda e: e.content_date or date.min):
        kept = pl.col("source") != extract.source
        if extract.mode == "update" or extract.partial:
            named = pl.concat([extract.records.select("record"), extract.withdrawn]).unique()
            kept |= ~pl.col("record").is_in(named["record"].implode())
        standing, said = standing.filter(kept), pl.concat([said.filter(kept), extract.records])
    again = _again(said, mentions)
    return Said(
        pl.concat(
            [said.join(again, on=RECORD, how="anti"), as_records(events) if events.height else EMPTY_RECORDS]
        ).sort(SORTED_BY),
        pl.concat([standing, mentions.join(again, on=RECORD, how="semi")]),
    )


def _again(said: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Name the records (`source`, `record`) of which every party is yesterday's, word for word, and none is missing."""
    if said.is_empty() or mentions.is_empty():
        return said.select(RECORD).clear()
    then = mentions.select(*RECORD, "content").join(said.select(RECORD).unique(), on=RECORD, how="semi")
    alike = said.join(then, on=[*RECORD, "content"], how="semi").group_by(RECORD).agg(alike=pl.len())
    sizes = [frame.group_by(RECORD).agg(size=pl.len()) for frame in (said, then)]
    whole = alike.join(sizes[0], on=RECORD).join(sizes[1], on=RECORD, suffix="_then")
    same = (pl.col("alike") == pl.col("size")) & (pl.col("alike") == pl.col("size_then"))
    return whole.filter(same).select(RECORD)


def delta(
    records: pl.DataFrame,
    known: pl.DataFrame,
    *,
    standing: pl.DataFrame = NOBODY_STANDS,
    renumbered: Collection[str] = (),
    answers: pl.DataFrame = NOTHING_ANSWERED,
) -> Delta:
    """Give every record that was looked at its mention keys, and say how it differs from yesterday.

    `records`, `standing`: what `said_tonight` gives; `known`: frame of `KNOWN`; `renumbered`: sources whose references
    are allotted anew from time to time. A key is carried over by the source's own party reference, else by the same
    name within the record, else by a name so like it that it must be the same party; it is never given to another, and
    where two might be meant nobody gets it. So when "MR J & MRS A SMITH" becomes "MRS A SMITH", she keeps hers. In a
    renumbered source it is carried over by name and place (`svoc.steps.succeed`), and of a new edition every record is
    looked at; where that leaves a doubt, a steward's answer carries it over (`answers`: frame of
    `svoc.steps.doubt.ANSWERED`).
    """
    given = given_over(answers, known.filter("live")["mention"])
    of_answer = pl.col("mention").is_in(given["mention"].implode())
    records = pl.concat([records, conform(standing.filter(of_answer))])
    standing = standing.filter(~of_answer)
    anew = pl.col("source").is_in(sorted(renumbered))
    editions = revised(records.filter(anew), known.filter(anew), standing.filter(anew))
    if editions:
        of_edition = pl.col("source").is_in(editions)
        records = pl.concat([records, conform(standing.filter(of_edition))]).sort(SORTED_BY)
        standing = standing.filter(~of_edition)
    todays = records.sort(*RECORD, "party").with_row_index("row")
    free = known.join(standing.select("mention"), on="mention", how="anti")
    then = free.sort("live", "mention", descending=[True, False])
    carried = succeed(todays.filter(anew), then.filter(anew), standing.filter(anew), revised=editions)
    for carry in (_by_reference, _by_name, _by_likeness):
        left, unused = _left(todays, carried), _unused(then, carried)
        carried = pl.concat([carried, carry(left.filter(~anew), unused.filter(~anew))])
    new = _allot(_left(todays, carried), known)
    doubts = doubt(todays.filter(anew).join(new, on="row"), _unused(then, carried).filter(anew & pl.col("live")))
    keys = pl.concat([carried, new])
    given = given.join(keys, on="mention", how="semi").join(keys, left_on="instead", right_on="mention", how="anti")
    keys = _as_answered(keys, given)
    mentions = (
        todays.join(keys, on="row")
        .join(free.select("mention", "live", before="content"), on="mention", how="left")
        .with_columns(change=_change())
        .select(MENTIONS.keys())
        .sort("mention")
    )
    gone = free.filter("live").select("mention").join(mentions, on="mention", how="anti").sort("mention")
    return Delta(mentions, standing, gone, doubts, given)


def _as_answered(keys: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Put the keys of stewards' answers in the place of those that entries have."""
    told = keys.join(given, on="mention", how="left", maintain_order="left")
    return told.select("row", mention=pl.coalesce("instead", "mention"))


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


def _by_likeness(todays: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pair the parties of one record whose names are alike."""
    return liken(todays, known, within=RECORD)


def _carry(todays: pl.DataFrame, known: pl.DataFrame, sign: pl.Expr) -> pl.DataFrame:
    """Pair what bears the same sign within a record, in the order in which both stand."""
    on = [*RECORD, "sign", "turn"]
    turn = pl.int_range(pl.len()).over(*RECORD, "sign").alias("turn")
    if todays.is_empty() or known.is_empty():
        return todays.select("row", mention=pl.lit("")).clear()
    now, then = (f.with_columns(sign=sign).filter(pl.col("sign").is_not_null()) for f in (todays, known))
    return now.with_columns(turn).join(then.with_columns(turn), on=on).select("row", "mention")


def _allot(todays: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Give the parties that nobody knew the next free numbers of their records."""
    stem, wanted = pl.concat_str("source", "record", pl.lit(""), separator="/"), todays.select("source", "record")
    # A key may be borne by another record than the one that it was allotted to: only its own text says to which.
    of = known.select("mention", stem=pl.col("mention").str.strip_chars_end(DIGITS))
    of = of.join(wanted.select(stem=stem).unique(), on="stem", how="semi")
    used = of.group_by("stem").agg(used=pl.col("mention").str.extract(r"(\d+)$").cast(pl.Int64).max())
    number = pl.col("used").fill_null(0) + pl.int_range(1, pl.len() + 1).over("stem")
    key = pl.concat_str("stem", number.cast(pl.String))
    numbered = todays.with_columns(stem=stem).join(used, on="stem", how="left").sort("row")
    return numbered.select("row", key.alias("mention"))

"""How people fare by how their name is built: linked, placed, waiting at the desk. Nothing guesses an origin."""

import polars as pl

from matchers.structure import name_structures

__all__ = ["FAIRNESS", "FEWEST", "fared", "few"]

FEWEST = 5
"""A count of people below this is not told, nor what would give it away."""

FAIRNESS = pl.Schema(
    {"trait": pl.String(), "group": pl.String(), "mentions": pl.UInt32(), "linked": pl.Float64(),
     "placed": pl.Float64(), "waiting": pl.Float64()}
)  # fmt: skip

SURE = ("exact", "historic")


def few(count: int | None) -> str:
    """Write a count of people, or that it is too small to be told.

    >>> few(1204), few(3), few(None)
    ('1,204', 'fewer than 5', 'not known')
    """
    if count is None:
        return "not known"
    return f"{count:,}" if count >= FEWEST else f"fewer than {FEWEST}"


def fared(mentions: pl.DataFrame, members: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Compare people by how their name is built: frame of `FAIRNESS`, a row for each group that may be told.

    `mentions`: frame of `svoc.words.mentions.PLACED`, of one lane; `members`: mention, person; `cases`: those of the
    lane, with `mentions`. `linked` is the share of a group's mentions whose person has another record, `placed` of
    those that are sure of one property, `waiting` of those in a question that waits for a steward. Besides the traits
    of `matchers.name_structures` there is `record`: whether it names several people or one.

    No count below five can be read off, nor worked out: a share is left out where fewer than five are in it or not in
    it, and of a trait of which one group is too small to be told, the next smallest goes too.
    """
    people = mentions.filter(pl.col("kind") == "person")
    size = members.with_columns(alike=pl.len().over("person"))
    held = people.select("mention", "source", "record", sure=pl.col("outcome").is_in(SURE))
    held = held.join(size.select("mention", "alike"), on="mention", how="left")
    asked = cases.select(pl.col("mentions").explode(empty_as_null=True, keep_nulls=False)).to_series().unique()
    held = held.with_columns(waits=pl.col("mention").is_in(asked.implode()))
    groups = pl.concat([name_structures(people, id="mention"), _together(held)])
    counted = (
        groups.join(held.rename({"mention": "id"}), on="id")
        .group_by("trait", "group")
        .agg(
            mentions=pl.len(),
            linked=(pl.col("alike").fill_null(0) > 1).sum(),
            placed=pl.col("sure").fill_null(value=False).sum(),
            waiting=pl.col("waits").sum(),
        )
        .sort("trait", pl.col("mentions"), "group", descending=[False, True, False])
    )
    shown = counted.filter(_tellable(counted))
    return shown.with_columns(_share(name) for name in ("linked", "placed", "waiting")).select(
        pl.col(name).cast(dtype) for name, dtype in FAIRNESS.items()
    )


def _together(held: pl.DataFrame) -> pl.DataFrame:
    several = pl.len().over("source", "record") > 1
    words = pl.when(several).then(pl.lit("names several people")).otherwise(pl.lit("names one person"))
    return held.select(id="mention", trait=pl.lit("record"), group=words)


def _tellable(counted: pl.DataFrame) -> pl.Series:
    """Leave out what is too small, and, where that is one group of its trait, the next smallest too."""
    small = pl.col("mentions") < FEWEST
    rank = pl.col("mentions").rank("ordinal").over("trait")
    alone = small.sum().over("trait") == 1
    return counted.select(~(small | (alone & (rank <= 2)))).to_series()


def _share(name: str) -> pl.Expr:
    part, whole = pl.col(name), pl.col("mentions")
    told = (part >= FEWEST) & (whole - part >= FEWEST)
    return pl.when(told).then((part / whole).round(3)).alias(name)

"""Sum up what each source fills in and how it writes it: figures to hold against those of the night before."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["FILLED", "SHAPES", "profile"]

FILLED = (
    "party_reference", "title", "forename", "middle_names", "surname", "previous_surname", "dob", "phone", "email",
    "address", "postcode", "supplied_uprn", "property_reference", "forwarding_address", "since", "until", "deceased",
    "markers", "open_register",
)  # fmt: skip
"""The columns whose share of records that fill them is kept."""

MOST_SHAPES = 12
OTHERS = "others"


def _reference(name: str) -> pl.Expr:
    """Say how long a reference is and of what signs: a spreadsheet that eats leading zeros changes both."""
    text = pl.col(name)
    kind = (
        pl.when(text.str.contains(r"^\d+$")).then(pl.lit("digits"))
        .when(text.str.contains(r"^[A-Za-z0-9]+$")).then(pl.lit("letters and digits"))
        .otherwise(pl.lit("signs"))
    )  # fmt: skip
    return pl.concat_str(text.str.len_chars().cast(pl.String), kind, separator=" ")


def _day(name: str) -> pl.Expr:
    """Tell the day that a system puts where it knows none from all others."""
    first = (pl.col(name).dt.month() == 1) & (pl.col(name).dt.day() == 1)
    return pl.when(first).then(pl.lit("1 January")).otherwise(pl.lit("another day"))


def _postcode(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all("[A-Z]", "A").str.replace_all("[a-z]", "a").str.replace_all(r"\d", "9")


def _yes(name: str) -> pl.Expr:
    return pl.when(pl.col(name)).then(pl.lit("yes")).otherwise(pl.lit("no"))


SHAPES = {
    "record": _reference("record"),
    "party_reference": _reference("party_reference"),
    "property_reference": _reference("property_reference"),
    "forename": pl.when(pl.col("forename").str.len_chars() == 1).then(pl.lit("initial")).otherwise(pl.lit("name")),
    "dob": _day("dob"),
    "since": _day("since"),
    "postcode": _postcode("postcode"),
    "deceased": _yes("deceased"),
    "open_register": _yes("open_register"),
}
"""How the values of a column look, in words that hold nothing of a value."""


def profile(mentions: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Give, for each source, how many records it has, the share that fill each column, and how its values look.

    `mentions`: frame of `PLACED`; life events are no source. Keys: source, then `records`, `filled` (column -> share,
    0 to 1) and `shapes` (column -> shape -> share of the values that are filled in). No value of any record is in it.

    >>> columns = {"source": ["ct"], "record": ["0012"], "postcode": ["PL4 8AA"]}
    >>> told = profile(pl.DataFrame(columns))["ct"]
    >>> told["filled"], told["shapes"]
    ({'postcode': 1.0}, {'record': {'4 digits': 1.0}, 'postcode': {'AA9 9AA': 1.0}})
    """
    said = mentions.filter(pl.col("source") != EVENTS_SOURCE)
    shares = [pl.col(name).is_not_null().mean().round(4) for name in FILLED if name in said.columns]
    told: dict[str, dict[str, Any]] = {}
    for row in said.group_by("source").agg(pl.len().alias("records"), *shares).sort("source").iter_rows(named=True):
        told[row.pop("source")] = {"records": row.pop("records"), "filled": row, "shapes": {}}
    names = [n for n in SHAPES if n in said.columns]
    for source, name, shape, share in _mixes(said, names).iter_rows() if told and names else ():
        told[source]["shapes"].setdefault(name, {})[shape] = share
    return told


def _mixes(said: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Give `source`, `name` of a column, `shape`, `share` of the commonest shapes, in their order."""
    values = pl.concat([_shapes(said, number, name) for number, name in enumerate(names)])
    counted = values.group_by("source", "number", "name", "shape").agg(pl.col("times").sum())
    of = ["source", "number"]
    ranked = counted.sort(*of, "times", "shape", descending=[False, False, True, False]).with_columns(
        rank=pl.int_range(pl.len()).over(of), share=pl.col("times") / pl.col("times").sum().over(of)
    )
    kept = ranked.with_columns(shape=pl.when(pl.col("rank") < MOST_SHAPES).then("shape").otherwise(pl.lit(OTHERS)))
    return kept.group_by("source", "name", "shape", maintain_order=True).agg(pl.col("share").sum().round(4))


def _shapes(said: pl.DataFrame, number: int, name: str) -> pl.DataFrame:
    """Give the shape of each value of a column, which is looked at once, and how many times the value stands there."""
    values = said.group_by("source", name).agg(times=pl.len()).filter(pl.col(name).is_not_null())
    return values.select("source", "times", number=pl.lit(number), name=pl.lit(name), shape=SHAPES[name])

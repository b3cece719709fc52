"""Put every mention on the gazetteer: at home, and where its forwarding address leads."""

from collections.abc import Mapping

import polars as pl

from gazetteer import Gazetteer, resolve
from svoc.words.mentions import PLACED, PLACEMENT, SURE_OUTCOMES

__all__ = ["place"]

ASKED = ["address", "postcode", "supplied_uprn", "property_reference", "reference_source"]


def place(
    mentions: pl.DataFrame,
    gazetteer: Gazetteer,
    *,
    known: pl.DataFrame,
    codes: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Add where each mention lives.

    `mentions`: frame of `MENTIONS`; `known`: yesterday's placements (the columns of ASKED, of `PLACEMENT`, and
    `place`), used where the gazetteer is the same, empty otherwise; `codes`: source name -> the gazetteer's
    cross-reference code. Returns a frame of `PLACED`, sorted by mention.
    """
    asked = mentions.with_columns(
        reference_source=pl.col("source").replace_strict(dict(codes or {}), default=None, return_dtype=pl.String)
    )
    forwarding = asked.filter(pl.col("forwarding_address").is_not_null()).select(
        address=pl.col("forwarding_address"),
        postcode=pl.col("forwarding_postcode"),
        supplied_uprn=pl.lit(None, dtype=pl.Int64),
        property_reference=pl.lit(None, dtype=pl.String),
        reference_source=pl.lit(None, dtype=pl.String),
    )
    questions = pl.concat([asked.select(ASKED), forwarding]).unique(maintain_order=True)
    fresh = questions.join(known.select(ASKED), on=ASKED, how="anti", nulls_equal=True)
    answers = pl.concat([known.select(*ASKED, *PLACEMENT), _resolved(fresh, gazetteer)]).unique(ASKED, keep="first")
    answers = answers.with_columns(place=pl.when(pl.col("outcome").is_in(SURE_OUTCOMES)).then("uprn"))
    return _answered(asked, answers)


def _resolved(questions: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    if questions.is_empty():
        return pl.DataFrame(schema={name: questions.schema[name] for name in ASKED} | PLACEMENT)
    return resolve(questions, gazetteer).select(*ASKED, *(pl.col(n).cast(t) for n, t in PLACEMENT.items()))


def _answered(asked: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Join the answers on, first for the home, then for the forwarding address."""
    forwarding = answers.filter(
        pl.all_horizontal(pl.col(c).is_null() for c in ("supplied_uprn", "property_reference", "reference_source"))
    ).select(forwarding_address="address", forwarding_postcode="postcode", forwarding_place="place")
    return (
        asked.join(answers, on=ASKED, how="left", nulls_equal=True)
        .join(forwarding, on=["forwarding_address", "forwarding_postcode"], how="left", nulls_equal=True)
        .with_columns(
            forwarding_place=pl.when(pl.col("forwarding_address").is_not_null()).then("forwarding_place"),
            was_place=pl.lit(None, dtype=pl.Int64),
        )
        .select(PLACED.keys())
        .sort("mention")
    )

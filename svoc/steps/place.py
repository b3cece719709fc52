"""Put every mention on the gazetteer: at home, and where its forwarding address leads."""

from collections.abc import Mapping

import polars as pl

from gazetteer import Gazetteer, resolve
from svoc.words.mentions import PLACED, PLACEMENT, SURE_OUTCOMES

__all__ = ["place"]

ASKED = ["address", "postcode", "supplied_uprn", "property_reference", "reference_source"]


def place(
    mentions: pl.DataFrame, gazetteer: Gazetteer, *, before: pl.DataFrame, trusted: bool, codes: Mapping[str, str]
) -> pl.DataFrame:
    """Add where each mention lives.

    `mentions`: frame of `MENTIONS`; `before`: yesterday's frame of `PLACED`; `trusted`: its placements rest on this
    same gazetteer, so that an address asked yesterday is not asked again; `codes`: source name -> the gazetteer's
    cross-reference code. Returns a frame of `PLACED`, sorted by mention.
    """
    asked = _asked(mentions, codes)
    forwarding = asked.filter(pl.col("forwarding_address").is_not_null()).select(
        address=pl.col("forwarding_address"),
        postcode=pl.col("forwarding_postcode"),
        supplied_uprn=pl.lit(None, dtype=pl.Int64),
        property_reference=pl.lit(None, dtype=pl.String),
        reference_source=pl.lit(None, dtype=pl.String),
    )
    questions = pl.concat([asked.select(ASKED), forwarding]).unique(maintain_order=True)
    known = _known(questions, before if trusted else before.clear(), codes)
    fresh = questions.join(known, on=ASKED, how="anti", nulls_equal=True)
    answers = pl.concat([known, _resolved(fresh, gazetteer)])
    answers = answers.with_columns(place=pl.when(pl.col("outcome").is_in(SURE_OUTCOMES)).then("uprn"))
    return _answered(asked, answers, before.select("mention", was_place="place"))


def _known(questions: pl.DataFrame, before: pl.DataFrame, codes: Mapping[str, str]) -> pl.DataFrame:
    """Give the answers to those questions that were asked before; few mentions of yesterday share an address."""
    alike = before.join(questions, on=["address", "postcode"], how="semi", nulls_equal=True)
    answered = _asked(alike, codes).select(*ASKED, *PLACEMENT).unique(ASKED, keep="any")
    return answered.join(questions, on=ASKED, how="semi", nulls_equal=True)


def _asked(mentions: pl.DataFrame, codes: Mapping[str, str]) -> pl.DataFrame:
    """Say of each source in which of the gazetteer's cross references its property references stand."""
    code = pl.col("source").replace_strict(dict(codes), default=None, return_dtype=pl.String)
    return mentions.with_columns(reference_source=code)


def _resolved(questions: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    if questions.is_empty():
        return pl.DataFrame(schema={name: questions.schema[name] for name in ASKED} | PLACEMENT)
    return resolve(questions, gazetteer).select(*ASKED, *(pl.col(n).cast(t) for n, t in PLACEMENT.items()))


def _answered(asked: pl.DataFrame, answers: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Join the answers on, first for the home, then for the forwarding address."""
    by_text_alone = pl.all_horizontal(pl.col(c).is_null() for c in ASKED[2:])
    forwarding = answers.filter(by_text_alone).select(
        forwarding_address="address", forwarding_postcode="postcode", forwarding_place="place"
    )
    onward = pl.when(pl.col("forwarding_address").is_not_null()).then("forwarding_place")
    return (
        asked.join(answers, on=ASKED, how="left", nulls_equal=True)
        .join(forwarding, on=["forwarding_address", "forwarding_postcode"], how="left", nulls_equal=True)
        .join(before, on="mention", how="left")
        .with_columns(forwarding_place=onward)
        .select(PLACED.keys())
        .sort("mention")
    )

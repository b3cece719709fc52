"""Looks one address up, as one types it, with suggestions."""

from dataclasses import dataclass

import polars as pl

from gazetteer.address import Address
from gazetteer.candidates import candidates, parsed_frame
from gazetteer.index import Gazetteer
from gazetteer.parse import take_apart
from gazetteer.resolve import resolve


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A property that a typed address may mean: its UPRN, the gazetteer's text, and the evidence for it in bits."""

    uprn: int
    text: str
    bits: float


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one typed address: how it was read, where it was placed, and what else it may mean.

    `outcome`, `uprn`, `rung`, `certainty` and `reason` are as `resolve` gives them.
    """

    address: Address
    outcome: str
    uprn: int | None
    rung: str
    certainty: float
    reason: str | None
    matched: str | None
    suggestions: tuple[Suggestion, ...]


def find(text: str, gazetteer: Gazetteer, *, postcode: str | None = None, limit: int = 5) -> Found:
    """Places one address and suggests up to `limit` properties, the likeliest first.

    >>> from gazetteer.examples import barchester
    >>> found = find("12 kinng street ba1 1aa", barchester())
    >>> found.outcome, found.uprn, found.rung
    ('exact', 12000, 'spelling')
    """
    asked = pl.DataFrame(
        {"address": [text], "postcode": [postcode]}, schema={"address": pl.String, "postcode": pl.String}
    )
    answer = resolve(asked, gazetteer).row(0, named=True)
    parsed = take_apart(text, gazetteer.lexicon, postcode)
    return Found(
        address=parsed.address(),
        outcome=answer["outcome"],
        uprn=answer["uprn"],
        rung=answer["rung"],
        certainty=answer["certainty"],
        reason=answer["reason"],
        matched=answer["matched"],
        suggestions=_suggestions(parsed_frame([parsed]), gazetteer, limit),
    )


def _suggestions(rows: pl.DataFrame, gazetteer: Gazetteer, limit: int) -> tuple[Suggestion, ...]:
    pairs = candidates(rows.filter(pl.col("trouble") == ""), gazetteer)
    ranked = pairs.sort(["bits", "v_uprn", "variant"], descending=[True, False, False])
    first = ranked.unique("v_uprn", keep="first", maintain_order=True).head(limit)
    texts = first.join(
        gazetteer.variants.select("text", variant=pl.col("variant").cast(pl.Int64)),
        on="variant",
        how="left",
        maintain_order="left",
    )
    return tuple(Suggestion(*row) for row in texts.select("v_uprn", "text", "bits").iter_rows())

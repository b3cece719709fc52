"""Shows why an address was placed where it was: every candidate's evidence, in bits."""

import polars as pl

from gazetteer.candidates import candidates
from gazetteer.index import Gazetteer
from gazetteer.parse import take_apart
from gazetteer.tuning import Tuning


def explain(
    text: str, gazetteer: Gazetteer, *, postcode: str | None = None, limit: int = 5, tuning: Tuning | None = None
) -> pl.DataFrame:
    """Lists the evidence for each of the likeliest properties, the likeliest first.

    Columns: uprn Int64, text String, evidence String (number, unit, street, name, postcode, place, kind, standing,
    purpose), level String, bits Float64, total Float64. `tuning` is as in `resolve`.

    >>> from gazetteer.examples import barchester
    >>> explain("12 kinng st, ba1 1aa", barchester()).filter(pl.col("evidence") == "street").row(0)[3:5]
    ('close', 6.0)
    """
    figures = gazetteer.tuned(tuning)
    parsed = take_apart(text, gazetteer.lexicon, postcode)
    pairs = next(candidates({0: parsed}, gazetteer, figures)).sort(
        ["bits", "v_uprn", "variant"], descending=[True, False, False]
    )
    pairs = pairs.clear() if parsed.trouble else pairs
    best = pairs.unique("v_uprn", keep="first", maintain_order=True).head(limit).with_row_index("place_in")
    texts = gazetteer.variants.select("text", variant=pl.col("variant").cast(pl.Int64))
    best = best.join(texts, on="variant", how="left", maintain_order="left")
    kinds = list(figures.weights)
    long = best.select("place_in", "text", *kinds, uprn="v_uprn", total="bits").unpivot(
        kinds, index=["place_in", "uprn", "text", "total"], variable_name="evidence", value_name="level"
    )
    weights = pl.DataFrame(
        [(kind, level, value) for kind, levels in figures.weights.items() for level, value in levels.items()],
        schema={"evidence": pl.String, "level": pl.String, "bits": pl.Float64},
        orient="row",
    )
    order = pl.DataFrame({"evidence": kinds, "order": range(len(kinds))})
    told = long.join(weights, on=["evidence", "level"], how="left").join(order, on="evidence")
    told = told.with_columns(pl.col("bits").fill_null(0.0)).sort("place_in", "order")
    return told.select("uprn", "text", "evidence", "level", "bits", "total")

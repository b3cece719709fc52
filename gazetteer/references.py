"""Weighs a UPRN or a property reference that came with an address against what the address itself says."""

import polars as pl

from gazetteer.candidates import pairs_for
from gazetteer.evidence import weighed
from gazetteer.index import Gazetteer
from gazetteer.rungs import ENOUGH, SAME_UNIT

# Outcomes of the written address that leave a reference unopposed: there was nothing to check it against.
_SILENT = ("empty", "junk", "postcode_only", "place_only")
_AGREE = (*SAME_UNIT, "missing_in_text")
_UNKNOWN = "the supplied UPRN is not on the gazetteer; the written address was used"


def settle(answers: pl.DataFrame, rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Settles each answer with the reference that came with it; adds `remark` String.

    A reference that the address confirms decides. One that it contradicts gives way to an exact address, and makes any
    other answer ambiguous. A UPRN that the gazetteer does not know is passed over.
    """
    answers = _referred(answers.with_row_index("at"), gazetteer).with_columns(remark=pl.lit(None, pl.String))
    unknown = pl.col("supplied_uprn").is_not_null() & pl.col("referred").is_null()
    answers = answers.with_columns(remark=pl.when(unknown).then(pl.lit(_UNKNOWN)).otherwise("remark"))
    referred = answers.filter(pl.col("referred").is_not_null())
    if referred.is_empty():
        return answers.sort("at")
    fits = _fitting(referred, rows, gazetteer)
    settled = _settled(referred.join(fits, on=["row", "referred"], how="left"), gazetteer)
    untouched = answers.filter(pl.col("referred").is_null())
    return pl.concat([untouched, settled.select(untouched.columns)]).sort("at")


def _referred(answers: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Adds `referred` (the UPRN that a reference stands for, null where none does) and `road` (its rung)."""
    known = gazetteer.properties.select(supplied_uprn="uprn", told="uprn")
    answers = answers.join(known, on="supplied_uprn", how="left", maintain_order="left")
    if answers["property_reference"].null_count() < len(answers):
        tidy = (
            pl.col("property_reference").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "").str.strip_chars_start("0")
        )
        answers = answers.with_columns(reference=tidy)
        by_source = gazetteer.references.rename({"uprn": "by_source", "source": "reference_source"})
        whole = gazetteer.references.group_by("reference").agg(pl.col("uprn").unique())
        any_source = whole.filter(pl.col("uprn").list.len() == 1).explode("uprn").rename({"uprn": "by_any"})
        answers = answers.join(by_source, on=["reference_source", "reference"], how="left", maintain_order="left")
        answers = answers.join(any_source, on="reference", how="left", maintain_order="left")
        crossed = pl.when(pl.col("reference_source").is_null()).then("by_any").otherwise("by_source")
    else:
        crossed = pl.lit(None, pl.Int64)
    return answers.with_columns(
        referred=pl.coalesce("told", crossed),
        road=pl.when(pl.col("told").is_not_null()).then(pl.lit("supplied_uprn")).otherwise(pl.lit("cross_reference")),
    )


def _fitting(referred: pl.DataFrame, rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Weighs each address against its own reference only: row, referred, fitting (the variant that agrees best)."""
    asked = referred.select("row", "referred").unique().sort("row", "referred")
    variants = gazetteer.variants.select(referred="uprn", variant=pl.col("variant").cast(pl.Int64))
    wanted = asked.join(variants, on="referred").select("row", "variant").sort("row", "variant")
    pairs = weighed(pairs_for(wanted, rows, gazetteer))
    agree = pairs.filter(pl.col("unit").is_in(_AGREE) & (pl.col("bits") >= ENOUGH - 4.0))
    best = agree.sort(["row", "bits", "variant"], descending=[False, True, False])
    return best.unique(["row", "v_uprn"], keep="first", maintain_order=True).select(
        "row", referred="v_uprn", fitting="variant"
    )


def _settled(referred: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    places = {uprn: gazetteer.current(uprn) for uprn in referred["referred"].unique()}
    today = {uprn: heirs[0] for uprn, heirs in places.items() if len(heirs) == 1}
    current = pl.col("referred").replace_strict(today, default=None, return_dtype=pl.Int64)
    former = gazetteer.properties.filter(pl.col("status") == 8)["uprn"].implode()
    decided = pl.col("outcome").is_in(["exact", "historic"])
    same = decided & ((pl.col("uprn") == pl.col("referred")) | (pl.col("uprn") == current).fill_null(False))
    fits = pl.col("fitting").is_not_null() & ~decided
    silent = pl.col("rung").is_in(_SILENT)
    taken = fits | silent
    against = ~same & ~taken
    beaten = against & decided
    disputed = against & ~decided
    named = pl.concat_list(pl.col("referred"), pl.col("uprn")).list.drop_nulls()
    everyone = pl.concat_list(named, pl.col("rivals")).list.unique(maintain_order=True)
    was_former = pl.col("referred").is_in(former)
    return referred.with_columns(
        rung=pl.when(same | fits)
        .then("road")
        .when(silent)
        .then(pl.lit("unchecked_reference"))
        .when(disputed)
        .then(pl.lit("disagreement"))
        .otherwise("rung"),
        remark=pl.when(silent)
        .then(pl.lit("no written address could confirm the reference"))
        .when(beaten)
        .then(pl.lit("the supplied reference names another property; the written address decided"))
        .when(disputed)
        .then(pl.lit("the supplied reference and the written address disagree"))
        .otherwise("remark"),
        rivals=pl.when(beaten)
        .then(pl.concat_list("referred"))
        .when(disputed)
        .then(everyone)
        .when(taken)
        .then(pl.lit([], dtype=pl.List(pl.Int64)))
        .otherwise("rivals"),
        variant=pl.when(taken)
        .then(pl.coalesce("fitting", _first_variant(gazetteer)))
        .when(disputed)
        .then(None)
        .otherwise("variant"),
        uprn=pl.when(taken).then("referred").when(disputed).then(None).otherwise("uprn"),
        outcome=pl.when(taken & was_former)
        .then(pl.lit("historic"))
        .when(taken)
        .then(pl.lit("exact"))
        .when(disputed)
        .then(pl.lit("ambiguous"))
        .otherwise("outcome"),
        gap=pl.when(same | taken).then(None).otherwise("gap"),
    )


def _first_variant(gazetteer: Gazetteer) -> pl.Expr:
    first = gazetteer.variants.sort("uprn", "rank", "variant").unique("uprn", keep="first", maintain_order=True)
    lookup = dict(first.select("uprn", pl.col("variant").cast(pl.Int64)).iter_rows())
    return pl.col("referred").replace_strict(lookup, default=None, return_dtype=pl.Int64)

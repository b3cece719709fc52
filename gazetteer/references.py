"""Weighs a UPRN or a property reference that came with an address against what the address itself says."""

import numpy as np
import polars as pl

from gazetteer.candidates import pairs_for
from gazetteer.evidence import weighed
from gazetteer.index import Gazetteer
from gazetteer.ladder import Readings
from gazetteer.rungs import SAME_UNIT
from gazetteer.tuning import Tuning

# Outcomes of the written address that leave a reference unopposed: there was nothing to check it against.
_SILENT = ("empty", "junk", "postcode_only", "place_only")
_AGREE = (*SAME_UNIT, "missing_in_text")
_PLACED = ("exact", "historic", "building")
_UNKNOWN = "the supplied UPRN is not on the gazetteer; the written address was used"


def settle(answers: pl.DataFrame, readings: Readings, gazetteer: Gazetteer, tuning: Tuning) -> pl.DataFrame:
    """Settles each answer with the reference that came with it; adds `remark` String.

    A reference that the address confirms decides, slips of the pen or not; one to the whole building of a placed flat,
    or to what replaced the property, does not contradict. Where reference and address contradict each other the answer
    is ambiguous, for a person to look at. A UPRN that the gazetteer does not know is passed over.
    """
    answers = answers.with_columns(remark=pl.lit(None, pl.String))
    asked = (pl.col("supplied_uprn").is_not_null() | pl.col("property_reference").is_not_null()).any()
    if not answers.select(asked).item():
        return answers
    answers = _referred(answers.with_row_index("at"), gazetteer)
    unknown = pl.col("supplied_uprn").is_not_null() & pl.col("referred").is_null()
    answers = answers.with_columns(remark=pl.when(unknown).then(pl.lit(_UNKNOWN)).otherwise("remark"))
    referred = _with_kin(answers.filter(pl.col("referred").is_not_null()), gazetteer)
    doubted = referred.filter(~(pl.col("kin").is_in(["same", "whole"]) & pl.col("outcome").is_in(_PLACED)))
    fits = _fitting(doubted, readings, gazetteer, tuning)
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
        asked = gazetteer.references.join(answers.select("reference").unique(), on="reference", how="semi")
        by_source = asked.rename({"uprn": "by_source", "source": "reference_source"})
        whole = asked.group_by("reference").agg(pl.col("uprn").unique())
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


def _fitting(referred: pl.DataFrame, readings: Readings, gazetteer: Gazetteer, tuning: Tuning) -> pl.DataFrame:
    """Weighs each address against its own reference only: row, referred, fitting (the variant that agrees best)."""
    asked = referred.select(pl.col("row").cast(pl.Int64), "referred").unique().sort("row", "referred")
    wanted = asked["referred"].to_numpy()
    first = np.searchsorted(gazetteer.uprns, wanted, side="left")
    counts = np.searchsorted(gazetteer.uprns, wanted, side="right") - first
    variants = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
    rows = np.repeat(asked["row"].to_numpy(), counts)
    pairs = weighed(pairs_for(rows, variants, readings.some(asked["row"].unique()), gazetteer), tuning)
    # Another street that the gazetteer knows is no slip of the pen, however well number and postcode agree.
    elsewhere = (pl.col("street") == "different") & pl.col("m_known_street")
    agree = pairs.filter(pl.col("unit").is_in(_AGREE) & (pl.col("bits") >= tuning.fair) & ~elsewhere)
    best = agree.sort(["row", "bits", "variant"], descending=[False, True, False])
    first_of_each = best.unique(["row", "v_uprn"], keep="first", maintain_order=True)
    return first_of_each.select(pl.col("row").cast(pl.UInt32), referred="v_uprn", fitting="variant")


def _with_kin(referred: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Adds `kin`: how the property of the reference stands to the one placed; null where none was placed."""
    apart = referred.filter(pl.col("uprn") != pl.col("referred")).select("uprn", "referred").unique()
    kin = [_kin(placed, other, gazetteer) for placed, other in apart.iter_rows()]
    told = apart.with_columns(pl.Series("kin", kin, pl.String))
    referred = referred.join(told, on=["uprn", "referred"], how="left", maintain_order="left")
    same = pl.col("uprn") == pl.col("referred")
    return referred.with_columns(kin=pl.when(same).then(pl.lit("same")).otherwise("kin"))


def _kin(placed: int, referred: int, gazetteer: Gazetteer) -> str:
    """Tells what a reference is to a placed property: same, heir (one of several), part, whole or apart."""
    heirs = gazetteer.current(placed)
    if placed in gazetteer.current(referred) or heirs == (referred,):
        return "same"
    if referred in heirs:
        return "heir"
    if gazetteer.is_part(referred, placed):
        return "part"
    return "whole" if gazetteer.is_part(placed, referred) else "apart"


def _settled(referred: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Settles the answers that have a reference; `kin` and `fitting` say how the two sides agree."""
    decided = pl.col("outcome").is_in(["exact", "historic"])
    kin = pl.col("kin").fill_null("apart")
    same = decided & (kin == "same")
    kept = (decided & (kin == "whole")) | ((pl.col("outcome") == "building") & kin.is_in(["same", "whole"]))
    fits = pl.col("fitting").is_not_null() & (~decided | (kin == "part"))
    silent = pl.col("rung").is_in(_SILENT)
    taken = ~same & ~kept & (fits | silent | (kin == "heir"))
    disputed = ~same & ~kept & ~taken
    named = pl.concat_list(pl.col("referred"), pl.col("uprn")).list.drop_nulls()
    everyone = pl.concat_list(named, pl.col("rivals")).list.unique(maintain_order=True)
    former = gazetteer.properties.filter(pl.col("status") == 8)["uprn"].implode()
    own = pl.Series("own", [gazetteer.first_variant(uprn) for uprn in referred["referred"]], pl.Int64)
    return referred.with_columns(own).with_columns(
        rung=pl.when(silent)
        .then(pl.lit("unchecked_reference"))
        .when(same | taken)
        .then("road")
        .when(disputed)
        .then(pl.lit("disagreement"))
        .otherwise("rung"),
        remark=pl.when(silent)
        .then(pl.lit("no written address could confirm the reference"))
        .when(disputed)
        .then(pl.lit("the supplied reference and the written address disagree"))
        .otherwise("remark"),
        rivals=pl.when(disputed)
        .then(everyone)
        .when(taken)
        .then(pl.lit([], dtype=pl.List(pl.Int64)))
        .otherwise("rivals"),
        variant=pl.when(taken).then(pl.coalesce("fitting", "own")).when(~disputed).then("variant"),
        uprn=pl.when(taken).then("referred").when(~disputed).then("uprn"),
        outcome=pl.when(taken & pl.col("referred").is_in(former))
        .then(pl.lit("historic"))
        .when(taken)
        .then(pl.lit("exact"))
        .when(disputed)
        .then(pl.lit("ambiguous"))
        .otherwise("outcome"),
        gap=pl.when(~(same | taken)).then("gap"),
    )

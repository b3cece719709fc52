"""Turns weighed candidates into one answer an address: a property, a building, a street, a tie, or none."""

import polars as pl

from gazetteer.index import Gazetteer
from gazetteer.rungs import BY_NAME, CLEAR, ENOUGH, SAME_UNIT, WHOLE

# The most rivals that an answer names.
_RIVALS = 10

# One row an address. `bits` and `gap` are null where an exact key decided; `variant` is the winner's.
DECISIONS: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "outcome": pl.String(),
    "uprn": pl.Int64(),
    "rung": pl.String(),
    "variant": pl.Int64(),
    "bits": pl.Float64(),
    "gap": pl.Float64(),
    "rivals": pl.List(pl.Int64()),
}


def decide_exact(hits: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Answers for the addresses that an exact key settled."""
    rungs = {0: "exact", 1: "exact", 2: "name_at_postcode", 3: "without_postcode", 4: "without_postcode"}
    won = hits.join(_winner_facts(gazetteer), on="variant", how="left", maintain_order="left").with_columns(
        rung=pl.col("order").replace_strict(rungs, return_dtype=pl.String), bits=pl.lit(None, pl.Float64)
    )
    return _answered(won.with_columns(gap=pl.lit(None, pl.Float64), rivals=_nobody()))


def decide_weighed(pairs: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Answers for the addresses that have candidates good enough; the others have no row in the answer."""
    good = pairs.filter(pl.col("bits") >= ENOUGH - 4.0)
    same, whole = pl.col("unit").is_in(SAME_UNIT), pl.col("unit").is_in(WHOLE)
    alike = _ranked(good.filter(same & (pl.col("bits") >= ENOUGH)))
    shells = _ranked(good.filter(whole & (pl.col("bits") >= ENOUGH)))
    best_shell = shells.filter(pl.col("place_in") == 0).select("row", shell_bits="bits")
    alike = alike.join(best_shell, on="row", how="left", maintain_order="left")
    better = pl.col("shell_bits") >= pl.col("bits").max().over("row") + CLEAR
    alike = alike.filter(~better.fill_null(False))
    shells = shells.join(alike.select("row").unique(), on="row", how="anti", maintain_order="left")
    parts = _ranked(good.filter(~same & ~whole))
    parts = parts.join(pl.concat([alike.select("row"), shells.select("row")]).unique(), on="row", how="anti")
    return pl.concat([_best(alike, gazetteer), _best(shells, gazetteer), _by_parts(parts, gazetteer)])


def _ranked(pairs: pl.DataFrame) -> pl.DataFrame:
    """Keeps each property's best variant and ranks the properties of each address: place_in counts from 0."""
    ordered = pairs.sort(["row", "bits", "v_rank", "v_uprn", "variant"], descending=[False, True, False, False, False])
    properties = ordered.unique(["row", "v_uprn"], keep="first", maintain_order=True)
    return properties.with_columns(place_in=pl.int_range(pl.len()).over("row"))


def _best(ranked: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Answers with the best property of each address where it stands clear of the next; else with the tie."""
    first = pl.col("bits").first().over("row")
    ranked = ranked.with_columns(behind=first - pl.col("bits"))
    rivals = (
        ranked.filter((pl.col("behind") < CLEAR) & (pl.col("place_in") < _RIVALS))
        .group_by("row", maintain_order=True)
        .agg(rivals=pl.col("v_uprn"))
    )
    second = ranked.filter(pl.col("place_in") == 1).select("row", gap="behind")
    won = ranked.filter(pl.col("place_in") == 0).join(second, on="row", how="left").join(rivals, on="row", how="left")
    clear = won.filter(pl.col("gap").fill_null(CLEAR) >= CLEAR).with_columns(rivals=_nobody())
    tied = won.filter(pl.col("gap").fill_null(CLEAR) < CLEAR)
    clear = clear.select(
        "row", "variant", "rung", "bits", "gap", "rivals", named=pl.col("name").is_in(["equal", "close", "part"])
    )
    clear = clear.join(_winner_facts(gazetteer), on="variant", how="left")
    return pl.concat([_answered(clear), _tied(tied)])


def _by_parts(parts: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Answers with the building whose parts alone are listed, if they name one parent; else with the tie."""
    near = parts.filter(pl.col("bits") >= pl.col("bits").max().over("row") - CLEAR)
    grouped = near.group_by("row", maintain_order=True).agg(
        parents=pl.col("v_parent_uprn").unique().drop_nulls(),
        orphans=pl.col("v_parent_uprn").null_count(),
        rivals=pl.col("v_uprn").head(_RIVALS),
        rung=pl.col("rung").first(),
        bits=pl.col("bits").first(),
    )
    one = (pl.col("parents").list.len() == 1) & (pl.col("orphans") == 0)
    known = gazetteer.properties.select(uprn="uprn")
    housed = grouped.filter(one).with_columns(uprn=pl.col("parents").list.first()).join(known, on="uprn", how="semi")
    texts = gazetteer.variants.sort("uprn", "rank", "variant").unique("uprn", keep="first", maintain_order=True)
    housed = housed.join(texts.select("uprn", variant=pl.col("variant").cast(pl.Int64)), on="uprn", how="left")
    housed = housed.with_columns(outcome=pl.lit("building"), gap=pl.lit(None, pl.Float64), rivals=_nobody())
    rest = grouped.join(housed.select("row"), on="row", how="anti").with_columns(gap=pl.lit(0.0))
    return pl.concat([_shaped(housed), _tied(rest)])


def _winner_facts(gazetteer: Gazetteer) -> pl.DataFrame:
    return gazetteer.facts.select(
        pl.col("variant").cast(pl.Int64), "uprn", "status", "live", "parts", "class_code", my_unit="unit"
    )


def _answered(won: pl.DataFrame) -> pl.DataFrame:
    """Names the outcome of winners: a former address or property is historic, a divided building is a building."""
    absent = pl.col("rung") == "unit_absent"
    klass = pl.col("class_code").fill_null("")
    # A house with one flat below it is still a house; a shell of class P, or of unknown class, is not.
    divided = (pl.col("my_unit") == "") & (
        (pl.col("parts") > 1)
        | ((pl.col("parts") == 1) & ((klass == "") | klass.str.starts_with("P")))
        # Nobody lives in a shop: its bare number may well mean the flat above.
        | ((pl.col("parts") == 1) & klass.str.starts_with("C") & ~pl.col("named"))
    )
    # A former property's parts are its successors, not its flats.
    missing = ~absent & divided & (pl.col("live") != 8) & (pl.col("rung") != "only_flat")
    return _shaped(
        won.with_columns(
            outcome=pl.when(absent | missing)
            .then(pl.lit("building"))
            .when((pl.col("live") == 8) | (pl.col("status") == 8))
            .then(pl.lit("historic"))
            .otherwise(pl.lit("exact")),
            rung=pl.when(missing).then(pl.lit("unit_missing")).otherwise("rung"),
        )
    )


def _tied(tied: pl.DataFrame) -> pl.DataFrame:
    return _shaped(
        tied.with_columns(
            outcome=pl.lit("ambiguous"),
            uprn=pl.lit(None, pl.Int64),
            variant=pl.lit(None, pl.Int64),
            rung=pl.lit("tie"),
        )
    )


def _nobody() -> pl.Expr:
    return pl.lit([], dtype=pl.List(pl.Int64))


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in DECISIONS.items())


def decide_rest(rows: pl.DataFrame, gazetteer: Gazetteer, weak: pl.DataFrame) -> pl.DataFrame:
    """Says of each remaining address why it has no property; `weak` has the rows that had some candidate."""
    codes = gazetteer.variants["postcode"].drop_nulls()
    areas = codes.str.extract(r"^([A-Z]+)").unique().to_list()
    districts = codes.str.extract(r"^(\S+)").unique().to_list()
    area, district = pl.col("postcode").str.extract(r"^([A-Z]+)"), pl.col("postcode").str.extract(r"^(\S+)")
    away = pl.col("postcode").is_not_null() & ~area.is_in(areas)
    near = pl.col("postcode").is_null() | district.is_in(districts)
    on_street = pl.col("known_street") & near
    had = pl.col("row").is_in(weak["row"].implode())
    rung = (
        pl.when(pl.col("trouble") != "")
        .then("trouble")
        .when(away)
        .then(pl.lit("out_of_area"))
        .when(on_street & ((pl.col("number") != "") | (pl.col("names").list.len() > 0)))
        .then(pl.lit("number_absent"))
        .when(on_street)
        .then(pl.lit("street_only"))
        .when((pl.col("street") != "") & ~pl.col("known_street"))
        .then(pl.lit("street_unknown"))
        .when(had)
        .then(pl.lit("weak"))
        .otherwise(pl.lit("no_match"))
    )
    told = rows.with_columns(rung=rung).with_columns(
        outcome=pl.when(pl.col("rung").is_in(["number_absent", "street_only"]))
        .then(pl.lit("street"))
        .otherwise(pl.lit("none")),
        uprn=pl.lit(None, pl.Int64),
        variant=pl.lit(None, pl.Int64),
        bits=pl.lit(None, pl.Float64),
        gap=pl.lit(None, pl.Float64),
        rivals=_nobody(),
    )
    return _shaped(told)


def certainty() -> pl.Expr:
    """The rung's certainty, lowered where the runner-up came near: each bit of gap halves the doubt."""
    base = pl.col("rung").replace_strict({name: rung.certainty for name, rung in BY_NAME.items()}, default=0.0)
    doubt = 2.0 ** -(pl.col("gap").fill_null(30.0) + 4.0)
    return (base * (1.0 - doubt)).cast(pl.Float64)

"""Divides buildings into properties: homes, the shells above them, shops, land and street records."""

from datetime import date

import numpy as np
import polars as pl

from svoc.rehearsal.place_schema import PROPERTIES, conform, generator
from svoc.rehearsal.unit_names import lettered, unit_number, unit_text

# What a home in each building is called, how many it may hold (least, most), and its class in the gazetteer.
KIND = {
    "house": "house",
    "named_house": "named_house",
    "with_annexe": "house",
    "conversion": "conversion",
    "shared_house": "shared_house",
    "bedsits": "bedsit",
    "block": "flat",
    "tenement": "tenement",
    "over_shop": "above_shop",
    "pub": "above_shop",
    "care_home": "care_home",
    "hall": "student_hall",
    "site": "caravan",
}
HOLDS = {
    "house": (2, 6),
    "named_house": (2, 6),
    "conversion": (1, 3),
    "shared_house": (4, 7),
    "bedsit": (1, 2),
    "flat": (1, 4),
    "tenement": (1, 4),
    "above_shop": (1, 3),
    "annexe": (1, 2),
    "care_home": (15, 60),
    "student_hall": (4, 8),
    "caravan": (1, 2),
}
CLASS = {
    "named_house": "RD02",
    "conversion": "RD06",
    "shared_house": "RH03",
    "bedsit": "RH02",
    "flat": "RD06",
    "tenement": "RD06",
    "above_shop": "RD06",
    "annexe": "RD",
    "care_home": "RI01",
    "student_hall": "RI03",
    "caravan": "RD01",
    "shell": "PP",
    "shop": "CR08",
    "pub": "CR06",
    "land": "LU01",
    "garage": "RG02",
    "street_record": "PS",
}
HOUSE_CLASS = {"terrace": "RD04", "suburb": "RD03", "close": "RD03", "estate": "RD04"}
SHELLED = ("conversion", "block", "tenement", "bedsits", "hall", "site")
_BLANK = pl.lit(None, dtype=pl.String)


def divide(seed: int, buildings: pl.DataFrame, streets: pl.DataFrame) -> pl.DataFrame:
    """Divide the buildings into properties, as they stand on the first night.

    Gives PROPERTIES, sorted by `building` and the order of the units in it; street records come last. The homes
    are numbered in `dwelling`, and every property has its UPRN.
    """
    rng = generator(seed, "homes")
    homes = _homes(rng, buildings)
    rest = [_shells(buildings), _businesses(buildings), _land(buildings), _garages(buildings)]
    rows = pl.concat([homes, *rest, _street_records(streets)], how="diagonal_relaxed").sort(
        "building", "unit", "kind", nulls_last=True
    )
    rows = _with_identifiers(rng, rows).with_columns(
        listed=pl.lit(0), opens=pl.lit(0), blpu_class=_classes(), start=_starts(rng, rows.height)
    )
    return conform(_with_parents(rows), PROPERTIES)


def _homes(rng: np.random.Generator, buildings: pl.DataFrame) -> pl.DataFrame:
    homes = buildings[np.repeat(np.arange(buildings.height), buildings["homes"].to_numpy())]
    homes = homes.with_columns(unit=1 + pl.int_range(pl.len()).over("building"))
    annexe = (pl.col("built") == "with_annexe") & (pl.col("unit") == 2)
    homes = homes.with_columns(
        dwelling=pl.int_range(pl.len()),
        kind=pl.when(annexe).then(pl.lit("annexe")).otherwise(pl.col("built").replace_strict(KIND)),
    ).with_columns(unit_text(), unit_number(), *_pao())
    least, most = (homes["kind"].replace_strict({kind: pair[end] for kind, pair in HOLDS.items()}) for end in (0, 1))
    # The smaller of two draws: more small homes than large ones.
    draws = rng.integers(least.to_numpy(), most.to_numpy() + 1, (2, homes.height))
    holds = pl.Series(np.where(homes["kind"] == "care_home", draws[0], draws.min(axis=0)))
    business = pl.col("kind").is_in(["care_home", "student_hall"])
    return homes.with_columns(holds=holds, organisation=pl.when(business).then("organisation"))


def _pao(*, suffixed: bool = True) -> list[pl.Expr]:
    """Write the building: half the named blocks have no number, and some conversions are 12A, 12B, 12C."""
    nameless = ~((pl.col("built") == "block") & pl.col("name").is_not_null() & (pl.col("style") % 2 == 0))
    split = (pl.col("built") == "conversion") & (pl.col("style") >= 10)
    suffix = pl.when(split).then(lettered()).otherwise("suffix") if suffixed else pl.col("suffix")
    return [
        pl.when(nameless).then("number").alias("pao_start"),
        pl.when(nameless).then(suffix).alias("pao_start_suffix"),
        pl.when(nameless).then("last").alias("pao_end"),
        pl.col("name").alias("pao_text"),
    ]


def _shells(buildings: pl.DataFrame) -> pl.DataFrame:
    """Give every divided building its shell, the parent of what is in it: 12, or 12A-12C over 12A, 12B, 12C."""
    several = (pl.col("built") == "over_shop") & (pl.col("homes") > 1)
    rows = buildings.filter(pl.col("built").is_in(SHELLED) | several).with_columns(
        *_pao(suffixed=False), unit=pl.col("homes")
    )
    spanning = (pl.col("built") == "conversion") & (pl.col("style") == 11) & (pl.col("homes") > 1)
    return rows.with_columns(
        pao_start_suffix=pl.when(spanning).then(pl.lit("A")).otherwise("pao_start_suffix"),
        pao_end=pl.when(spanning).then("pao_start").otherwise("pao_end"),
        pao_end_suffix=pl.when(spanning).then(lettered()),
        unit=pl.lit(0),
        kind=pl.lit("shell"),
        organisation=pl.when(pl.col("built").is_in(["hall", "site"])).then("organisation"),
    )


def _businesses(buildings: pl.DataFrame) -> pl.DataFrame:
    rows = buildings.filter(pl.col("built").is_in(["shop", "over_shop", "pub"]))
    shared = (pl.col("built") == "over_shop") & (pl.col("homes") > 1)
    return rows.with_columns(
        *_pao(suffixed=False),
        unit=pl.lit(0),
        kind=pl.col("built").replace("over_shop", "shop"),
        sao_text=pl.when(shared).then(pl.lit("GROUND FLOOR SHOP")),
    )


def _land(buildings: pl.DataFrame) -> pl.DataFrame:
    """Describe land by its neighbours, whose plain number it must not be taken for."""
    before = pl.col("number").forward_fill().over("usrn", order_by="building")
    rows = buildings.with_columns(beside=before).filter(pl.col("built") == "land")
    relation = pl.when(pl.col("style") < 6).then(pl.lit("LAND ADJACENT TO")).otherwise(pl.lit("LAND REAR OF"))
    text = pl.when(pl.col("beside").is_null()).then(pl.lit("LAND AT")).otherwise(pl.format("{} {}", relation, "beside"))
    return rows.with_columns(pao_text=text, unit=pl.lit(0), kind=pl.lit("land")).drop("beside")


def _garages(buildings: pl.DataFrame) -> pl.DataFrame:
    rows = buildings.filter((pl.col("built") == "block") & (pl.col("style") < 2))
    return rows.with_columns(
        *_pao(suffixed=False), unit=pl.lit(99), kind=pl.lit("garage"), organisation=_BLANK, sao_text=pl.lit("GARAGE 1")
    )


def _street_records(streets: pl.DataFrame) -> pl.DataFrame:
    return streets.select(
        "usrn",
        "street",
        "locality",
        "town",
        "ward",
        "x",
        "y",
        kind=pl.lit("street_record"),
        pao_text=pl.lit("STREET RECORD"),
    )


def _with_identifiers(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Allot UPRNs of 12, 11 and 8 digits, in runs along the street, and each system's own property numbers."""
    pool = rng.choice(3, rows.height, p=(0.7, 0.25, 0.05))
    uprn = np.zeros(rows.height, dtype=np.int64)
    for which, first in enumerate((990_040_000_000, 99_023_000_000, 72_000_000)):
        own = np.flatnonzero(pool == which)
        uprn[own] = first + np.cumsum(rng.integers(1, 4, len(own)))
    place = pl.int_range(pl.len()).over("usrn")
    tail = pl.format(
        "{}{}0", (pl.col("usrn") % 100_000).cast(pl.String).str.zfill(5), place.cast(pl.String).str.zfill(4)
    )
    register = pl.Series(rng.permutation(rows.height) + 100_000).cast(pl.String)
    home = pl.col("dwelling").is_not_null()
    return rows.with_columns(
        uprn=pl.Series(uprn),
        council_tax_ref=pl.when(home).then(tail),
        register_ref=pl.when(home).then(register),
    )


def _classes() -> pl.Expr:
    house = pl.col("profile").replace_strict(HOUSE_CLASS, default="RD02", return_dtype=pl.String)
    parent = (pl.col("kind") == "shell") & (pl.col("built") == "bedsits")
    return (
        pl.when(pl.col("kind") == "house")
        .then(house)
        .when(parent)
        .then(pl.lit("RH01"))
        .otherwise(pl.col("kind").replace_strict(CLASS, default=None, return_dtype=pl.String))
    )


def _starts(rng: np.random.Generator, count: int) -> pl.Series:
    """Date most properties from the gazetteer's own first years, and one in eight from later."""
    early = rng.integers(0, 8 * 365, count)
    late = rng.integers(8 * 365, 25 * 365, count)
    days = np.where(rng.random(count) < 0.125, late, early) + (date(2001, 3, 1) - date(1970, 1, 1)).days
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date)


def _with_parents(rows: pl.DataFrame) -> pl.DataFrame:
    above = pl.col("kind") == "shell"
    shells = rows.filter(above).select("building", above="uprn")
    house = (pl.col("built") == "with_annexe") & (pl.col("unit") == 1)
    houses = rows.filter(house).select("building", house="uprn")
    rows = rows.join(shells, on="building", how="left", maintain_order="left")
    rows = rows.join(houses, on="building", how="left", maintain_order="left")
    parent = pl.when(above).then(None).when(pl.col("kind") == "annexe").then("house").otherwise("above")
    return rows.with_columns(parent_uprn=parent)

"""What the gazetteer holds of the town on a night, before it is set in any format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from svoc.rehearsal.delivery_points import delivery_points
from svoc.rehearsal.place_schema import generator, night_date
from svoc.rehearsal.place_words import place_words
from svoc.rehearsal.places import World
from svoc.rehearsal.written_addresses import written_on

REFERENCED = {"CT": 0.97, "ER": 0.95}
"""Share of homes whose number in another system the gazetteer knows, by that system."""

_NOT_POSTAL = ("shell", "land", "garage", "street_record", "planned", "demolished", "annexe")


@dataclass(frozen=True, slots=True)
class GazetteerRecords:
    """Hold the gazetteer's records on one night, one frame for each kind, every one with a `row` of its own.

    `row` numbers the records of a kind over all nights, so that a record keeps its key from night to night.
    """

    streets: pl.DataFrame
    descriptors: pl.DataFrame
    blpus: pl.DataFrame
    cross_references: pl.DataFrame
    lpis: pl.DataFrame
    delivery_points: pl.DataFrame
    successors: pl.DataFrame
    organisations: pl.DataFrame


def records_on(world: World, night: int) -> GazetteerRecords:
    """Gather what the gazetteer holds on a night."""
    points = _dated(delivery_points(world).filter(pl.col("opens") <= night), night)
    blpus = _blpus(world, night, points)
    streets = _streets(world, night)
    business = pl.col("organisation").is_not_null()
    return GazetteerRecords(
        streets=streets,
        descriptors=_descriptors(streets),
        blpus=blpus,
        cross_references=_cross_references(world, blpus),
        lpis=_lpis(world, night, blpus),
        delivery_points=points.join(_welsh(world), on="uprn", how="left", maintain_order="left"),
        successors=_successors(world, night),
        organisations=blpus.filter(business),
    )


def _dated(rows: pl.DataFrame, night: int) -> pl.DataFrame:
    """Add the end and the last update of what opened or closed on a night; `start` is as it is."""
    nights: Mapping[int, date] = {n: night_date(n) for n in range(night + 1)}
    past, gone = pl.col("opens").is_between(1, night), pl.col("closes") <= night
    opened = pl.col("opens").replace_strict(nights, default=None, return_dtype=pl.Date)
    closed = pl.col("closes").replace_strict(nights, default=None, return_dtype=pl.Date)
    if "end" not in rows.columns:
        rows = rows.with_columns(end=pl.lit(None, dtype=pl.Date))
    rows = rows.with_columns(end=pl.coalesce("end", pl.when(gone).then(closed)))
    return rows.with_columns(updated=pl.coalesce("end", pl.when(past).then(opened), "start"))


def _streets(world: World, night: int) -> pl.DataFrame:
    rows = _dated(world.streets.filter(pl.col("opens") <= night), night)
    closed = pl.col("closes").is_not_null() & (pl.col("closes") <= night)
    old = pl.when(closed & (pl.col("closes") == 0)).then(pl.lit(date(2009, 4, 1))).otherwise("end")
    return rows.with_columns(row=pl.col("usrn"), state=pl.when(closed).then(4).otherwise(2), end=old)


def _descriptors(streets: pl.DataFrame) -> pl.DataFrame:
    english = streets.with_columns(language=pl.lit("ENG"))
    welsh = streets.filter(pl.col("welsh").is_not_null())
    welsh = welsh.with_columns(street="welsh", language=pl.lit("CYM"))
    return pl.concat([english, welsh]).sort("usrn", "language", descending=[False, True])


def _blpus(world: World, night: int, points: pl.DataFrame) -> pl.DataFrame:
    """Give every listed property its status, its state and how many it contains."""
    rows = _dated(world.properties.with_row_index("row").filter(pl.col("listed") <= night), night)
    gone = pl.col("closes").is_not_null() & (pl.col("closes") <= night)
    coming = pl.col("opens") > night
    planned = pl.when(pl.col("kind") == "planned").then(6).otherwise(1)
    long_gone = pl.when(pl.col("kind") == "demolished").then(pl.lit(date(2016, 9, 30))).otherwise("end")
    rows = rows.with_columns(
        status=pl.when(gone).then(8).when(coming).then(6).otherwise(1),
        state=pl.when(gone)
        .then(4)
        .when(coming)
        .then(planned)
        .when(pl.col("kind") == "street_record")
        .then(None)
        .otherwise(2),
        end=long_gone,
        updated=pl.when(pl.col("kind") == "demolished").then(long_gone).otherwise("updated"),
    )
    inside = rows.filter(pl.col("status") == 1).group_by("parent_uprn").len("inside")
    rows = rows.join(inside, left_on="uprn", right_on="parent_uprn", how="left", maintain_order="left")
    known = pl.col("uprn").is_in(points["uprn"].implode())
    live = ~pl.col("kind").is_in(list(_NOT_POSTAL)) & (pl.col("status") == 1)
    unknown = pl.when(pl.col("parent_uprn").is_null()).then(pl.lit("L")).otherwise(pl.lit("C"))
    return rows.with_columns(
        inside=pl.col("inside").fill_null(0),
        ward=pl.col("ward").replace_strict(ward_codes(), default=None, return_dtype=pl.String),
        postal=pl.when(~live).then(pl.lit("N")).when(known).then(pl.lit("D")).otherwise(unknown),
    )


def ward_codes() -> dict[str, str]:
    """Give the wards their nine-character codes."""
    return {ward: f"E05099{number:03}" for number, ward in enumerate(place_words().wards, 1)}


def _cross_references(world: World, blpus: pl.DataFrame) -> pl.DataFrame:
    """Give the homes' numbers in the Council Tax and the electoral system, where the gazetteer knows them."""
    rng = generator(world.seed, "cross references")
    columns = {"CT": "council_tax_ref", "ER": "register_ref"}
    parts = []
    for place, (source, share) in enumerate(REFERENCED.items()):
        known = world.properties.filter(pl.Series(rng.random(world.properties.height) < share))["uprn"]
        rows = blpus.filter(
            pl.col("uprn").is_in(known.implode()), pl.col(columns[source]).is_not_null(), pl.col("status") != 6
        )
        parts.append(
            rows.with_columns(
                reference=columns[source], source=pl.lit(source), row=pl.col("row").cast(pl.Int64) * 2 + place
            )
        )
    return pl.concat(parts).sort("row")


def _lpis(world: World, night: int, blpus: pl.DataFrame) -> pl.DataFrame:
    rows = _dated(written_on(world.lpis, night), night).with_columns(row=pl.col("key"))
    return rows.join(blpus.select("uprn", "postal"), on="uprn", how="inner", maintain_order="left")


def _successors(world: World, night: int) -> pl.DataFrame:
    """Name what came of the properties that are no more."""
    rows = world.changes.with_row_index("row").filter(pl.col("successor").is_not_null(), pl.col("night") <= night)
    nights = {0: date(2016, 9, 30), **{n: night_date(n) for n in range(1, night + 1)}}
    start = pl.col("night").replace_strict(nights, return_dtype=pl.Date)
    return rows.with_columns(start=start, updated=start, end=pl.lit(None, dtype=pl.Date))


def _welsh(world: World) -> pl.DataFrame:
    names = world.streets.filter(pl.col("welsh").is_not_null()).select("usrn", "welsh")
    return world.properties.select("uprn", "usrn").join(names, on="usrn").select("uprn", "welsh")

"""Reads AddressBase Core: one row a property, with its address in parts and in a single line.

Core tells neither status nor state; all that it lists is taken as approved.
"""

import polars as pl

from gazetteer.formats import shape
from gazetteer.formats.base import Tables
from gazetteer.formats.delivery_points import premises
from gazetteer.formats.products import Product, Sheet, more_of, sheet_of
from gazetteer.formats.records import Records
from gazetteer.formats.values import CLASS, DECIMAL, TEXT, TOID, UDPRN

LAYOUT = sheet_of(
    "AddressBase Core",
    "uprn parent_uprn udprn usrn toid classification_code easting northing latitude longitude rpc last_update_date "
    "single_line_address po_box organisation sub_building building_name building_number street_name locality "
    "town_name post_town island postcode delivery_point_suffix gss_code change_code",
    required="uprn classification_code",
)
KINDS = {
    "udprn": UDPRN,
    "toid": TOID,
    "classification_code": CLASS,
    "easting": DECIMAL,
    "northing": DECIMAL,
    "building_number": TEXT,
}
PROPERTY_COLUMNS = {
    "uprn": "uprn",
    "status": "status",
    "classification_code": "class_code",
    "postcode": "postcode",
    "easting": "x",
    "northing": "y",
    "latitude": "latitude",
    "longitude": "longitude",
    "last_update_date": "updated",
}
ADDRESS_COLUMNS = {
    "uprn": "uprn",
    "key": "key",
    "origin": "origin",
    "status": "status",
    "language": "language",
    "organisation": "organisation",
    "usrn": "usrn",
    "street_name": "street",
    "locality": "locality",
    "postcode": "postcode",
    "single_line_address": "text",
}
UNREAD = "udprn toid rpc po_box island delivery_point_suffix gss_code"


def tables(records: Records) -> Tables:
    """Makes the gazetteer's tables of AddressBase Core rows."""
    frame = records.frames["rows"]
    rows = frame.with_columns(
        pl.col("uprn").alias("key"),
        pl.lit("core").alias("origin"),
        pl.lit(shape.APPROVED).alias("status"),
        pl.lit(shape.ENGLISH).alias("language"),
    )
    parts = premises("sub_building", "building_name", "building_number", "po_box")
    own = shape.renamed(rows, ADDRESS_COLUMNS, *parts, pl.coalesce("town_name", "post_town").alias("town"))
    # Royal Mail's post town is often another than the council's town, and people write either.
    posted = rows.filter(pl.col("town_name").is_not_null() & (pl.col("post_town") != pl.col("town_name")))
    named = rows.select("usrn", "language", "locality", description="street_name", town="town_name")
    return Tables(
        properties=shape.properties(shape.renamed(rows, PROPERTY_COLUMNS, shape.parent())),
        addresses=shape.addresses(
            own, shape.renamed(posted, ADDRESS_COLUMNS, *parts, pl.col("post_town").alias("town"))
        ),
        streets=shape.streets_of(named),
        cross_references=shape.no_cross_references(),
        successors=shape.no_successors(),
        supply=records.supply,
        more=more_of(frame, LAYOUT, UNREAD),
    )


CORE = Product("AddressBase Core", {"rows": Sheet(LAYOUT, "change_code", KINDS, "values")}, tables)

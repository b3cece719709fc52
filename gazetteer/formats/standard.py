"""Reads AddressBase (the standard product): one row a property that Royal Mail delivers to, with that address only."""

import polars as pl

from gazetteer.formats import shape
from gazetteer.formats.base import Tables
from gazetteer.formats.delivery_points import delivery_points
from gazetteer.formats.products import Product, Sheet, more_of, sheet_of
from gazetteer.formats.records import Records
from gazetteer.formats.values import CLASS, TOID, UDPRN

LAYOUT = sheet_of(
    "AddressBase",
    "uprn os_address_toid udprn organisation_name department_name po_box_number sub_building_name building_name "
    "building_number dependent_thoroughfare thoroughfare post_town double_dependent_locality dependent_locality "
    "postcode postcode_type x_coordinate y_coordinate latitude longitude rpc country change_type la_start_date "
    "rm_start_date last_update_date class",
    required="uprn udprn",
)
WELSH = ("dependent_thoroughfare", "thoroughfare", "double_dependent_locality", "dependent_locality", "post_town")
UNREAD = "os_address_toid postcode_type rpc country"


def tables(records: Records) -> Tables:
    """Makes the gazetteer's tables of AddressBase rows."""
    frame = records.frames["rows"]
    rows = frame.with_columns(
        pl.lit(shape.APPROVED).alias("logical_status"),
        pl.col("la_start_date").alias("start_date"),
        pl.col("class").alias("class_code"),
    )
    points = frame.with_columns(
        pl.col("rm_start_date").alias("start_date"),
        pl.lit(None, pl.Date).alias("end_date"),
        *(pl.lit(None, pl.String).alias(f"welsh_{name}") for name in WELSH),
    )
    names = {**shape.PROPERTY_COLUMNS, "class_code": "class_code", "postcode": "postcode"}
    return Tables(
        properties=shape.properties(shape.renamed(rows, names)),
        addresses=shape.addresses(*delivery_points(points, records.supply.date)),
        streets=shape.streets_of(),
        cross_references=shape.no_cross_references(),
        successors=shape.no_successors(),
        supply=records.supply,
        more=more_of(frame, LAYOUT, UNREAD),
    )


STANDARD = Product(
    "AddressBase",
    {"rows": Sheet(LAYOUT, kinds={"udprn": UDPRN, "os_address_toid": TOID, "class": CLASS}, headless="values")},
    tables,
)

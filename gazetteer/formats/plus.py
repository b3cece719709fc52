"""Reads AddressBase Plus: one row a property, with the council's address, Royal Mail's, and another language's.

Plus tells no logical status: its properties are approved, but for those that have only permission (state 6, taken as
provisional) and those that no longer exist (state 4, taken as historical). See the OS list of BLPU state codes.
"""

import polars as pl

from gazetteer.formats import shape
from gazetteer.formats.base import Tables
from gazetteer.formats.delivery_points import delivery_points
from gazetteer.formats.products import Product, Sheet, more_of, sheet_of
from gazetteer.formats.records import Records
from gazetteer.formats.values import CLASS, TOID, UDPRN

LAYOUT = sheet_of(
    "AddressBase Plus",
    "uprn udprn change_type state state_date class parent_uprn x_coordinate y_coordinate latitude longitude rpc "
    "local_custodian_code country la_start_date last_update_date entry_date rm_organisation_name la_organisation "
    "department_name legal_name sub_building_name building_name building_number "
    "sao_start_number sao_start_suffix sao_end_number sao_end_suffix sao_text alt_language_sao_text "
    "pao_start_number pao_start_suffix pao_end_number pao_end_suffix pao_text alt_language_pao_text "
    "usrn usrn_match_indicator area_name level official_flag os_address_toid os_address_toid_version "
    "os_roadlink_toid os_roadlink_toid_version os_topo_toid os_topo_toid_version voa_ct_record voa_ndr_record "
    "street_description alt_language_street_description dependent_thoroughfare thoroughfare "
    "welsh_dependent_thoroughfare welsh_thoroughfare double_dependent_locality dependent_locality locality "
    "welsh_dependent_locality welsh_double_dependent_locality town_name administrative_area post_town "
    "welsh_post_town postcode postcode_locator postcode_type delivery_point_suffix addressbase_postal "
    "po_box_number ward_code parish_code rm_start_date multi_occ_count voa_ndr_p_desc_code voa_ndr_scat_code "
    "alt_language",
)
UNREAD = (
    "state_date rpc country entry_date usrn_match_indicator os_address_toid os_address_toid_version "
    "os_roadlink_toid os_roadlink_toid_version os_topo_toid os_topo_toid_version postcode_type "
    "delivery_point_suffix multi_occ_count voa_ndr_p_desc_code voa_ndr_scat_code"
)
# As AddressBase Premium names them in its cross references.
VALUATION = {"voa_ct_record": "7666VC", "voa_ndr_record": "7666VN"}
ALTERNATIVE = ("sao_text", "pao_text", "street_description")
SCOTLAND = "S"


def tables(records: Records) -> Tables:
    """Makes the gazetteer's tables of AddressBase Plus rows."""
    rows = records.frames["rows"].with_columns(
        shape.status_of_state("state").alias("logical_status"),
        pl.col("la_start_date").alias("start_date"),
        pl.col("uprn").cast(pl.String).alias("lpi_key"),
        pl.coalesce("locality", "area_name").alias("place"),
    )
    names = {
        **shape.PROPERTY_COLUMNS,
        "state": "state",
        "class": "class_code",
        "addressbase_postal": "postal",
        "ward_code": "ward",
        "parish_code": "parish",
    }
    own = shape.renamed(rows, names, shape.parent(), pl.coalesce("postcode_locator", "postcode").alias("postcode"))
    council = _council(rows, "ENG", "sao_text", "pao_text", "street_description")
    other = rows.filter(pl.any_horizontal(pl.col(f"alt_language_{name}").is_not_null() for name in ALTERNATIVE))
    alternative = _council(other, _language(), *(pl.coalesce(f"alt_language_{name}", name) for name in ALTERNATIVE))
    return Tables(
        properties=shape.properties(own),
        addresses=shape.addresses(
            council,
            alternative,
            shape.organisations(council, rows.select("uprn", organisation="legal_name")),
            *delivery_points(_points(rows), records.supply.date),
        ),
        streets=shape.streets_of(
            rows.select("usrn", *_street("ENG", "street_description")),
            other.select("usrn", *_street(_language(), "alt_language_street_description")),
        ),
        cross_references=shape.cross_references(_valuation(rows)),
        successors=shape.no_successors(),
        supply=records.supply,
        more=more_of(rows.drop("logical_status", "start_date", "lpi_key", "place"), LAYOUT, UNREAD),
    )


def _language() -> pl.Expr:
    gaelic = pl.when(pl.col("country") == SCOTLAND).then(pl.lit("GAE")).otherwise(pl.lit("CYM"))
    return pl.coalesce("alt_language", gaelic)


def _council(
    rows: pl.DataFrame, language: str | pl.Expr, sao: str | pl.Expr, pao: str | pl.Expr, street: str | pl.Expr
) -> pl.DataFrame:
    def column(what: str | pl.Expr) -> pl.Expr:
        return pl.col(what) if isinstance(what, str) else what

    told = rows.with_columns(
        column(sao).alias("sao_text"),
        column(pao).alias("pao_text"),
        column(street).alias("street"),
        (pl.lit(language) if isinstance(language, str) else language).alias("language"),
    )
    return shape.renamed(
        told,
        shape.LPI_COLUMNS,
        pl.lit("lpi").alias("origin"),
        pl.col("la_organisation").alias("organisation"),
        pl.col("street"),
        pl.col("place").alias("locality"),
        pl.col("town_name").alias("town"),
        pl.col("postcode_locator").alias("postcode"),
    )


def _street(language: str | pl.Expr, name: str) -> list[pl.Expr]:
    return [
        pl.col(name).alias("description"),
        pl.col("locality"),
        pl.col("town_name").alias("town"),
        pl.col("administrative_area"),
        (pl.lit(language) if isinstance(language, str) else language).alias("language"),
    ]


def _points(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("udprn").is_not_null()).with_columns(
        pl.col("rm_organisation_name").alias("organisation_name"),
        pl.col("rm_start_date").alias("start_date"),
        pl.lit(None, pl.Date).alias("end_date"),
    )


def _valuation(rows: pl.DataFrame) -> pl.DataFrame:
    told = [
        rows.select("uprn", source=pl.lit(source), cross_reference=pl.col(column))
        for column, source in VALUATION.items()
    ]
    return pl.concat(told).filter(~pl.col("cross_reference").is_in(["0", ""])).drop_nulls("cross_reference")


PLUS = Product(
    "AddressBase Plus",
    {"rows": Sheet(LAYOUT, kinds={"udprn": UDPRN, "class": CLASS, "os_address_toid": TOID})},
    tables,
)

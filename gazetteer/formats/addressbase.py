"""Reads AddressBase Premium, version 2 and version 1, as mixed records or split by record with a header row.

In AddressBase the class (32) and the organisation (31) are records of their own, the postcode stands on the BLPU,
and Royal Mail's delivery points (28) are addresses beside the LPIs. Version 1, of before 2016, has no latitudes,
fewer columns in 11, 15 and 21, and another order of columns, at the same width, in 28.
"""

import polars as pl

from gazetteer.formats import shape
from gazetteer.formats.base import Tables
from gazetteer.formats.delivery_points import delivery_points
from gazetteer.formats.dialect import Dialect
from gazetteer.formats.layouts import Layout, bare, layout
from gazetteer.formats.records import Records

DATES = "start_date end_date last_update_date entry_date"
SAO_TO_PAO = (
    "sao_start_number sao_start_suffix sao_end_number sao_end_suffix sao_text "
    "pao_start_number pao_start_suffix pao_end_number pao_end_suffix pao_text"
)
STREET = (
    "usrn record_type swa_org_ref_naming state state_date street_surface street_classification version "
    "street_start_date street_end_date last_update_date entry_date"
)
DESCRIPTOR = "usrn street_description locality town_name administrative_area language"
BLPU = "uprn logical_status blpu_state blpu_state_date parent_uprn x_coordinate y_coordinate"
PREMISES = (
    "organisation_name department_name sub_building_name building_name building_number dependent_thoroughfare "
    "thoroughfare double_dependent_locality dependent_locality post_town postcode postcode_type"
)
WELSH = (
    "welsh_dependent_thoroughfare welsh_thoroughfare welsh_double_dependent_locality welsh_dependent_locality "
    "welsh_post_town po_box_number process_date"
)

BOTH = {
    "10": bare(
        "header",
        "custodian_name local_custodian_code process_date volume_number entry_date time_stamp version file_type",
    ),
    "23": layout(
        "cross reference",
        f"uprn xref_key cross_reference version source {DATES}",
        required="uprn",
        key="uprn xref_key",
    ),
    "24": layout(
        "LPI",
        f"uprn lpi_key language logical_status {DATES} {SAO_TO_PAO} "
        "usrn usrn_match_indicator area_name level official_flag",
        required="uprn lpi_key logical_status",
        key="uprn lpi_key",
        unique="lpi_key uprn logical_status",
    ),
    "29": bare(
        "metadata",
        "gaz_name gaz_scope ter_of_use linked_data gaz_owner ngaz_freq custodian_name custodian_uprn "
        "local_custodian_code co_ord_system co_ord_unit meta_date class_scheme gaz_date language character_set",
    ),
    "30": layout(
        "successor",
        f"uprn succ_key {DATES} successor",
        required="uprn successor",
        key="uprn succ_key",
    ),
    "31": layout(
        "organisation",
        f"uprn org_key organisation legal_name {DATES}",
        required="uprn",
        key="uprn org_key",
    ),
    "32": layout(
        "classification",
        f"uprn class_key classification_code class_scheme scheme_version {DATES}",
        required="uprn",
        key="uprn class_key",
    ),
    "99": bare("trailer", "next_volume_number record_count entry_date time_stamp"),
}


def _versioned(street: str, descriptor: str, blpu: str, delivery_point: str) -> dict[str, Layout]:
    dated = " start_date" if "start_date" in descriptor else ""
    return {
        "11": layout("street", street, required="usrn", key="usrn", unique="usrn"),
        "15": layout(
            "street descriptor",
            descriptor,
            required="usrn street_description",
            key="usrn language",
            unique=f"usrn language{dated}",
        ),
        "21": layout("BLPU", blpu, required="uprn logical_status", key="uprn", unique="uprn"),
        "28": layout("delivery point", delivery_point, required="uprn udprn", key="udprn", unique="udprn"),
        **BOTH,
    }


VERSION_2 = _versioned(
    f"{STREET} street_start_x street_start_y street_start_lat street_start_long "
    "street_end_x street_end_y street_end_lat street_end_long street_tolerance",
    f"{DESCRIPTOR} {DATES}",
    f"{BLPU} latitude longitude rpc local_custodian_code country {DATES} addressbase_postal postcode_locator "
    "multi_occ_count",
    f"uprn udprn {PREMISES} delivery_point_suffix {WELSH} {DATES}",
)
VERSION_1 = _versioned(
    f"{STREET} street_start_x street_start_y street_end_x street_end_y street_tolerance",
    DESCRIPTOR,
    f"{BLPU} rpc local_custodian_code {DATES} addressbase_postal postcode_locator multi_occ_count",
    f"uprn parent_addressable_uprn udprn {PREMISES} {WELSH} {DATES}",
)
# Postcodes of small and of large users; the column stands elsewhere in each version.
POSTCODE_TYPES = {"28": ("postcode_type", frozenset({"S", "L"}))}
CLASS_SCHEME = "AddressBase Premium"
WARD, PARISH = "7666OW", "7666OP"


def tables(records: Records) -> Tables:
    """Makes the gazetteer's tables of AddressBase Premium records."""
    frames = records.frames
    streets = shape.streets(frames["11"], frames["15"])
    lpis = _lpis(records, streets)
    return Tables(
        properties=_properties(records),
        addresses=shape.addresses(
            lpis,
            shape.organisations(lpis, _names(records)),
            *delivery_points(frames["28"], records.supply.date),
        ),
        streets=streets,
        cross_references=shape.cross_references(frames["23"]),
        successors=shape.successors(frames["30"]),
        supply=records.supply,
    )


def _properties(records: Records) -> pl.DataFrame:
    frames = records.frames
    names = {**shape.PROPERTY_COLUMNS, "addressbase_postal": "postal"}
    own = shape.renamed(frames["21"], names, shape.parent(), pl.col("postcode_locator"))
    delivered = shape.latest(frames["28"], ["uprn"]).select("uprn", pl.col("postcode").alias("delivered"))
    return shape.properties(
        own.join(delivered, on="uprn", how="left", maintain_order="left").with_columns(
            pl.coalesce("postcode_locator", "delivered").alias("postcode")
        ),
        _classes(frames["32"]),
        _areas(frames["23"], WARD, "ward"),
        _areas(frames["23"], PARISH, "parish"),
    )


def _classes(classification: pl.DataFrame) -> pl.DataFrame:
    # The Valuation Office's schemes stand beside the national one and begin when they like.
    national = pl.col("class_scheme").str.starts_with(CLASS_SCHEME).fill_null(value=False)
    best = shape.latest(classification.filter(national), ["uprn"])
    other = shape.latest(classification.filter(~national), ["uprn"]).join(best, on="uprn", how="anti")
    return pl.concat([best, other]).select("uprn", pl.col("classification_code").alias("class_code"))


def _areas(xref: pl.DataFrame, source: str, name: str) -> pl.DataFrame:
    return shape.latest(xref.filter(pl.col("source") == source), ["uprn"]).select(
        "uprn", pl.col("cross_reference").alias(name)
    )


def _lpis(records: Records, streets: pl.DataFrame) -> pl.DataFrame:
    frames = records.frames
    named = shape.current(frames["31"], records.supply.date).filter(pl.col("organisation").is_not_null())
    organisations = shape.latest(named, ["uprn"]).select("uprn", "organisation")
    postcodes = frames["21"].select("uprn", pl.col("postcode_locator").alias("postcode"))
    written = shape.lpi_addresses(frames["24"], streets, pl.col("area_name").alias("locality_else"))
    return written.join(organisations, on="uprn", how="left", maintain_order="left").join(
        postcodes, on="uprn", how="left", maintain_order="left"
    )


def _names(records: Records) -> pl.DataFrame:
    named = shape.current(records.frames["31"], records.supply.date)
    return pl.concat([named.select("uprn", "organisation"), named.select("uprn", organisation="legal_name")])


PREMIUM_2 = Dialect("AddressBase Premium v2", VERSION_2, tables, marks=POSTCODE_TYPES)
PREMIUM_1 = Dialect("AddressBase Premium v1", VERSION_1, tables, marks=POSTCODE_TYPES)

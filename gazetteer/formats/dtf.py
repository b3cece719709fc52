"""Reads DTF 7.3, the exchange format of Local Land and Property Gazetteers.

In DTF the class and the organisation stand on the BLPU, the postcode and the post town on the LPI. The dates of
streets, LPIs and cross references stand in another order than AddressBase's. The layouts of records 11 to 24 are
certain; those of 30 to 32 are taken to be AddressBase's, and records 10, 29 and 99 may have any width.
"""

import polars as pl

from gazetteer.formats import shape
from gazetteer.formats.base import Tables
from gazetteer.formats.dialect import Dialect
from gazetteer.formats.layouts import bare, layout
from gazetteer.formats.records import Records

DATES = "start_date end_date last_update_date entry_date"
LAYOUTS = {
    "10": bare("header", ""),
    "11": layout(
        "street",
        "usrn record_type swa_org_ref_naming state state_date street_surface street_classification version "
        "entry_date last_update_date street_start_date street_end_date "
        "street_start_x street_start_y street_end_x street_end_y street_tolerance",
        required="usrn",
        key="usrn",
        unique="usrn",
    ),
    "12": layout("street cross reference", "usrn xref_type usrn_version_number xref_id xref_version entry_date"),
    "15": layout(
        "street descriptor",
        "usrn street_description locality town_name administrative_area language",
        required="usrn street_description",
        key="usrn language",
        unique="usrn language",
    ),
    "21": layout(
        "BLPU",
        "uprn logical_status blpu_state blpu_state_date blpu_class parent_uprn x_coordinate y_coordinate rpc "
        "local_custodian_code start_date end_date last_update_date entry_date organisation ward_code parish_code "
        "custodian_one custodian_two can_key",
        required="uprn logical_status",
        key="uprn",
        unique="uprn",
    ),
    "22": layout(
        "provenance",
        "uprn prov_key provenance_code annotation entry_date start_date end_date last_update_date",
    ),
    "23": layout(
        "cross reference",
        "uprn xref_key start_date last_update_date entry_date end_date cross_reference source",
        required="uprn",
        key="uprn xref_key",
    ),
    "24": layout(
        "LPI",
        "uprn lpi_key language logical_status start_date end_date entry_date last_update_date "
        "sao_start_number sao_start_suffix sao_end_number sao_end_suffix sao_text "
        "pao_start_number pao_start_suffix pao_end_number pao_end_suffix pao_text usrn level "
        "postal_address postcode post_town official_flag custodian_one custodian_two can_key",
        required="uprn lpi_key logical_status",
        key="uprn lpi_key",
        unique="lpi_key uprn logical_status",
    ),
    "29": bare("metadata", ""),
    "30": layout(
        "successor",
        f"uprn succ_key {DATES} successor",
        required="uprn successor",
        key="uprn succ_key",
    ),
    "31": layout("organisation", f"uprn org_key organisation legal_name {DATES}"),
    "32": layout("classification", f"uprn class_key classification_code class_scheme scheme_version {DATES}"),
    "99": bare("trailer", ""),
}


def tables(records: Records) -> Tables:
    """Makes the gazetteer's tables of DTF records."""
    frames = records.frames
    blpu, lpi = frames["21"], frames["24"]
    streets = shape.streets(frames["11"], frames["15"])
    own = shape.renamed(
        blpu,
        {**shape.PROPERTY_COLUMNS, "blpu_class": "class_code", "ward_code": "ward", "parish_code": "parish"},
        shape.parent(),
    )
    postal = shape.first_said(lpi, "postal_address").rename({"postal_address": "postal"})
    organisations = blpu.select("uprn", "organisation")
    written = shape.lpi_addresses(lpi, streets, pl.col("postcode"), pl.col("post_town").alias("town_else"))
    written = written.join(organisations, on="uprn", how="left", maintain_order="left")
    return Tables(
        properties=shape.properties(own, shape.first_said(lpi, "postcode"), postal),
        addresses=shape.addresses(written),
        streets=streets,
        cross_references=shape.cross_references(frames["23"]),
        successors=shape.successors(frames["30"]),
        supply=records.supply,
    )


DTF = Dialect("DTF 7.3", LAYOUTS, tables, loose=frozenset({"10", "29", "99"}))

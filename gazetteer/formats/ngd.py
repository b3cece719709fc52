"""Reads the address files of OS's National Geographic Database: built, prebuild and historic addresses, their
alternatives, and Royal Mail's.

Each is a table with a header row. The versions of a feature are told apart by their dates, so that files of changes
may come in any order: the latest version of each stands, unless it says that the feature has ended or has moved to
another table. See the OS code list changetypevalue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from gazetteer.formats import shape
from gazetteer.formats.base import Tables
from gazetteer.formats.changes import together
from gazetteer.formats.delivery_points import delivery_points, premises
from gazetteer.formats.layouts import Layout
from gazetteer.formats.products import Product, Sheet, more_of, sheet_of
from gazetteer.formats.records import Records
from gazetteer.formats.values import CLASS, DATE, DECIMAL, NUMBER, PARENT, TEXT, UDPRN, Kind

ADDRESS = sheet_of(
    "NGD address",
    "uprn versiondate versionavailablefromdate versionavailabletodate changetype theme description organisationname "
    "poboxnumber subname name number streetname locality townname islandname postcode fulladdress country "
    "alternatelanguagesubname alternatelanguagename alternatelanguagenumber alternatelanguagestreetname "
    "alternatelanguagelocality alternatelanguagetownname alternatelanguageislandname alternatelanguage "
    "alternatelanguagefulladdress floorlevel lowestfloorlevel highestfloorlevel classificationcode "
    "classificationdescription primaryclassificationdescription secondaryclassificationdescription "
    "tertiaryclassificationdescription quaternaryclassificationdescription buildstatus buildstatusdate addressstatus "
    "postcodesource parentuprn rootuprn hierarchylevel usrn usrnmatchindicator localcustodiancode "
    "localcustodiandescription lowertierlocalauthoritygsscode easting northing latitude longitude geometry "
    "positionalaccuracy effectivestartdate effectiveenddate",
    key="uprn description",
    required="uprn versiondate description",
)
ALTERNATIVE = sheet_of(
    "NGD alternate address",
    "alternateaddressid uprn featuretypeversiondate usrn addressstatus alternatesubname alternatename alternatenumber "
    "streetname locality townname islandname language postcode fulladdress floorlevel lowestfloorlevel "
    "highestfloorlevel updatedate effectivestartdate effectiveenddate",
    key="alternateaddressid",
    required="alternateaddressid uprn",
)
ROYAL_MAIL = sheet_of(
    "NGD Royal Mail address",
    "udprn versiondate versionavailablefromdate versionavailabletodate changetype theme description organisationname "
    "departmentname subbuildingname buildingname buildingnumber dependentthoroughfare thoroughfare "
    "doubledependentlocality dependentlocality posttown postcode postcodetype deliverypointsuffix "
    "welshdependentthoroughfare welshthoroughfare welshdoubledependentlocality welshdependentlocality welshposttown "
    "poboxnumber updatedate entrydate easting northing latitude longitude geometry positionalaccuracy "
    "geometryallocationmethod unmatchedreason unmatchedreasondate uprn matchedaddressfeaturetype matchtype matchdate "
    "matchmethod matchingorganisation",
    key="udprn",
    required="udprn",
)
UNREAD = (
    "islandname country alternatelanguageislandname floorlevel lowestfloorlevel highestfloorlevel "
    "classificationdescription buildstatus buildstatusdate postcodesource rootuprn hierarchylevel usrnmatchindicator "
    "lowertierlocalauthoritygsscode positionalaccuracy"
)
# The columns of Royal Mail's addresses are delivery points', written as one word.
MAIL = {
    "organisationname": "organisation_name",
    "departmentname": "department_name",
    "subbuildingname": "sub_building_name",
    "buildingname": "building_name",
    "buildingnumber": "building_number",
    "dependentthoroughfare": "dependent_thoroughfare",
    "doubledependentlocality": "double_dependent_locality",
    "dependentlocality": "dependent_locality",
    "posttown": "post_town",
    "welshdependentthoroughfare": "welsh_dependent_thoroughfare",
    "welshthoroughfare": "welsh_thoroughfare",
    "welshdoubledependentlocality": "welsh_double_dependent_locality",
    "welshdependentlocality": "welsh_dependent_locality",
    "welshposttown": "welsh_post_town",
    "poboxnumber": "po_box_number",
    "entrydate": "start_date",
}
# In the order in which one speaks for a property that stands in several: a plot is built, a building goes.
STATUSES = {"built address": 1, "prebuild address": 6, "historic address": 8}
PREFERENCE = (1, 6, 8)
ADDRESS_STATUSES = {"approved": 1, "alternative": 3, "provisional": 6, "historical": 8}
STATES = {"under construction": 1, "built complete": 2, "prebuild": 6, "historic": 4, "demolished": 4}
ENDED = ("end of life", "moved to a different feature type")


def _described(text: pl.Expr) -> pl.Expr:
    words = text.str.to_lowercase().str.replace_all(r"[\s-]+", " ").str.replace("pre build", "prebuild", literal=True)
    return pl.when(words.is_in([*STATUSES, "postcode address file"])).then(words)


DESCRIPTION = Kind(_described, "Built Address, Prebuild Address or Historic Address")
DAY = Kind(lambda text: DATE.read(text.str.head(10)), DATE.expected)
DATES = dict.fromkeys(("versiondate", "featuretypeversiondate", "updatedate", "entrydate"), DAY)
KINDS: Mapping[str, Kind] = {
    **DATES,
    "description": DESCRIPTION,
    "effectivestartdate": DAY,
    "effectiveenddate": DAY,
    "parentuprn": PARENT,
    "localcustodiancode": NUMBER,
    "easting": DECIMAL,
    "northing": DECIMAL,
    "classificationcode": CLASS,
    "udprn": UDPRN,
    "buildingnumber": NUMBER,
    "changetype": TEXT,
}


def _change(rows: pl.DataFrame) -> pl.DataFrame:
    ended = pl.col("changetype").str.to_lowercase().is_in(ENDED).fill_null(value=False)
    return rows.with_columns(change_type=pl.when(ended).then(pl.lit("D")).otherwise(pl.lit("I")))


def _insert(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(change_type=pl.lit("I"))


def by_version(layouts: Mapping[str, Layout], files: Sequence[Records]) -> Records:
    """Keeps the latest version of each feature of all the files, and drops those that have ended.

    An alternative goes with the version of the address that it was told with, and what belongs to a property that is
    gone goes with it.
    """
    whole = {kind: pl.concat([one.frames[kind] for one in files], how="diagonal") for kind in layouts}
    latest = {kind: _latest(frame, layouts[kind].key) for kind, frame in whole.items()}
    frames = {kind: frame.filter(pl.col("change_type") != "D") for kind, frame in latest.items()}
    gone = latest["address"].filter(pl.col("change_type") == "D").select("uprn").unique()
    gone = gone.join(frames["address"], on="uprn", how="anti")
    for kind in ("alternative", "royal mail"):
        frames[kind] = frames[kind].join(gone, on="uprn", how="anti", maintain_order="left")
    told = pl.col("featuretypeversiondate")
    frames["alternative"] = frames["alternative"].filter(told.is_null() | (told == told.max().over("uprn")))
    supply = together([one.supply for one in files])
    only_ended = bool(len(gone)) and frames["address"].is_empty()
    return Records(frames, replace(supply, change_only=only_ended), files[0].faults)


def _latest(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    dated = next(name for name in ("versiondate", "featuretypeversiondate") if name in frame.columns)
    return frame.sort(dated, nulls_last=False, maintain_order=True).unique(list(key), keep="last", maintain_order=True)


def tables(records: Records) -> Tables:
    """Makes the gazetteer's tables of the NGD's rows."""
    frames = records.frames
    status = pl.col("description").replace_strict(STATUSES, return_dtype=pl.Int16).alias("status")
    rows = frames["address"].filter(pl.col("description").is_in(list(STATUSES))).with_columns(status)
    rows = rows.sort("uprn", pl.col("status").replace_strict(PREFERENCE, range(3), return_dtype=pl.Int8))
    one = rows.unique("uprn", keep="first", maintain_order=True)
    addresses, alternatives = _addresses(rows), _alternatives(frames["alternative"])
    points = frames["royal mail"].filter(pl.col("uprn").is_not_null()).rename(MAIL, strict=False)
    points = points.with_columns(pl.lit(None, pl.Date).alias("end_date"))
    return Tables(
        properties=shape.properties(_properties(one)),
        addresses=shape.addresses(*addresses, alternatives, *delivery_points(points, records.supply.date)),
        streets=shape.streets_of(*(_named(part) for part in (*addresses, alternatives))),
        cross_references=shape.no_cross_references(),
        successors=shape.no_successors(),
        supply=records.supply,
        more=more_of(one.drop("status"), ADDRESS, UNREAD),
    )


def _properties(one: pl.DataFrame) -> pl.DataFrame:
    state = pl.col("buildstatus").str.to_lowercase().replace_strict(STATES, default=None, return_dtype=pl.Int16)
    return one.select(
        "uprn",
        "status",
        "postcode",
        "latitude",
        "longitude",
        shape.parent("parentuprn"),
        state=state,
        class_code="classificationcode",
        x="easting",
        y="northing",
        custodian="localcustodiancode",
        start="effectivestartdate",
        end="effectiveenddate",
        updated="versiondate",
    )


def _addresses(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    common = rows.with_columns(
        key=pl.col("uprn"),
        origin=pl.lit("ngd"),
        start="effectivestartdate",
        end="effectiveenddate",
        level=pl.col("floorlevel"),
        organisation="organisationname",
    )
    english = common.with_columns(
        *premises("subname", "name", "number", "poboxnumber"),
        language=pl.lit(shape.ENGLISH),
        street="streetname",
        town="townname",
        text="fulladdress",
    )
    speaks = common.filter(pl.col("alternatelanguage").is_not_null())
    parts = ("subname", "name", "number", "streetname", "locality", "townname")
    other = speaks.with_columns(pl.coalesce(f"alternatelanguage{name}", name).alias(name) for name in parts)
    other = other.with_columns(
        *premises("subname", "name", "number", "poboxnumber"),
        language=_language("alternatelanguage"),
        street="streetname",
        town="townname",
        text="alternatelanguagefulladdress",
    )
    return english, other


def _named(addresses: pl.DataFrame) -> pl.DataFrame:
    return addresses.select("usrn", "language", "locality", "town", description="street")


def _language(column: str) -> pl.Expr:
    return pl.col(column).str.to_uppercase().str.head(3).fill_null(shape.ENGLISH)


def _alternatives(rows: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("addressstatus").str.to_lowercase()
    return rows.with_columns(none=pl.lit(None, pl.String)).with_columns(
        *premises("alternatesubname", "alternatename", "alternatenumber", "none"),
        key=pl.col("alternateaddressid"),
        origin=pl.lit("ngd"),
        status=known.replace_strict(ADDRESS_STATUSES, default=3, return_dtype=pl.Int16),
        language=_language("language"),
        start="effectivestartdate",
        end="effectiveenddate",
        level=pl.col("floorlevel"),
        street="streetname",
        town="townname",
        text="fulladdress",
    )


NGD = Product(
    "NGD addresses",
    {
        "address": Sheet(ADDRESS, "changetype", KINDS, None, _change),
        "alternative": Sheet(ALTERNATIVE, "changetype", KINDS, None, _insert),
        "royal mail": Sheet(ROYAL_MAIL, "changetype", {**KINDS, "description": TEXT}, None, _change),
    },
    tables,
    by_version,
)

"""Writes the town's gazetteer as councils receive it: DTF 7.3 and AddressBase Premium, full or changes only."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from svoc.rehearsal.gazetteer_layouts import ADDRESSBASE, DTF, Layout
from svoc.rehearsal.gazetteer_records import GazetteerRecords, records_on
from svoc.rehearsal.place_schema import night_date
from svoc.rehearsal.place_words import place_words
from svoc.rehearsal.places import World

_TIME = "19:30:00"
_VOA = {"CT": "7666VC"}  # the one of the two references that AddressBase carries
_LETTERS = {"lpi_key": "L", "class_key": "C", "xref_key": "X", "org_key": "O", "succ_key": "S"}


def write_dtf(path: Path, world: World, *, night: int = 0, since: int | None = None) -> int:
    """Write the gazetteer as a DTF 7.3 file, and say how many records it holds.

    With `since`, an earlier night, the file holds only what was inserted (I), changed (U) or deleted (D) since.
    Records 10, 11, 15, 21, 23, 24, 29, 30 and 99; UTF-8, comma-separated, no header row.
    """
    return _write(path, _lines(world, DTF, night, since), "7.3", night, changes=since is not None)


def write_addressbase(path: Path, world: World, *, night: int = 0, since: int | None = None) -> int:
    """Write the gazetteer as one AddressBase Premium file (version 2), and say how many records it holds.

    With `since`, an earlier night, the file holds only what was inserted (I), changed (U) or deleted (D) since.
    Records 10, 11, 15, 21, 23, 24, 28, 29, 30, 31, 32 and 99; UTF-8, comma-separated, no header row.
    """
    return _write(path, _lines(world, ADDRESSBASE, night, since), "2.0", night, changes=since is not None)


def _lines(world: World, layouts: Mapping[int, Layout], night: int, since: int | None) -> pl.DataFrame:
    """Set the records in lines, in the order of the file: streets first, then property by property."""
    now = _bodies(records_on(world, night), layouts)
    if since is None:
        rows = now.with_columns(change=pl.lit("I"))
    else:
        rows = _changed(_bodies(records_on(world, since), layouts), now)
    return rows.sort("group", "id", "record", "row")


def _changed(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Keep what is new, different or gone."""
    keys = ["group", "id", "record", "row"]
    both = now.join(before, on=keys, how="full", suffix="_before", coalesce=True)
    change = (
        pl.when(pl.col("body").is_null())
        .then(pl.lit("D"))
        .when(pl.col("body_before").is_null())
        .then(pl.lit("I"))
        .when(pl.col("body") != pl.col("body_before"))
        .then(pl.lit("U"))
    )
    rows = both.with_columns(change=change, body=pl.coalesce("body", "body_before"))
    return rows.filter(pl.col("change").is_not_null()).select(*keys, "body", "change")


def _bodies(records: GazetteerRecords, layouts: Mapping[int, Layout]) -> pl.DataFrame:
    """Write every record from its fourth column on, with what it is sorted and told apart by."""
    parts = []
    for record, layout in layouts.items():
        rows = _completed(getattr(records, layout.frame), addressbase=layouts is ADDRESSBASE)
        cells = [_cell(rows, column) for column in layout.columns]
        row = pl.col("row").cast(pl.String)
        if layout.frame == "descriptors":
            row = row + pl.col("language")
        parts.append(
            rows.select(
                group=pl.lit(layout.group, dtype=pl.Int8),
                id=pl.col("usrn" if layout.group == 0 else "uprn"),
                record=pl.lit(record, dtype=pl.Int16),
                row=row,
                body=pl.concat_str(cells, separator=","),
            )
        )
    return pl.concat(parts)


def _cell(rows: pl.DataFrame, column: str) -> pl.Expr:
    name = column.removesuffix("$")
    plain = pl.lit("") if name == "_" else pl.col(name).fill_null("")
    if name != "_" and rows.schema[name] in (pl.Float64, pl.Float32):
        plain = pl.col(name).round(7).cast(pl.String).fill_null("")
    elif name != "_":
        plain = pl.col(name).cast(pl.String).fill_null("")
    return '"' + plain + '"' if column.endswith("$") else plain


def _completed(rows: pl.DataFrame, *, addressbase: bool) -> pl.DataFrame:
    """Add what is the same in every record, the keys, and the coordinates in degrees."""
    words = place_words()
    if addressbase and "source" in rows.columns:
        rows = rows.filter(pl.col("source").is_in(list(_VOA))).with_columns(pl.col("source").replace(_VOA))
    number = (pl.col("row").cast(pl.Int64) + 1).cast(pl.String).str.zfill(9)
    keys = {name: pl.format(f"{words.custodian}{letter}{{}}", number) for name, letter in _LETTERS.items()}
    rows = rows.with_columns(
        custodian=pl.lit(words.custodian),
        area=pl.lit(words.county),
        scheme=pl.lit("AddressBase Premium Classification Scheme"),
        scheme_version=pl.lit("1.0"),
        record_type=pl.lit(1),
        surface=pl.lit(1),
        classification=pl.lit(8),
        version=pl.lit(0),
        tolerance=pl.lit(10),
        rpc=pl.lit(1),
        country=pl.lit("E"),
        official=pl.lit("Y"),
        match=pl.lit("1"),
        postcode_type=pl.lit("S"),
        **keys,
    )
    if "postal" in rows.columns:
        codes = {"D": "Y", "C": "Y", "L": "L", "N": "N"}
        rows = rows.with_columns(postal_address=pl.col("postal").replace_strict(codes, return_dtype=pl.String))
    return rows if "x" not in rows.columns else _placed(rows)


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Add latitude and longitude: close enough near 2 degrees west, where the town lies (about 100 metres)."""
    rows = rows.with_columns(end_x=pl.col("x") + 180, end_y=pl.col("y") + 60)
    degrees = {}
    for prefix in ("", "end_"):
        degrees[f"{prefix}latitude"] = 52.5978 + (pl.col(f"{prefix}y") - 300_000) / 111_250
        degrees[f"{prefix}longitude"] = -2.0 + (pl.col(f"{prefix}x") - 400_000) / 67_760
    return rows.with_columns(**degrees)


def _write(path: Path, rows: pl.DataFrame, version: str, night: int, *, changes: bool) -> int:
    """Number the records, put header, metadata and trailer around them, and write the file."""
    order = pl.int_range(1, pl.len() + 1)
    lines = rows.select(pl.format('{},"{}",{},{}', "record", "change", order, "body")).to_series().to_list()
    words, today = place_words(), night_date(night)
    kind = "C" if changes else "F"
    first = f'10,"{words.council}",{words.custodian},{today},1,{today},{_TIME},"{version}","{kind}"'
    last = f"99,0,{len(lines)},{today},{_TIME}"
    path.write_text("\n".join([first, _metadata(today), *lines, last, ""]), "utf-8")
    return len(lines)


def _metadata(today: date) -> str:
    words = place_words()
    place = words.council.removesuffix(" CITY COUNCIL")
    return (
        f'29,"{place} LLPG","BLPUs, Streets and associated Information","{place}","","{words.council}","D",'
        f'"{words.council}",,{words.custodian},"British National Grid","Metres",{today},'
        f'"AddressBase Premium Classification Scheme",{today},"BIL"," UTF-8"'
    )

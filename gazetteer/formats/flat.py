"""Reads a flat view of a gazetteer: one header row, then one row a UPRN or a written address.

Councils publish such views of their gazetteers, each with column names of its own. Those in
`data/flat_columns.csv` are recognised whatever their case, spaces and underscores; others are named by the caller.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from gazetteer.formats import shape
from gazetteer.formats.base import (
    CROSS_REFERENCES,
    PROPERTIES,
    STREETS,
    SUCCESSORS,
    Columns,
    Supply,
    Tables,
    conform,
)
from gazetteer.formats.faults import Faults, raise_all
from gazetteer.formats.headings import names_a_uprn, places_of, word_list
from gazetteer.formats.lines import MISQUOTED, Lines, fields, shaped, table
from gazetteer.formats.values import CODE, DECIMAL, NUMBER, PARENT, STATUSES, UPRN, USRN, Kind, typed

SEPARATORS = ",;\t|"
APPROVED = 1
POSTCODE = r"(?i)\b([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\s*$"
DAY_FIRST = r"^(\d\d)/(\d\d)/(\d{4})"


def _status(text: pl.Expr) -> pl.Expr:
    codes = {words: int(code) for words, code in word_list("status_words.csv").items()}
    codes |= {str(code): code for code in STATUSES}
    return text.str.to_lowercase().replace_strict(codes, default=None, return_dtype=pl.Int16)


def _date(text: pl.Expr) -> pl.Expr:
    iso = text.str.replace(DAY_FIRST, "${3}-${2}-${1}").str.replace_all("/", "-", literal=True)
    return iso.str.replace(r"[T ].*$", "").str.to_date("%Y-%m-%d", strict=False)


def _whole(kind: Kind) -> Kind:
    # Spreadsheets write whole numbers as 100.0.
    return Kind(lambda text: kind.read(text.str.replace(r"\.0+$", "")), kind.expected)


STATUS = Kind(_status, "1, 3, 5, 6, 7, 8, 9 or their words, such as approved or historical")
DATE = Kind(_date, "a date as 2026-11-02 or 02/11/2026")
KINDS: Mapping[str, Kind] = {
    "uprn": _whole(UPRN),
    "parent_uprn": _whole(PARENT),
    "usrn": _whole(USRN),
    "status": _whole(STATUS),
    "property_status": _whole(STATUS),
    "state": _whole(CODE),
    "custodian": _whole(NUMBER),
    **dict.fromkeys(("sao_start", "sao_end", "pao_start", "pao_end"), _whole(NUMBER)),
    **dict.fromkeys(("x", "y", "latitude", "longitude"), DECIMAL),
    **dict.fromkeys(("start", "end", "updated"), DATE),
}


class Flat:
    """The flat view as a format."""

    name = "a flat view with a column named UPRN"

    def understands(self, files: Sequence[Lines], columns: Columns | None) -> int:
        """Counts every line, where the first is a header that names a UPRN or the caller has named columns."""
        if columns or all(names_a_uprn(header(file)[0]) for file in files):
            return sum(file.frame.height for file in files)
        return 0

    def read(self, files: Sequence[Lines], columns: Columns | None) -> Tables:
        """Reads flat files as one gazetteer."""
        faults = [Faults(file.name) for file in files]
        frames = [_rows(file, columns or {}, each) for file, each in zip(files, faults, strict=True)]
        rows = pl.concat((f.with_columns(pl.lit(i).alias("file")) for i, f in enumerate(frames)), how="diagonal")
        rows = rows.with_columns(
            _or_default(rows, "status", pl.lit(APPROVED, pl.Int16)), _or_default(rows, "language", pl.lit("ENG"))
        )
        _refuse_repeats(rows, faults)
        raise_all(faults)
        return _tables(rows, files)


FLAT = Flat()


def _rows(file: Lines, columns: Columns, faults: Faults) -> pl.DataFrame:
    faults.extend(file.faults)
    names, separator = header(file)
    places = places_of(file.name, names, columns)
    body = shaped(file.frame.slice(_header_at(file) + 1), separator)
    for width, odd in body.filter(pl.col("width") != len(names)).group_by("width", maintain_order=True):
        faults.add(odd["line"], None, f"{width[0]} columns", expected=f"{len(names)}, as in the header")
    faults.add(body.filter("misquoted")["line"], None, MISQUOTED, expected="quotes around whole fields, doubled within")
    body = body.filter(~pl.col("misquoted"))
    if body.is_empty() and not faults.total:
        faults.add(pl.Series([None]), None, "there is no row below the header", expected="one row a property")
    whole = body.filter(pl.col("width") == len(names))
    raw = table(whole["text"], [str(i) for i in range(len(names))], separator).select(
        pl.col(str(place)).alias(name) for name, place in places.items()
    )
    read = typed(raw.with_columns(whole["line"]), KINDS, faults, required=("uprn",))
    return read.with_columns(_text(read)).with_columns(_postcode(read))


def _header_at(file: Lines) -> int:
    first = file.frame["text"].head(1).str.contains("^sep=")
    return int(first.any())  # a spreadsheet's own line about its separator


def header(file: Lines) -> tuple[list[str], str]:
    """Reads the first line as column names, and says what separates them."""
    text = next(iter(file.frame["text"].slice(_header_at(file), 1)), "")
    separator = max(SEPARATORS, key=text.count)
    return fields(text, separator), separator


def _text(rows: pl.DataFrame) -> pl.Expr:
    parts = [name for name in rows.columns if name == "address" or name.startswith("address_")]
    parts.sort(key=lambda name: (len(name), name))  # address, address_1, ... address_9, address_10
    if not parts:
        return pl.lit(None, pl.String).alias("text")
    line = pl.concat_str(parts, separator=", ", ignore_nulls=True)
    structured = [name for name in rows.columns if name.startswith(("pao_", "sao_"))]
    plain = pl.all_horizontal(pl.col(name).is_null() for name in structured) if structured else pl.lit(value=True)
    return pl.when(plain & (line != "")).then(line).alias("text")


def _postcode(rows: pl.DataFrame) -> pl.Expr:
    found = pl.col("text").str.extract(POSTCODE)
    return (pl.coalesce("postcode", found) if "postcode" in rows.columns else found).alias("postcode")


def _or_default(rows: pl.DataFrame, name: str, default: pl.Expr) -> pl.Expr:
    return (pl.coalesce(name, default) if name in rows.columns else default).alias(name)


def _refuse_repeats(rows: pl.DataFrame, faults: Sequence[Faults]) -> None:
    keyed = "key" in rows.columns
    asked = rows.filter(pl.col("uprn").is_not_null() & (pl.lit(keyed) | (pl.col("status") == APPROVED)))
    same = ["uprn", "status", "key"] if keyed else ["uprn", "language"]
    first = asked.unique(same, keep="first", maintain_order=True)
    repeats = asked.join(first, on=["file", "line"], how="anti", maintain_order="left")
    for i, each in enumerate(faults):
        lines = repeats["line"].filter(repeats["file"] == i)
        each.add(lines, "UPRN", "was given before", expected="one approved address for each UPRN")


def _tables(rows: pl.DataFrame, files: Sequence[Lines]) -> Tables:
    keys = pl.format("{}-{}", "uprn", pl.int_range(1, pl.len() + 1).over("uprn"))
    rows = rows.with_columns(_or_default(rows, "key", keys), pl.lit("flat").alias("origin"))
    properties = shape.properties(_speaking(rows))
    return Tables(
        properties=properties,
        addresses=shape.addresses(rows),
        streets=_streets(rows),
        cross_references=conform(pl.DataFrame(), CROSS_REFERENCES),
        successors=conform(pl.DataFrame(), SUCCESSORS),
        supply=_supply(rows, properties, files),
    )


def _speaking(rows: pl.DataFrame) -> pl.DataFrame:
    # A property is approved where any of its addresses is, alternatives included.
    ordered = rows.sort(shape.rank("status"), "line", maintain_order=True)
    first = ordered.unique("uprn", keep="first", maintain_order=True)
    approved = pl.col("status").replace({3: APPROVED})
    first = first.with_columns(_or_default(rows, "property_status", approved).alias("status"))
    parent = [shape.parent()] if "parent_uprn" in rows.columns else []
    return conform(first.with_columns(parent), PROPERTIES)


def _streets(rows: pl.DataFrame) -> pl.DataFrame:
    if not {"usrn", "street"} <= {*rows.columns}:
        return conform(pl.DataFrame(), STREETS)
    named = rows.filter(pl.col("usrn").is_not_null() & pl.col("street").is_not_null())
    one = named.unique(["usrn", "language"], keep="first", maintain_order=True).drop("start", "end", strict=False)
    return conform(one.rename({"street": "description"}), STREETS).sort("usrn", "language")


def _supply(rows: pl.DataFrame, properties: pl.DataFrame, files: Sequence[Lines]) -> Supply:
    custodians = properties["custodian"].drop_nulls().mode().sort()
    return Supply(
        "flat view",
        int(custodians[0]) if len(custodians) else None,
        pl.select(pl.lit(properties["updated"].max())).item(),
        {"rows": rows.height},
        encodings=tuple(sorted({file.encoding for file in files})),
    )

"""Reads a flat view of a gazetteer: one header row, then one row a UPRN or a written address.

Councils publish such views of their gazetteers, each with column names of its own. Those in
`data/flat_columns.csv` are recognised whatever their case, spaces and underscores; others are named by the caller.
Columns that are neither are kept beside the tables. A view with a column of change codes (I, U, D) may follow a full
one.
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
from gazetteer.formats.changes import first_change, step_of
from gazetteer.formats.faults import Faults, raise_all
from gazetteer.formats.headings import further, header, names_a_uprn, places_of, rows_below, word_list
from gazetteer.formats.lines import Lines
from gazetteer.formats.values import CODE, DECIMAL, NUMBER, PARENT, STATUSES, UPRN, USRN, Kind, typed

APPROVED = 1
# Before the names of columns that are not ours, so that none is taken for one that is.
MORE = "more: "
POSTCODE = r"(?i)\b([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\s*$"
DAY_FIRST = r"^(\d\d)/(\d\d)/(\d{4})"


def _status(text: pl.Expr) -> pl.Expr:
    codes = {words: int(code) for words, code in word_list("status_words.csv").items()}
    codes |= {str(code): code for code in STATUSES}
    return text.str.to_lowercase().replace_strict(codes, default=None, return_dtype=pl.Int16)


def _date(text: pl.Expr) -> pl.Expr:
    iso = text.str.replace(DAY_FIRST, "${3}-${2}-${1}").str.replace_all("/", "-", literal=True)
    return iso.str.replace(r"[T ].*$", "").str.to_date("%Y-%m-%d", strict=False)


def _change(text: pl.Expr) -> pl.Expr:
    return text.str.to_uppercase().replace_strict(CHANGES, default=None, return_dtype=pl.String)


def _whole(kind: Kind) -> Kind:
    # Spreadsheets write whole numbers as 100.0.
    return Kind(lambda text: kind.read(text.str.replace(r"\.0+$", "")), kind.expected)


STATUS = Kind(_status, "1, 3, 5, 6, 7, 8, 9 or their words, such as approved or historical")
CHANGES = {"I": "I", "INSERT": "I", "U": "U", "UPDATE": "U", "D": "D", "DELETE": "D"}
CHANGE = Kind(_change, "I, U or D")
DATE = Kind(_date, "a date as 2026-11-02 or 02/11/2026")
KINDS: Mapping[str, Kind] = {
    "change": CHANGE,
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
        begins = first_change([frame["change"] for frame in frames], faults)
        parts = (f.with_columns(file=pl.lit(i), step=step_of(i, begins)) for i, f in enumerate(frames))
        rows = pl.concat(parts, how="diagonal")
        rows = rows.with_columns(
            _or_default(rows, "status", pl.lit(APPROVED, pl.Int16)), _or_default(rows, "language", pl.lit("ENG"))
        )
        _refuse_repeats(rows.filter(pl.col("step") == 0), faults)
        raise_all(faults)
        return _tables(_standing(rows), rows.height, files, change_only=begins == 0)


FLAT = Flat()


def _rows(file: Lines, columns: Columns, faults: Faults) -> pl.DataFrame:
    faults.extend(file.faults)
    names, separator = header(file)
    places = places_of(file.name, names, columns)
    body = rows_below(file, names, separator, faults)
    if body.is_empty() and not faults.total:
        faults.add(pl.Series([None]), None, "there is no row below the header", expected="one row a property")
    others = {f"{MORE}{name}": place for name, place in further(names, places).items()}
    columns = {name: str(place) for name, place in places.items()} | others
    raw = body.select("line", **{name: pl.col(place) for name, place in columns.items()})
    read = typed(raw, KINDS, faults, required=("uprn",))
    read = read.with_columns(_or_default(read, "change", pl.lit("I")))
    return read.with_columns(_text(read)).with_columns(_postcode(read))


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


def _standing(rows: pl.DataFrame) -> pl.DataFrame:
    """Applies the changes among the rows: what a property's last file says of it is what stands.

    Where the view gives each address its LPI key, a change is to that address alone, and a delete without a key is of
    the whole property; else the rows of a property take the place of all that it had.
    """
    if rows["step"].max() == 0:
        return rows
    keyed = "key" in rows.columns
    rows = rows.sort("step", "line", maintain_order=True).with_row_index("place")
    deleted = pl.col("change") == "D"
    whole = deleted & pl.col("key").is_null() if keyed else deleted
    one = ["uprn", "key"] if keyed else ["uprn"]
    rows = rows.filter(pl.col("place") > pl.col("place").filter(whole).max().over("uprn").fill_null(-1))
    rows = rows.filter(pl.col("place") > pl.col("place").filter(deleted).max().over(one).fill_null(-1))
    rows = rows.filter(pl.col("step") == pl.col("step").max().over(one)).drop("place")
    # Within one file of changes the last word on an address holds.
    approved = pl.col("status") == APPROVED
    twice = [*one, "status", "language"]
    last = rows.filter(approved).unique(twice, keep="last", maintain_order=True)
    return pl.concat([rows.filter(~approved), last]).sort("step", "line", maintain_order=True)


def _tables(rows: pl.DataFrame, count: int, files: Sequence[Lines], *, change_only: bool) -> Tables:
    keys = pl.format("{}-{}", "uprn", pl.int_range(1, pl.len() + 1).over("uprn"))
    rows = rows.with_columns(_or_default(rows, "key", keys), pl.lit("flat").alias("origin"))
    properties = shape.properties(_speaking(rows))
    return Tables(
        properties=properties,
        addresses=shape.addresses(rows),
        streets=_streets(rows),
        cross_references=conform(pl.DataFrame(), CROSS_REFERENCES),
        successors=conform(pl.DataFrame(), SUCCESSORS),
        supply=_supply(count, properties, files, change_only=change_only),
        more=_more(rows),
    )


def _more(rows: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in rows.columns if name.startswith(MORE) and rows[name].null_count() < rows.height]
    return rows.select("uprn", *(pl.col(name).alias(name.removeprefix(MORE)) for name in names)).sort(
        "uprn", maintain_order=True
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


def _supply(count: int, properties: pl.DataFrame, files: Sequence[Lines], *, change_only: bool) -> Supply:
    custodians = properties["custodian"].drop_nulls().mode().sort()
    return Supply(
        "flat view",
        int(custodians[0]) if len(custodians) else None,
        pl.select(pl.lit(properties["updated"].max())).item(),
        {"rows": count},
        change_only=change_only,
        encodings=tuple(sorted({file.encoding for file in files})),
    )

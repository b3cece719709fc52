"""Looks UPRNs up in OS Open UPRN: which of them Ordnance Survey knows, and where they are.

The file lists every UPRN of Great Britain, some forty million, with coordinates and without any address. It is read
as a stream, and only the rows that are asked for are kept. https://docs.os.uk/os-downloads/identifiers/os-open-uprn
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from gazetteer.errors import Fault, FormatError, MissingInput
from gazetteer.formats.base import Tables
from gazetteer.formats.faults import Faults, raise_all
from gazetteer.formats.headings import fold
from gazetteer.formats.lines import fields
from gazetteer.formats.values import UPRN

COLUMNS = ("uprn", "x_coordinate", "y_coordinate", "latitude", "longitude")
PLACES = {"x_coordinate": "x", "y_coordinate": "y", "latitude": "latitude", "longitude": "longitude"}
# What is known of a UPRN; sorted by uprn, each once.
FOUND: dict[str, pl.DataType] = {
    "uprn": pl.Int64(),
    "x": pl.Float64(),
    "y": pl.Float64(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
}
HEADER_BYTES = 400


def is_open_uprn(path: Path) -> bool:
    """Says by its header row alone whether a file is OS Open UPRN."""
    try:
        with path.open("rb") as file:
            first = file.read(HEADER_BYTES).splitlines()[:1]
    except OSError:
        return False
    names = fields(first[0].decode("utf-8-sig", errors="replace").replace("\0", "")) if first else []
    return tuple(map(fold, names)) == tuple(map(fold, COLUMNS))


def known_to_os(paths: Sequence[Path], uprns: Iterable[int] | pl.Series) -> pl.DataFrame:
    """Gives those of the UPRNs that the files list, with the columns of FOUND.

    Raises MissingInput where a file is not there, and FormatError where it is not OS Open UPRN or has a UPRN that
    cannot be read.
    """
    wanted = pl.DataFrame({"uprn": pl.Series(uprns, dtype=pl.Int64).drop_nulls().unique()})
    found = [_found(path, wanted) for path in paths]
    return pl.concat([pl.DataFrame(schema=FOUND), *found]).unique("uprn", keep="first").sort("uprn")


def _found(path: Path, wanted: pl.DataFrame) -> pl.DataFrame:
    if not path.is_file():
        raise MissingInput(f"{path}: there is no such file")
    if not is_open_uprn(path):
        expected = ",".join(COLUMNS).upper()
        raise FormatError(path.name, [Fault(1, None, "this is not OS Open UPRN", expected=expected)])
    rows = pl.scan_csv(path, infer_schema=False, new_columns=list(COLUMNS)).with_row_index("line", offset=2)
    read = rows.with_columns(UPRN.read(pl.col("uprn").str.strip_chars()))
    ours = read.join(wanted.lazy().with_columns(asked=True), on="uprn", how="left")
    try:
        kept = ours.filter(pl.col("asked") | pl.col("uprn").is_null()).collect(engine="streaming")
    except PolarsError as error:
        message = "a row cannot be read"
        raise FormatError(path.name, [Fault(None, None, message, expected="5 columns in each row")]) from error
    faults = Faults(path.name)
    faults.add(kept.filter(pl.col("uprn").is_null())["line"], "UPRN", "cannot be read", expected=UPRN.expected)
    raise_all([faults])
    return kept.select(
        "uprn", *(pl.col(theirs).cast(pl.Float64, strict=False).alias(n) for theirs, n in PLACES.items())
    )


def located(tables: Tables, paths: Sequence[Path]) -> Tables:
    """Fills the coordinates that a gazetteer lacks by those of OS Open UPRN; those that it has stay."""
    own = tables.properties
    lacking = own.filter(pl.any_horizontal(pl.col(name).is_null() for name in PLACES.values()))
    found = known_to_os(paths, lacking["uprn"])
    # A pair is filled whole: an easting of one source and a northing of another is nowhere.
    filled = own.join(found, on="uprn", how="left", suffix="_os", maintain_order="left").with_columns(
        pl.when(pl.col(one).is_null() | pl.col(other).is_null()).then(f"{name}_os").otherwise(name).alias(name)
        for one, other in (("x", "y"), ("latitude", "longitude"))
        for name in (one, other)
    )
    return replace(tables, properties=filled.select(own.columns))

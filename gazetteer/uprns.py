"""Checks UPRNs, a gazetteer's or those that some list supplies, against OS Open UPRN."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from gazetteer.formats.open_uprn import known_to_os
from gazetteer.formats.values import UPRN
from gazetteer.index import Gazetteer

# One row for each distinct identifier that was asked about.
CHECKED: dict[str, pl.DataType] = {
    "supplied": pl.String(),
    "uprn": pl.Int64(),
    "known": pl.Boolean(),
    "x": pl.Float64(),
    "y": pl.Float64(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
}


def check_uprns(
    asked: Gazetteer | pl.Series | Iterable[int | str | None], open_uprn: str | Path | Sequence[str | Path]
) -> pl.DataFrame:
    """Says which UPRNs Ordnance Survey knows, and where it has them.

    `asked` is a gazetteer, whose standing properties are meant, or identifiers as a list supplies them: numbers or
    text, zeros before them or not. `open_uprn` is the file of OS Open UPRN, or several; it is streamed, so that forty
    million rows need little memory. The answer has the columns of CHECKED, each identifier once, in order of UPRN:
    `supplied` as it was written, `uprn` null where that is no UPRN, and coordinates in metres of the British National
    Grid and in degrees. A historical UPRN need not be known to OS, whose list is of live ones.

    Raises MissingInput where a file is not there and FormatError where it is not OS Open UPRN.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "osopenuprn.csv")
    ...     header = "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE"
    ...     _ = file.write_text(f"{header}\\r\\n12,293000.0,93000.0,50.7,-3.5\\r\\n")
    ...     check_uprns(["000000000012", 13, "none"], file)["supplied", "uprn", "known"].rows()
    [('000000000012', 12, True), ('13', 13, False), ('none', None, False)]
    """
    paths = [Path(open_uprn)] if isinstance(open_uprn, str | Path) else [Path(one) for one in open_uprn]
    if isinstance(asked, Gazetteer):
        standing = asked.properties.filter(pl.col("status").fill_null(1) != 8)
        texts = standing["uprn"].cast(pl.String)
    else:
        texts = pl.Series([None if one is None else str(one) for one in asked], dtype=pl.String)
    distinct = pl.DataFrame({"supplied": texts}).drop_nulls().unique()
    told = distinct.with_columns(uprn=UPRN.read(pl.col("supplied").str.strip_chars()))
    found = known_to_os(paths, told["uprn"]).with_columns(known=True)
    checked = told.join(found, on="uprn", how="left").with_columns(pl.col("known").fill_null(value=False))
    return checked.select(pl.col(name).cast(dtype) for name, dtype in CHECKED.items()).sort(
        "uprn", "supplied", nulls_last=True
    )

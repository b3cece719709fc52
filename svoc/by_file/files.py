"""The files of `svoc place` and `svoc link`: CSV or Parquet in and out, and columns found by their headings."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from svoc.errors import Fault, InputFaults, SettingsError, nearest
from svoc.exporting import FORMATS, export
from svoc.sources.tables import Table, read_table, showable, told_headings

__all__ = ["POSTCODES", "UPRNS", "check_writable", "first_known", "named_column", "table_of", "write_frame"]

POSTCODES = ("postcode", "post code", "property postcode", "address postcode")
UPRNS = ("uprn", "supplied uprn", "property uprn", "unique property reference number")


def table_of(path: Path, known: Sequence[str] = ()) -> Table:
    """Read CSV as text, Parquet as it is; `lines` counts a Parquet's rows from 1."""
    if path.suffix.lower() in {".xlsx", ".xls", ".ods"}:
        raise SettingsError(f"{path.name}: expected CSV or Parquet; save the sheet as CSV")
    if path.suffix.lower() != ".parquet" or not path.is_file():
        return read_table(path, known=known)
    try:
        frame = pl.read_parquet(path)
    except pl.exceptions.PolarsError:
        raise InputFaults([Fault(path.name, expected="a Parquet file")]) from None
    return Table(path, frame, pl.int_range(1, frame.height + 1, eager=True).alias("line"))


def check_writable(out: Path, *read: Path) -> None:
    """Refuse a place for the answer before anything is read."""
    if out.suffix.removeprefix(".") not in FORMATS:
        raise SettingsError(f"--out {out.name}: expected a name that ends in .{' or .'.join(FORMATS)}")
    if not out.parent.is_dir():
        raise SettingsError(f"--out: there is no folder {out.parent.name} to write {out.name} into")
    if out.is_dir() or any(out.exists() and path.exists() and out.samefile(path) for path in read):
        raise SettingsError(f"--out {out.name}: expected another file than those that are read, and no folder")


def write_frame(frame: pl.DataFrame, out: Path) -> None:
    """Write CSV or Parquet, whole or not at all; in CSV a list is its items with spaces between."""
    form = out.suffix.removeprefix(".")
    export({out.stem: _flat(frame) if form == "csv" else frame}, out.parent, form=form)


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List) and not _deep(dtype.inner)]
    deep = [name for name, dtype in frame.schema.items() if name not in lists and _deep(dtype)]
    if deep:
        raise SettingsError(
            f"--out: the columns {', '.join(deep)} do not fit into CSV; name a file that ends in .parquet"
        )
    return frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(" ").replace("", None))


def _deep(dtype: object) -> bool:
    return isinstance(dtype, pl.List | pl.Array | pl.Struct | pl.Binary | pl.Object)


def named_column(table: Table, wanted: str, option: str) -> str:
    """Give the file's heading for a column that somebody named."""
    found = table.find(wanted)
    if found is None:
        hint = nearest(wanted, showable(table))
        told = f"did you mean {hint}?" if hint else told_headings(table)
        raise SettingsError(f"{table.path.name}: has no column {wanted} ({option}); {told}")
    return found


def first_known(table: Table, headings: Sequence[str]) -> str | None:
    """Give the file's heading that is the first of these to be there, whatever its capitals and spaces."""
    return next(filter(None, map(table.find, headings)), None)

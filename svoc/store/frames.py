"""Frames to rows and back: dates as ISO text, lists as JSON, so that both databases hold the same."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Column, Connection, Table, select

__all__ = ["close_rows", "decoded", "encoded", "insert_rows", "read_rows"]

CHUNK = 20_000


def encoded(frame: pl.DataFrame) -> pl.DataFrame:
    """Write a frame's columns as a database holds them."""
    columns = [_encode(frame[name]) for name in frame.columns]
    return pl.DataFrame(columns)


def _encode(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.List):
        text = column.alias("v").to_frame().select(pl.struct("v").struct.json_encode()).to_series()
        given = text.str.slice(len('{"v":')).str.strip_suffix("}")
        return given.set(column.is_null(), None).alias(column.name)
    if column.dtype == pl.Date:
        return column.dt.to_string("iso").alias(column.name)
    if column.dtype.is_integer():
        return column.cast(pl.Int64)
    return column


def decoded(frame: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Give an encoded frame the dtypes of `schema`; a column that the frame lacks is null."""
    return pl.DataFrame([_decode(frame, name, dtype) for name, dtype in schema.items()])


def _decode(frame: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Series:
    if name not in frame.columns:
        return pl.Series(name, [None] * frame.height, dtype=dtype)
    column = frame[name]
    if isinstance(dtype, pl.List):
        return column.str.json_decode(dtype)
    if isinstance(dtype, pl.Date) and column.dtype == pl.String:
        return column.str.to_date("%Y-%m-%d")
    return column.cast(dtype)


def read_rows(connection: Connection, table: Table, names: Iterable[str], where: Any = None) -> pl.DataFrame:
    """Read columns of a table into an encoded frame (texts, whole numbers, floats, truth values).

    The driver's own rows are taken, for making SQLAlchemy's of them takes as long again.
    """
    columns = [table.c[name] for name in names]
    query = select(*columns) if where is None else select(*columns).where(where)
    statement = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    rows = connection.exec_driver_sql(statement).cursor.fetchall()
    values = zip(*rows, strict=True) if rows else iter([()] * len(columns))
    return pl.DataFrame([_series(column, cells) for column, cells in zip(columns, values, strict=True)])


def _series(column: Column[Any], cells: tuple[Any, ...]) -> pl.Series:
    python = column.type.python_type
    if python is date:  # SQLite gives the text that it keeps
        cells = tuple(v if v is None or isinstance(v, str) else v.isoformat() for v in cells)
    if python is bool:  # SQLite gives 0 and 1
        return pl.Series(column.name, cells, dtype=pl.Int8, strict=False).cast(pl.Boolean)
    kinds: dict[type, pl.DataType] = {int: pl.Int64(), float: pl.Float64()}
    return pl.Series(column.name, cells, dtype=kinds.get(python, pl.String()))


def insert_rows(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Append an encoded frame, by the driver's own bulk road."""
    if frame.is_empty():
        return
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(n) for n in frame.columns)
    signs = ", ".join([sign] * frame.width)
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({signs})"  # noqa: S608
    for chunk in frame.iter_slices(CHUNK):
        connection.exec_driver_sql(statement, chunk.rows())


def close_rows(connection: Connection, table: Table, ids: pl.Series, run: int) -> None:
    """Say that a run replaces these rows."""
    if ids.is_empty():
        return
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    quote = connection.dialect.identifier_preparer.quote
    statement = f"UPDATE {quote(table.name)} SET to_run = {sign} WHERE id = {sign}"  # noqa: S608
    connection.exec_driver_sql(statement, [(run, number) for number in ids.to_list()])

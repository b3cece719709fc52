"""Frames to rows and back: dates as ISO text, lists as JSON, so that both databases hold the same."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from sqlalchemy import Column, Connection, Date, String, Table, select, type_coerce

__all__ = ["close_rows", "decoded", "encoded", "insert_rows", "read_rows"]

CHUNK = 20_000


def encoded(frame: pl.DataFrame) -> pl.DataFrame:
    """Write a frame's columns as a database holds them."""
    columns = [_encode(frame[name]) for name in frame.columns]
    return pl.DataFrame(columns)


def _encode(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.List):
        texts = [None if v is None else json.dumps(v, ensure_ascii=False) for v in column.to_list()]
        return pl.Series(column.name, texts, dtype=pl.String)
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
        lists = [None if v is None else json.loads(v) for v in column.to_list()]
        return pl.Series(name, lists, dtype=dtype)
    if isinstance(dtype, pl.Date) and column.dtype == pl.String:
        return column.str.to_date("%Y-%m-%d")
    return column.cast(dtype)


def read_rows(connection: Connection, table: Table, names: Iterable[str], where: Any = None) -> pl.DataFrame:
    """Read columns of a table into an encoded frame (texts, whole numbers, floats, truth values)."""
    columns = [table.c[name] for name in names]
    query = select(*map(_as_kept, columns))
    rows = connection.execute(query if where is None else query.where(where)).fetchall()
    values = zip(*rows, strict=True) if rows else iter([()] * len(columns))
    return pl.DataFrame([_series(column, cells) for column, cells in zip(columns, values, strict=True)])


def _as_kept(column: Column[Any]) -> Any:
    """Ask SQLite for a date as the text that it keeps, which is what an encoded frame holds."""
    return type_coerce(column, String()).label(column.name) if isinstance(column.type, Date) else column


def _series(column: Column[Any], cells: tuple[Any, ...]) -> pl.Series:
    if isinstance(column.type, Date):
        cells = tuple(v if v is None or isinstance(v, str) else v.isoformat() for v in cells)
    kinds: dict[type, pl.DataType] = {int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean()}
    return pl.Series(column.name, cells, dtype=kinds.get(column.type.python_type, pl.String()))


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

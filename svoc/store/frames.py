"""Frames to rows and back: dates as ISO text, lists as JSON, so that both databases hold the same."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from sqlalchemy import Connection, Table, select

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
        return column.str.to_date("%Y-%m-%d", strict=False)
    return column.cast(dtype)


def read_rows(connection: Connection, table: Table, names: Iterable[str], where: Any = None) -> pl.DataFrame:
    """Read columns of a table into an encoded frame (texts, whole numbers, floats, truth values)."""
    columns = [table.c[name] for name in names]
    query = select(*columns) if where is None else select(*columns).where(where)
    rows = connection.execute(query).fetchall()
    schema = {c.name: _dtype(c.type.python_type) for c in columns}
    return pl.DataFrame([tuple(map(_plain, row)) for row in rows], schema=schema, orient="row")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _dtype(python: type) -> pl.DataType:
    kinds: dict[type, pl.DataType] = {int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean()}
    return kinds.get(python, pl.String())


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

"""Turns columns into what a database holds, and back: dates as ISO text, lists as JSON, the same in both databases."""

from collections.abc import Mapping

import polars as pl

__all__ = ["decoded", "encoded"]


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

"""Carries many rows in and out by the fastest road that each database has; all that differs between the two is here.

SQLite takes rows from its driver and gives them back, in portions, so that a large table is not held as Python's own
objects. PostgreSQL copies CSV both ways, which polars writes and reads without making an object of any cell: a sixth
of the work of INSERT, a quarter of that of SELECT. In that CSV nothing is null and "" is an empty text.
"""

import json
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import polars as pl
from sqlalchemy import Column, Connection, Select, Table, literal, select

__all__ = ["close_rows", "insert_rows", "read_rows"]

CHUNK = 50_000
PIECE = 64 * 1024 * 1024
"""Rows, and bytes of CSV, that are on the road at once."""

KINDS: dict[type, pl.DataType] = {int: pl.Int64(), float: pl.Float64(), bool: pl.Boolean()}
"""What is not one of these is a text: dates are ISO text, lists JSON."""

TRUTHS = {"t": True, "f": False}


def read_rows(connection: Connection, table: Table, names: Iterable[str], where: Any = None) -> pl.DataFrame:
    """Read columns of a table into an encoded frame (texts, whole numbers, floats, truth values), in any order."""
    columns = [table.c[name] for name in names]
    query = select(*columns) if where is None else select(*columns).where(where)
    schema = {column.name: _kind(column) for column in columns}
    frames = _fetched(connection, query, schema) if _is_sqlite(connection) else _copied(connection, query, schema)
    return pl.concat([pl.DataFrame(schema=schema), *frames])


def _kind(column: Column[Any]) -> pl.DataType:
    return KINDS.get(column.type.python_type, pl.String())


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _fetched(connection: Connection, query: Select[Any], schema: dict[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    """Take the driver's own rows: making SQLAlchemy's of them takes as long again. It gives truth as 0 and 1."""
    given = {name: pl.Int8() if kind == pl.Boolean else kind for name, kind in schema.items()}
    result = connection.execute(query)
    while rows := result.cursor.fetchmany(CHUNK):
        yield pl.DataFrame(rows, schema=given, orient="row").cast(pl.Schema(schema))
    result.close()


def _copied(connection: Connection, query: Select[Any], schema: dict[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    """Copy CSV out; a column before the others keeps a row of nulls from being an empty line."""
    expanded = query.with_only_columns(literal(0), *query.selected_columns).compile(dialect=connection.dialect)
    state = expanded.construct_expanded_state()
    quote = connection.dialect.identifier_preparer.quote
    quoted = ", ".join(quote(name) for name, kind in schema.items() if kind == pl.String)
    force = f", FORCE_QUOTE ({quoted})" if quoted else ""
    statement = f"COPY ({state.statement}) TO STDOUT (FORMAT csv{force})"
    with _driver(connection).cursor() as cursor, cursor.copy(statement, state.parameters) as rows:
        for piece in _pieces(rows):
            yield _parsed(piece, schema)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _pieces(rows: Iterable[bytes | memoryview]) -> Iterator[BytesIO]:
    """Gather rows, which come one by one and whole, into pieces worth parsing."""
    piece = BytesIO()
    for row in rows:
        piece.write(row)
        if piece.tell() >= PIECE:
            yield piece
            piece = BytesIO()
    if piece.tell():
        yield piece


def _parsed(piece: BytesIO, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    piece.seek(0)
    given = {name: pl.String() if kind == pl.Boolean else kind for name, kind in schema.items()}
    frame = pl.read_csv(piece, has_header=False, schema={"": pl.Int8(), **given}).drop("")
    truths = [name for name, kind in schema.items() if kind == pl.Boolean]
    return frame.with_columns(pl.col(truths).replace_strict(TRUTHS, return_dtype=pl.Boolean)) if truths else frame


def insert_rows(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Append an encoded frame."""
    if frame.is_empty():
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in frame.columns)
    if not _is_sqlite(connection):
        _copy_in(connection, f"COPY {quote(table.name)} ({names}) FROM STDIN (FORMAT csv)", frame)
        return
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({', '.join('?' * frame.width)})"  # noqa: S608
    for chunk in frame.iter_slices(CHUNK):
        connection.exec_driver_sql(statement, chunk.rows())


def _copy_in(connection: Connection, statement: str, frame: pl.DataFrame) -> None:
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as rows:
        for chunk in frame.iter_slices(CHUNK):
            piece = BytesIO()
            chunk.write_csv(piece, include_header=False, quote_style="non_numeric")
            rows.write(piece.getbuffer())


def close_rows(connection: Connection, table: Table, ids: pl.Series, run: int) -> None:
    """Say that a run replaces these rows: one statement, in the order in which they lie."""
    if ids.is_empty():
        return
    numbers = ids.sort().to_list()
    if _is_sqlite(connection):
        these, given = "IN (SELECT value FROM json_each(?))", (run, json.dumps(numbers))
        sign = "?"
    else:
        these, given = "= ANY(%s::bigint[])", (run, f"{{{','.join(map(str, numbers))}}}")
        sign = "%s"
    name = connection.dialect.identifier_preparer.quote(table.name)
    connection.exec_driver_sql(f"UPDATE {name} SET to_run = {sign} WHERE id {these}", given)  # noqa: S608

"""What goes into a database comes out of it, to the value and the dtype."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sqlalchemy import Engine, Integer

from svoc.store import tables
from svoc.store.bulk import insert_rows, read_rows
from svoc.store.frames import decoded, encoded
from svoc.store.opening import open_engine
from svoc.words.changes import CHANGES
from svoc.words.decisions import CASES
from svoc.words.mentions import PLACED
from svoc.words.notices import NOTICES
from svoc.words.persons import FORWARDS, MEMBERS, PERSONS
from svoc.words.plan import FOUNDED, LINKS, TAKEN
from tests.postgres import database_on

Schema = dict[str, pl.DataType]

KEPT: dict[str, tuple[Any, Schema]] = {
    "mention": (tables.MentionRow, {n: t for n, t in PLACED.items() if n not in {"change", "was_place", "line"}}),
    "member": (tables.MemberRow, MEMBERS),
    "person": (tables.PersonRow, PERSONS),
    "founded": (tables.FoundedRow, FOUNDED),
    "forward": (tables.ForwardRow, FORWARDS),
    "open_case": (tables.CaseRow, CASES),
    "link": (tables.LinkRow, LINKS),
    "change": (tables.ChangeRow, CHANGES),
    "notice": (tables.NoticeRow, NOTICES),
    "taken": (tables.Taken, TAKEN),
}
WHOLE: dict[type[pl.DataType], int] = {pl.Int8: 8, pl.Int16: 16, pl.Int32: 32, pl.Int64: 64}
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


def values(dtype: pl.DataType) -> st.SearchStrategy[Any]:
    """Give any value that a column of this dtype can hold."""
    if isinstance(dtype, pl.List):
        return st.lists(values(pl.String() if dtype.inner == pl.String else pl.Int64()), max_size=3)
    if dtype.is_integer():
        half = 2 ** (WHOLE[type(dtype)] - 1)
        return st.integers(-half, half - 1)
    if isinstance(dtype, pl.Float64):
        return st.floats(allow_nan=False)
    if isinstance(dtype, pl.Boolean):
        return st.booleans()
    if isinstance(dtype, pl.Date):
        return st.dates(min_value=date(1800, 1, 1), max_value=date(9999, 12, 31))
    return TEXT


def rows(name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    table, schema = KEPT[name]
    narrow = {c.name for c in table.__table__.c if type(c.type) is Integer}
    schema = {n: pl.Int32() if n in narrow and dtype == pl.Int64 else dtype for n, dtype in schema.items()}
    cells = {
        column: values(dtype) if not table.__table__.c[column].nullable else st.none() | values(dtype)
        for column, dtype in schema.items()
    }
    return st.lists(st.fixed_dictionaries(cells), max_size=4)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give an empty database that the examples of a test make their tables in, and leave empty."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            url = stack.enter_context(database_on(request.getfixturevalue("postgres_address")))
        else:
            url = "sqlite:///council.db"
        engine = open_engine(url, tmp_path_factory.mktemp("frames"))
        yield engine
        engine.dispose()


@pytest.mark.parametrize("name", KEPT)
@settings(max_examples=25)
@given(data=st.data())
def test_any_frame_comes_back_as_it_went(engine: Engine, name: str, data: st.DataObject) -> None:
    table, schema = KEPT[name]
    given_rows = data.draw(rows(name))
    frame = pl.DataFrame([[row[c] for c in schema] for row in given_rows], schema=schema, orient="row")
    made = table.__table__
    fixed = {c.name: pl.lit(1 if c.type.python_type is int else "x") for c in made.c if lacking(c, schema)}
    with engine.connect() as connection:
        made.create(connection)
        insert_rows(connection, made, encoded(frame).with_columns(**fixed))
        read = decoded(read_rows(connection, made, schema), schema)
        connection.rollback()
    assert_frame_equal(read, frame)


def lacking(column: Any, schema: Schema) -> bool:
    return not column.nullable and not column.primary_key and column.name not in schema


@pytest.mark.parametrize("name", KEPT)
def test_every_column_that_a_frame_has_is_kept(name: str) -> None:
    table, schema = KEPT[name]
    assert set(schema) <= set(table.__table__.c.keys())


def test_a_column_that_was_never_kept_is_null() -> None:
    assert decoded(pl.DataFrame({"a": [1]}), {"a": pl.Int8(), "b": pl.Date()}).row(0) == (1, None)


def test_uprns_have_room_in_every_database() -> None:
    """PostgreSQL's INTEGER ends at 2,147,483,647; a UPRN has twelve digits."""
    from sqlalchemy import BigInteger

    for table, schema in KEPT.values():
        for name, dtype in schema.items():
            if dtype == pl.Int64 and name not in {"run", "rows"}:
                assert isinstance(table.__table__.c[name].type, BigInteger), (table, name)

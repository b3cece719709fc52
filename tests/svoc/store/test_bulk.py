"""Many rows go in, come out and are closed on both databases, whatever stands in them."""

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import Table, event, select

from svoc.store import tables
from svoc.store.bulk import CHUNK, close_rows, insert_rows, read_rows
from svoc.store.store import Store

MEMBER: Table = tables.MemberRow.__table__  # type: ignore[attr-defined]
PERSON: Table = tables.PersonRow.__table__  # type: ignore[attr-defined]

AWKWARD = [
    "",
    " ",
    "\\.",
    "\\N",
    "NULL",
    "null",
    '"',
    '""',
    "'",
    "%s",
    "100%",
    "%(x)s",
    "a,b",
    "a\nb",
    "a\r\nb",
    "\r",
    ":x",
]


def members(people: list[str]) -> pl.DataFrame:
    mentions = [f"ct/{n}/1" for n in range(len(people))]
    return pl.DataFrame({"mention": mentions, "person": people, "lane": "statutory", "from_run": 1})


def persons(names: list[str | None]) -> pl.DataFrame:
    keys = [f"P{n}" for n in range(len(names))]
    base = {"person": keys, "surname": names, "records": 1, "lane": "statutory", "from_run": 1}
    return pl.DataFrame(base, schema_overrides={"surname": pl.String()})


def test_awkward_texts_come_back_and_can_be_asked_for(store: Store) -> None:
    with store.engine.begin() as connection:
        insert_rows(connection, PERSON, persons([*AWKWARD, None]))
        assert read_rows(connection, PERSON, ["id", "surname"]).sort("id")["surname"].to_list() == [*AWKWARD, None]
        for text in AWKWARD:
            assert read_rows(connection, PERSON, ["surname"], PERSON.c.surname == text)["surname"].to_list() == [text]
        several = PERSON.c.surname.in_(AWKWARD[:5])
        assert sorted(read_rows(connection, PERSON, ["surname"], several)["surname"]) == sorted(AWKWARD[:5])


def test_rows_of_nulls_alone_are_rows(store: Store) -> None:
    with store.engine.begin() as connection:
        insert_rows(connection, PERSON, persons([None, None, "SMITH", None]))
        for names in (["surname"], ["dob"], ["deceased"], ["uprn"], ["surname", "dob"]):
            assert read_rows(connection, PERSON, names).shape == (4, len(names))
        assert read_rows(connection, PERSON, ["uprn"])["uprn"].to_list() == [None] * 4


def test_an_empty_table_has_its_columns_and_kinds(store: Store) -> None:
    with store.engine.connect() as connection:
        read = read_rows(connection, PERSON, ["person", "uprn", "deceased", "dob"])
    assert dict(read.schema) == {"person": pl.String, "uprn": pl.Int64, "deceased": pl.Boolean, "dob": pl.String}
    assert read.is_empty()


def test_what_is_more_than_one_portion_arrives_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svoc.store.bulk.PIECE", 100_000)
    given = members([f"P{n % 7}" for n in range(CHUNK + 3)])
    with store.engine.begin() as connection:
        insert_rows(connection, MEMBER, given)
        read = read_rows(connection, MEMBER, ["id", *given.columns]).sort("id")
    assert_frame_equal(read.drop("id"), given.cast({"from_run": pl.Int64}))
    assert read["id"].n_unique() == given.height
    assert read["id"].is_sorted()


def test_what_is_written_one_by_one_after_a_bulk_gets_a_number_of_its_own(store: Store) -> None:
    one = {"mention": "ct/x/1", "person": "P1", "lane": "statutory", "from_run": 2}
    with store.engine.begin() as connection:
        insert_rows(connection, MEMBER, members(["P1"] * 5))
        connection.execute(MEMBER.insert().values(one))
        insert_rows(connection, MEMBER, members(["P2"] * 2))
        ids = list(connection.scalars(select(MEMBER.c.id)))
    assert len(set(ids)) == 8


def test_closing_closes_the_rows_that_are_named_and_no_other(store: Store) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    with store.engine.begin() as connection:
        insert_rows(connection, MEMBER, members(["P1"] * 3000))
        ids = read_rows(connection, MEMBER, ["id"])["id"].sort()
        event.listen(connection, "before_cursor_execute", note)
        close_rows(connection, MEMBER, ids.gather_every(3).reverse(), 9)
        close_rows(connection, MEMBER, ids.clear(), 10)
        read = read_rows(connection, MEMBER, ["id", "to_run"]).sort("id")
    assert read["to_run"].to_list() == [9, None, None] * 1000
    assert len([s for s in statements if s.startswith("UPDATE")]) == 1

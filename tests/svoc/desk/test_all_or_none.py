"""An act of several decisions is kept whole or not at all, and so is taking it back: on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from svoc.desk.regrouping import split
from svoc.errors import StoreUnavailable
from svoc.store.opening import writing
from tests.scenes import DATABASE, Scene, key, opened

A, JOHN, L = key("A1"), key("E1"), key("L1")
SAID = split([[A], [JOHN], [L]])
FULL_DISK = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RAISE EXCEPTION ''the disk is full'' USING ERRCODE = ''53100''; END'"""
REFUSES = {
    "sqlite": "CREATE TRIGGER refuse BEFORE {what} ON decision WHEN {where} BEGIN SELECT RAISE(ABORT, 'full'); END",
    "postgresql": (
        "CREATE TRIGGER refuse BEFORE {what} ON decision FOR EACH ROW WHEN ({where}) EXECUTE FUNCTION full_disk()"
    ),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """Give a house whose three records are John, on either database."""
    on_server = request.param == "postgresql"
    address = request.getfixturevalue("postgres_url") if on_server else DATABASE
    with opened(database=address) as made:
        made.fall(
            council_tax="A1 MR JOHN SMITH at 3", electoral_register="E1 MR JOHN SMITH at 3",
            library="L1 MR JOHN SMITH at 3",
        )  # fmt: skip
        yield made


def refuse(scene: Scene, what: str, left: str, right: str) -> None:
    """Let the database refuse to insert one decision, or to update it."""
    engine = scene.council.store.engine
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(FULL_DISK))
        where = f"NEW.\"left\" = '{left}' AND NEW.\"right\" = '{right}'"
        connection.execute(text(REFUSES[engine.dialect.name].format(what=what, where=where)))


def test_of_an_act_that_fails_midway_nothing_is_kept(scene: Scene) -> None:
    desk = scene.desk
    (earlier,) = desk.decide_all([("same", A, JOHN)], because="as it stood")
    refuse(scene, "INSERT", *SAID[-1][1:])
    with pytest.raises((StoreUnavailable, IntegrityError)):
        desk.decide_all(SAID, because="three lodgers")
    held = desk.history()
    assert held["decision"].to_list() == [earlier]
    assert held["superseded_by"].to_list() == [None], "what was said before holds"


def test_of_an_act_whose_undoing_fails_midway_all_holds(scene: Scene) -> None:
    desk = scene.desk
    made = desk.decide_all(SAID, because="three lodgers")
    refuse(scene, "UPDATE", *SAID[0][1:])
    with pytest.raises((StoreUnavailable, IntegrityError)):
        desk.undo(*made, because="one man")
    assert desk.history()["superseded_by"].to_list() == [None] * len(made)
    assert desk.history()["undone_by"].to_list() == [None] * len(made)

"""A council that began on an older version is brought to this one with all its rows, and its next night is as any.

The database is made at each older version in turn, by the migrations of then, and filled with what a council had in it
as far as that version had room for it. Nobody in it is real.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, select, text

from svoc.store.api_keys import KeptKey, keep_key
from svoc.store.approvals import approve, keep_refused, last_refused
from svoc.store.informants import keep_informants
from svoc.store.leases import take
from svoc.store.migrating import HEAD
from svoc.store.opening import open_engine, writing
from svoc.store.outbox import acknowledge
from svoc.store.store import Store
from svoc.store.tables import METADATA
from svoc.verifying import verify
from svoc.words.informants import INFORMANTS
from svoc.words.plan import DOUBTS, TAKEN
from tests.worlds import death, extract, groups, night, policy

INFORMANT = {"informant": "i1", "sender": "registrar", "reference": "D1", "role": "informant", "surname": "SMITH"}
Rows = dict[str, list[dict[str, Any]]]

COUPLE = "A1 | MR JOHN SMITH & MRS ANN SMITH | 1 | 2015-04-01.."
PETER = "dob=1961-02-03 phone=01392000001"
LISTED = extract(
    "electoral_register", "E1 | JOHN SMITH | 1", "E2 | ANN SMITH | 1 | .. | open_register=yes", "E4 | PETER DALE | 4"
)
HELD = extract("library", f"L1 | PETER DALE | 4 | .. | {PETER}", "L2 | MR JOHN SMITH | 1 | .. | dob=1950-01-01")
FIRST = (extract("council_tax", COUPLE, f"A4 | MR PETER DALE | 4 | 2015-04-01.. | {PETER}", "A5 | MISS RUTH HILL | 5"),
         LISTED, HELD)  # fmt: skip
MOVED = extract("council_tax", COUPLE, f"A4 | MR PETER DALE | 6 | 2026-10-01.. | {PETER}")
WIDOW = "A1 | MRS ANN SMITH | 1 | 2015-04-01.."
NEXT = extract("council_tax", WIDOW, f"A4 | MR PETER DALE | 6 | 2026-10-01.. | {PETER}")
BY_ITSELF = {"taken": "taken", "decision": "decision"}
"""Tables that number their rows in a column of another name than `id`."""


def _scripts() -> Iterator[Config]:
    with as_file(files("svoc.store").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        yield config


def older() -> list[str]:
    """Name every version before this one, the oldest first."""
    (config,) = _scripts()
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    return sorted(version for version in found if version != HEAD)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Live two nights with something in every table, and give all rows."""
    store = Store.open("sqlite:///council.db", tmp_path_factory.mktemp("lived"))
    plan = night(store.yesterday(), *FIRST)
    store.commit(plan, summary=plan.figures())
    said = ("council_tax/A1/1", "electoral_register/E2/1"), ("council_tax/A1/1", "electoral_register/E1/1")
    store.decide("different", *said[0], steward="j.okafor", because="seen")
    store.decide("different", *said[1], steward="j.okafor", because="a slip")
    store.decide("same", *said[1], steward="j.okafor", because="seen")
    store.undo(store.decide("same", *said[0], steward="j.okafor", because="a slip"), steward="j.okafor", because="no")
    store.tell(death("D1", "MR JOHN SMITH", house=1), by="registrar")
    store.decide("confirmed", "life_events/registrar:D1/1", "library/L2/1", steward="j.okafor", because="seen")
    keep_informants(store.engine, pl.DataFrame([INFORMANT], schema=INFORMANTS, orient="row"), by="registrar")
    store.tell(death("D2", "MISS RUTH HILL", house=5), by="registrar")
    asked = pl.DataFrame([("electoral_register/E9/1", "electoral_register/E1/1")], schema=DOUBTS, orient="row")
    taken = pl.DataFrame([{"source": "council_tax", "file": "a.csv", "sha256": "0" * 64, "rows": 2}], schema=TAKEN)
    plan = replace(night(store.yesterday(), MOVED), doubts=asked, taken=taken)
    store.commit(plan, summary=plan.figures())
    sent, *_ = (row["notice"] for row in store.outbox())
    store.sent(sent)
    acknowledge(store, sent)
    keep_refused(store.engine, replace(night(store.yesterday()), reasons=("too many",)), "plan-1", actor="nightly")
    if refused := last_refused(store.engine):
        approve(store.engine, refused, actor="j.okafor", because="it is right")
    made = datetime(2026, 11, 2, tzinfo=UTC)
    key = KeptKey("k7m2q4xw3a", "00", "ff", "crm", ("officer",), ("debt",), date(2027, 1, 1), made, "a.bell")
    keep_key(store.engine, key, because="told")
    take(store.engine, "c1", steward="j.okafor", minutes=15)
    with writing(store.engine) as connection:
        connection.execute(text("INSERT INTO horizon VALUES (1, 1)"))
        connection.execute(text("INSERT INTO forgotten VALUES ('library/L9/1')"))
        found = {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in METADATA.sorted_tables
        }
    store.close()
    return found


def made(url: str, folder: Path, version: str, rows: Rows) -> dict[str, list[str]]:
    """Make a database of a version, put into it what it has room for, and give the columns of its tables."""
    engine = open_engine(url, folder)
    (config,) = _scripts()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        there = MetaData()
        there.reflect(connection)
        for name, table in there.tables.items():
            numbered = BY_ITSELF.get(name, "id")
            for row in rows.get(name, []):
                room = {column: value for column, value in row.items() if column in table.c and column != numbered}
                connection.execute(table.insert().values(room))
    engine.dispose()
    return {name: list(table.c.keys()) for name, table in there.tables.items()}


FILLED = (
    "api_key", "approval", "change", "decision", "doubt", "event", "forgotten", "founded", "horizon", "household",
    "household_founded", "informant", "lease", "link", "member", "mention", "notice", "open_case", "person",
    "published", "refused_plan", "run", "taken",
)  # fmt: skip


def test_something_stands_in_the_tables(rows: Rows) -> None:
    assert not [name for name in FILLED if not rows[name]]


@pytest.mark.parametrize("version", older())
def test_a_council_of_an_older_version_loses_nothing(version: str, url: str, rows: Rows, tmp_path: Path) -> None:
    columns = made(url, tmp_path, version, rows)
    store = Store.open(url, tmp_path)

    with store.engine.connect() as connection:
        for name in sorted(set(columns) & set(rows)):
            table = METADATA.tables[name]
            found = connection.execute(select(table).order_by(*table.primary_key)).mappings()
            assert [_said(row, columns[name]) for row in found] == [_said(row, columns[name]) for row in rows[name]]
    stood = store.yesterday()
    assert verify(store, policy()).sound, verify(store, policy()).words()

    plan = night(stood, NEXT)
    store.commit(plan, summary=plan.figures())
    after = store.yesterday()
    assert verify(store, policy()).sound, verify(store, policy()).words()
    for name, lane in after.lanes.items():
        kept = stood.lane(name).members.join(lane.members, on="mention", suffix="_now")
        assert kept.height == lane.members.height, "everybody was known"
        assert (kept["person"] == kept["person_now"]).all(), "an identifier was lost"
        assert set(stood.lane(name).founded["person"]) <= set(lane.founded["person"])
    together = next(group for group in groups(after.lane("statutory").members) if "electoral_register/E1/1" in group)
    assert "electoral_register/E2/1" not in together
    assert after.lane("service").persons.filter("deceased")["surname"].to_list() == ["SMITH"]
    store.close()


def _said(row: Any, columns: list[str]) -> dict[str, Any]:
    """Give what a row says in some columns, but for its own number; SQLite keeps no zone of a moment."""
    said = {name: row[name] for name in columns if name != "id"}
    return {n: v.replace(tzinfo=None) if isinstance(v, datetime) else v for n, v in said.items()}

"""What the store's tests share: databases of both kinds, and nights made by hand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.store.audit import Audit
from svoc.store.store import Store
from svoc.words.changes import CHANGES
from svoc.words.decisions import CASES
from svoc.words.events import LIFE_EVENTS
from svoc.words.households import HOUSEHOLDS, HOUSEHOLDS_FOUNDED
from svoc.words.mentions import PLACED
from svoc.words.notices import NOTICES
from svoc.words.persons import FORWARDS, MEMBERS, PERSONS
from svoc.words.plan import FOUNDED, LINKS, TAKEN, LanePlan, LaneState, Plan

LANE = "statutory"

Rows = Sequence[Mapping[str, Any]]
MakePlan = Callable[..., Plan]


def frame(schema: dict[str, pl.DataType], rows: Rows) -> pl.DataFrame:
    """Make a frame of a schema; what a row does not say is null."""
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")


def mention(key: str, **said: Any) -> dict[str, Any]:
    """Make a mention of a key as source/record/n."""
    source, record, party = key.split("/")
    usual = {"party": int(party), "kind": "person", "role": "liable_party", "content": f"{key}:{said}"}
    return {"mention": key, "source": source, "record": record, **usual, **said}


def make_plan(run: int, who: Mapping[str, str], *, lane: str = LANE, **more: Any) -> Plan:
    """Make the plan of a night in which each mention belongs to a person; `more` gives rows of any other part."""
    said: Mapping[str, Mapping[str, Any]] = more.get("said", {})
    placed = frame(PLACED, [mention(key, **said.get(key, {})) for key in sorted(who)])
    persons = sorted(set(who.values()))
    ever = more.get("founded", dict.fromkeys(persons, run))
    counts = {person: sum(p == person for p in who.values()) for person in persons}
    state = LaneState(
        members=frame(MEMBERS, [{"mention": m, "person": who[m]} for m in sorted(who)]),
        persons=frame(PERSONS, more.get("persons") or [{"person": p, "records": counts[p]} for p in persons]),
        founded=frame(FOUNDED, [{"person": p, "run": r} for p, r in sorted(ever.items())]),
        forwards=frame(FORWARDS, more.get("forwards", [])),
        cases=frame(CASES, more.get("cases", [])),
        links=frame(LINKS, more.get("links", [])),
        households=frame(HOUSEHOLDS, more.get("households", [])),
        households_founded=frame(HOUSEHOLDS_FOUNDED, more.get("households_founded", [])),
        households_forwards=frame(FORWARDS, more.get("households_forwards", [])),
    )
    made = LanePlan(state, frame(CHANGES, more.get("changes", [])), frame(NOTICES, more.get("notices", [])))
    return Plan(
        run=run,
        as_of=date(2026, 11, 1 + run),
        started=datetime(2026, 11, 1 + run, 2, 30, tzinfo=UTC),
        mentions=placed,
        withdrawn=pl.DataFrame(schema={"mention": pl.String()}),
        lanes={lane: made, **more.get("lanes", {})},
        taken=frame(TAKEN, more.get("taken", [])),
        counts={},
        gazetteer=more.get("gazetteer", "g1"),
        model=more.get("model", "m1"),
        lane=lane,
        events=frame(LIFE_EVENTS, more.get("events", [])),
    )


@pytest.fixture(name="make_plan")
def plan_maker() -> MakePlan:
    """Give the maker of plans."""
    return make_plan


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database, of one kind and of the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'council.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """Give a store that has seen no night."""
    store = Store.open(url, tmp_path)
    yield store
    store.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """Give a store in a SQLite file, for what only a file can do."""
    store = Store.open("sqlite:///council.db", tmp_path)
    yield store
    store.close()


@pytest.fixture
def audit(url: str, tmp_path: Path) -> Iterator[Audit]:
    """Give an audit trail that holds nothing yet."""
    trail = Audit(url, tmp_path)
    yield trail
    trail.close()

"""Decisions go from one council to another as a file: once, whose they were, and never silently against others."""

import csv
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.exchanging import COLUMNS, Brought, export_decisions, import_decisions
from svoc.store.store import Store
from tests.scenes import Scene, key, opened

A, E1, E2, E3, L = (key(short) for short in ("A1", "E1", "E2", "E3", "L1"))
FAULTS = Path(__file__).parents[1] / "cases" / "decision_faults.csv"
WHO: dict[str, Any] = {"steward": "a.patel", "because": "seen"}


@pytest.fixture(scope="module")
def settled() -> Iterator[Scene]:
    """Give a council that has lived one night."""
    with opened() as lived:
        lived.fall(
            council_tax="A1 MR J SMITH at 1",
            electoral_register="E1 MR JOHN SMITH at 1; E2 MR JAMES SMITH at 1; E3 MR PETER DALE at 2",
            library="L1 MR JOHN SMYTHE at 5",
        )
        yield lived


@pytest.fixture
def scene(settled: Scene) -> Iterator[Scene]:
    """Give the council with an empty ledger."""
    yield settled
    with settled.council.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM decision")


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Store]:
    """Give the ledger of another council."""
    store = Store.open("sqlite:///there.db", tmp_path)
    yield store
    store.close()


def exported(scene: Scene, there: Store, tmp_path: Path) -> Path:
    """Write what the other council decided, as it would."""
    file, own = tmp_path / "decisions.csv", scene.council.store
    scene.council.store = there
    try:
        export_decisions(scene.council, file)
    finally:
        scene.council.store = own
    return file


def brought(scene: Scene, file: Path, **renamed: str) -> Brought:
    return import_decisions(scene.council, file, renamed=renamed, by="m.lead")


def holds(scene: Scene) -> list[tuple[str, str, str]]:
    standing = scene.council.store.decisions().filter(pl.col("superseded_by").is_null())
    return list(standing.select("verdict", "left", "right").iter_rows())


def test_a_decision_comes_over_with_who_when_and_why_and_who_brought_it(
    scene: Scene, there: Store, tmp_path: Path
) -> None:
    there.decide("different", A, E1, steward="a.patel", because="father, and son", expires=date(2027, 1, 31))
    said = there.decisions().row(0, named=True)
    file = exported(scene, there, tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert brought(scene, file).taken == 1
    row = scene.council.store.decisions().row(0, named=True)
    for name in ("verdict", "left", "right", "steward", "because", "at", "expires"):
        assert row[name] == said[name], name
    assert (row["brought_by"], row["brought_at"].date()) == ("m.lead", datetime.now(UTC).date())


def test_the_same_file_twice_is_taken_once_and_so_is_what_comes_home_again(
    scene: Scene, there: Store, tmp_path: Path
) -> None:
    there.decide("same", A, E1, **WHO)
    there.decide("unsure", E2, L, **WHO)
    file = exported(scene, there, tmp_path)
    assert brought(scene, file).taken == 2
    again = brought(scene, file)
    assert (again.taken, again.known) == (0, 2)
    home = tmp_path / "home.csv"
    export_decisions(scene.council, home)
    own, scene.council.store = scene.council.store, there
    try:
        assert import_decisions(scene.council, home, renamed={}, by="x").known == 2
    finally:
        scene.council.store = own


def test_a_source_that_is_called_otherwise_is_mapped(scene: Scene, there: Store, tmp_path: Path) -> None:
    there.decide("same", "ctax/A1/1", "voters/E-1/1", **WHO)
    file = exported(scene, there, tmp_path)
    for wrong, words in (({"ctx": "council_tax"}, "did you mean ctax"), ({"ctax": "council_tx"}, "mean council_tax")):
        with pytest.raises(SettingsError, match=words):
            brought(scene, file, **wrong)
    found = brought(scene, file, ctax="council_tax", voters="electoral_register")
    assert (found.taken, found.asleep, found.strangers) == (1, 0, {})
    assert holds(scene) == [("same", A, E1)]
    assert brought(scene, file, ctax="council_tax", voters="electoral_register").known == 1


def test_what_is_about_nobody_here_sleeps_and_is_told(scene: Scene, there: Store, tmp_path: Path) -> None:
    there.decide("same", A, key("E77"), **WHO)
    there.decide("different", A, "permits/P1/1", **WHO)
    found = brought(scene, exported(scene, there, tmp_path))
    assert (found.taken, found.asleep, found.strangers) == (2, 2, {"permits": 1})
    assert "--map permits=NAME" in found.words()


def test_what_contradicts_a_decision_here_is_told_and_left_out(scene: Scene, there: Store, tmp_path: Path) -> None:
    number = scene.council.store.decide("different", A, E1, **WHO)
    there.decide("same", A, E1, **WHO)
    there.decide("same", E3, L, **WHO)
    found = brought(scene, exported(scene, there, tmp_path))
    assert found.taken == 1
    assert found.conflicts == (f"decisions.csv, line 2: same contradicts decision {number} about the same two",)
    assert holds(scene) == [("different", A, E1), ("same", E3, L)]


def test_so_is_what_contradicts_through_third_records(scene: Scene, there: Store, tmp_path: Path) -> None:
    scene.council.store.decide("same", A, L, **WHO)
    scene.council.store.decide("same", E3, L, **WHO)
    there.decide("different", A, E3, **WHO)
    found = brought(scene, exported(scene, there, tmp_path))
    assert found.taken == 0
    assert "through third records" in found.conflicts[0]
    assert "decisions 1, 2" in found.conflicts[0]


def test_a_file_that_contradicts_itself_through_us_is_left_out_where_it_does(
    scene: Scene, there: Store, tmp_path: Path
) -> None:
    scene.council.store.decide("same", A, L, **WHO)
    there.decide("same", E3, L, **WHO)
    there.decide("different", A, E3, **WHO)
    there.decide("unsure", E1, E2, **WHO)
    found = brought(scene, exported(scene, there, tmp_path))
    assert found.taken == 1
    assert [words.partition(":")[0] for words in found.conflicts] == ["decisions.csv, line 2", "decisions.csv, line 3"]


def test_what_says_the_same_here_is_counted_and_what_is_past_stays_there(
    scene: Scene, there: Store, tmp_path: Path
) -> None:
    scene.council.store.decide("same", A, E1, **WHO)
    there.decide("same", A, E1, **WHO)
    there.decide("same", E3, L, **WHO)
    there.decide("different", E3, L, **WHO)
    undone = there.decide("same", E2, L, **WHO)
    there.undo(undone, steward="a.patel", because="a slip")
    found = brought(scene, exported(scene, there, tmp_path))
    assert (found.taken, found.agreeing, found.past) == (1, 1, 2)


def test_what_was_taken_back_there_since_is_told(scene: Scene, there: Store, tmp_path: Path) -> None:
    number = there.decide("same", A, E1, **WHO)
    brought(scene, exported(scene, there, tmp_path))
    there.undo(number, steward="a.patel", because="a slip")
    found = brought(scene, exported(scene, there, tmp_path))
    assert "taken back where it comes from and still holds here" in found.words()
    assert holds(scene) == [("same", A, E1)]


def test_a_dry_run_says_all_and_writes_nothing(scene: Scene, there: Store, tmp_path: Path) -> None:
    there.decide("same", A, E1, **WHO)
    file = exported(scene, there, tmp_path)
    assert import_decisions(scene.council, file, renamed={}, by="x", dry_run=True).taken == 1
    assert holds(scene) == []


@pytest.mark.parametrize(
    "fault", list(csv.DictReader(FAULTS.read_text(encoding="utf-8").splitlines())), ids=lambda f: str(f["why"])
)
def test_a_fault_names_file_line_and_column(scene: Scene, tmp_path: Path, fault: dict[str, str]) -> None:
    plain = dict.fromkeys(COLUMNS, "") | {
        "verdict": "same", "left": A, "right": E1, "steward": "j", "because": "x", "state": "holds",
        "at": "2026-11-02T09:30:00+00:00",
    }  # fmt: skip
    file = tmp_path / "bad.csv"
    with file.open("w", encoding="utf-8", newline="") as opened_file:
        writer = csv.DictWriter(opened_file, COLUMNS)
        writer.writeheader()
        writer.writerows([plain | {"id": "1"}, plain | {"id": "2", fault["column"]: fault["value"]}])
    with pytest.raises(InputFaults) as refused:
        brought(scene, file)
    told = str(refused.value)
    assert f"bad.csv, line 3, column {fault['column']}" in told
    assert fault["words"] in told
    assert "SMITH" not in told
    assert holds(scene) == []


def test_a_column_that_is_not_there_is_named_with_the_nearest(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(",".join(COLUMNS).replace("verdict", "verdikt") + "\n", encoding="utf-8")
    with pytest.raises(InputFaults, match=r"line 1, column verdict.*did you mean verdikt"):
        brought(scene, file)


def test_a_purpose_carries_out_what_is_of_its_own_lane(scene: Scene, tmp_path: Path) -> None:
    """No elector of a scene is in the open register."""
    store = scene.council.store
    store.decide("different", A, E1, **WHO)
    store.decide("different", A, L, **WHO)
    file = tmp_path / "own.csv"
    assert export_decisions(scene.council, file, purpose="council-tax", by="m.lead") == 1
    assert E1 not in file.read_text(encoding="utf-8")
    assert export_decisions(scene.council, file, by="m.lead") == 2, "the council's own purpose sees both"


def test_bringing_decisions_tells_nothing_of_another_lane(scene: Scene, there: Store, tmp_path: Path) -> None:
    """Whether an elector of the full register is here, or was ever decided about, is not to be guessed by a file."""
    scene.council.store.decide("same", A, E1, **WHO)
    told = []
    for elector in (E1, "electoral_register/E-77/1"):
        there.decide("different", A, elector, **WHO)
        file = exported(scene, there, tmp_path)
        there.engine.dispose()
        found = import_decisions(scene.council, file, renamed={}, by="m.lead", purpose="council-tax", dry_run=True)
        told.append(found)
        with there.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM decision")
    assert told[0] == told[1]
    assert told[0].asleep == 1

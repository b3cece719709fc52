"""A store is damaged in every way that a law speaks of, by real SQL, and the law that speaks of it finds it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from svoc.errors import AnotherNight
from svoc.rollback import roll_back
from svoc.store.lock import night_lock
from svoc.store.store import Store
from svoc.verifying import Verified, verify
from tests.postgres import EITHER, copied, kept_on
from tests.svoc.conftest import Lived, Svoc
from tests.worlds import extract, night, policy

PETER = "dob=1961-02-03 phone=01392000001"
COUPLE = "A1 | MR JOHN SMITH & MRS ANN SMITH | 1 | 2015-04-01.."
SAID = (
    (
        extract("council_tax", COUPLE, f"A4 | MR PETER DALE | 4 | 2015-04-01.. | {PETER}", "A5 | MISS RUTH HILL | 5"),
        extract("electoral_register", "E1 | JOHN SMITH | 1", "E2 | ANN SMITH | 1", "E4 | PETER DALE | 4"),
        extract("library", f"L1 | PETER DALE | 4 | .. | {PETER}"),
    ),
    (extract("council_tax", COUPLE, f"A4 | MR PETER DALE | 6 | 2026-10-01.. | {PETER}"),),
)
HASH = "0" * 64


def live(store: Store, number: int) -> None:
    plan = night(store.yesterday(), *SAID[number])
    store.commit(plan, summary=plan.figures(), manifest={"person_model": HASH})


@pytest.fixture(scope="module", params=EITHER)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Give the database and folder of a store with two nights, two decisions, a retired identifier and notices."""
    folder = tmp_path_factory.mktemp("lived")
    with kept_on(request.param, lambda: request.getfixturevalue("postgres_address")) as url:
        store = Store.open(url, folder)
        live(store, 0)
        store.decide("different", "council_tax/A1/1", "electoral_register/E2/1", steward="j.okafor", because="seen")
        store.decide("same", "council_tax/A1/1", "electoral_register/E1/1", steward="j.okafor", because="seen")
        live(store, 1)
        for row in store.outbox():
            store.sent(row["notice"])
        store.close()
        yield url, folder


@pytest.fixture
def store(lived: tuple[str, Path], request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with copied(*lived, tmp_path, lambda: request.getfixturevalue("postgres_address")) as (url, folder):
        store = Store.open(url, folder)
        yield store
        store.close()


def looked(store: Store) -> Verified:
    return verify(store, policy())


def broken(found: Verified) -> set[str]:
    return {law.words for law in found.laws if law.violations}


def test_a_store_that_nobody_touched_is_sound(store: Store) -> None:
    found = looked(store)
    assert found.sound, found.words()
    assert "the store holds together" in found.words()
    assert all(law.checked for law in found.laws if "hashes" not in law.words)
    assert len(found.laws) == 7 + 2 * 7


def test_looking_changes_nothing(store: Store, tmp_path: Path) -> None:
    before = [*store.runs(), store.yesterday().ledger]
    looked(store)
    assert [*store.runs(), store.yesterday().ledger] == before


def test_a_store_is_sound_after_a_rollback_and_the_next_night(store: Store) -> None:
    roll_back(store, 2, because="the wrong file", actor="j.okafor")
    assert looked(store).sound, looked(store).words()
    live(store, 1)
    assert looked(store).sound, looked(store).words()


def test_a_question_about_who_is_on_the_register_no_more_is_no_damage(tmp_path: Path) -> None:
    """Of two namesakes one is on the new register: the case names both of the old, and neither is live."""
    store = Store.open("sqlite:///council.db", tmp_path)
    for lines in (("E1 | JOHN SMITH | 1", "E2 | JOHN SMITH | 1", "E3 | RUTH HILL | 2"),
                  ("E1 | RUTH HILL | 2", "E2 | PETER DALE | 3", "E3 | JOHN SMITH | 1")):  # fmt: skip
        plan = night(store.yesterday(), extract("electoral_register", *lines))
        store.commit(plan, summary={})
    assert plan.reading.state.cases["kind"].to_list() == ["succession"]
    assert looked(store).sound, looked(store).words()
    store.close()


def test_what_was_decided_since_the_last_night_is_not_asked_for(store: Store) -> None:
    store.decide("different", "council_tax/A1/1", "electoral_register/E1/1", steward="j.okafor", because="seen")
    assert looked(store).sound, looked(store).words()


SOMEBODY = "(SELECT person FROM person WHERE to_run IS NULL AND lane = 'statutory' ORDER BY person LIMIT 1)"
STAGED = "(run, state, started, summary, manifest) VALUES (3, 'staged', '2026-11-02', '{}', '{}')"
MEMBER = "INSERT INTO member (from_run, lane, mention, person) SELECT 2, lane, mention, 'nobody' FROM member"

DAMAGE = [
    ("a mention without a person", "DELETE FROM member WHERE mention = 'library/L1/1'", "belongs to a person"),
    ("a mention of two persons", f"{MEMBER} WHERE mention = 'library/L1/1'", "seen by one run"),
    ("a member who is nobody", "UPDATE member SET person = 'nobody' WHERE mention = 'library/L1/1'", "names a live"),
    ("a member that is not live", "UPDATE mention SET to_run = 2 WHERE mention = 'library/L1/1'", "names a live"),
    ("a wrong count of records", "UPDATE person SET records = 9 WHERE surname = 'DALE'", "names a live"),
    ("a forward to nobody", "UPDATE forward SET current = '2222-2222-2'", "stands or leads"),
    ("a forward that is lost", "DELETE FROM forward", "stands or leads"),
    ("an identifier in use that is retired", f"UPDATE forward SET retired = {SOMEBODY}", "stands or leads"),
    ("an identifier that was never given", f"DELETE FROM founded WHERE person = {SOMEBODY}", "stands or leads"),
    ("no identifier", f"UPDATE founded SET person = '2222-2222-3' WHERE person = {SOMEBODY}", "stands or leads"),
    ("a household that was never given", "DELETE FROM household_founded", "stands or leads"),
    ("a golden fact from nowhere", "UPDATE person SET phone = '0' WHERE surname = 'DALE'", "golden fact"),
    ("a golden fact of another's record", "UPDATE person SET provenance = replace(provenance, '/A4/', '/A1/')",
     "golden fact"),
    ("a decision that does not hold", "UPDATE decision SET verdict = 'different' WHERE verdict = 'same'", "decision"),
    ("an interval that runs backward", "UPDATE mention SET to_run = from_run WHERE to_run IS NOT NULL", "ends after"),
    ("a row of no run", "UPDATE member SET from_run = 0 WHERE mention = 'library/L1/1'", "ends after"),
    ("two versions of one mention", "UPDATE mention SET to_run = NULL", "seen by one run"),
    ("a run that is missing", "DELETE FROM run WHERE run = 1", "one pointer"),
    ("a run that is not published", "UPDATE run SET state = 'staged' WHERE run = 1", "one pointer"),
    ("two pointers", 'INSERT INTO published ("only", run) VALUES (2, 1)', "one pointer"),
    ("staged rows", "UPDATE link SET to_run = 3", "never published"),
    ("a staged run", f"INSERT INTO run {STAGED}", "never published"),
    ("changes of a later run", "UPDATE change SET run = 3", "never published"),
    ("a hash that is none", "UPDATE run SET manifest = '{\"person_model\": \"x\"}'", "whole hashes"),
    ("a notice of no published run", "UPDATE notice SET run = 3", "every notice"),
    ("a notice twice", "UPDATE notice SET notice = 'n'", "every notice"),
    ("a notice sent and withdrawn", "UPDATE notice SET withdrawn_by = 2", "every notice"),
    ("an acknowledged notice that was not sent", "UPDATE notice SET sent = NULL, acknowledged = '2026-11-02'",
     "every notice"),
    ("a notice that takes back none", "UPDATE notice SET retracts = 'nothing'", "every notice"),
    ("a link to nobody", "UPDATE link SET \"left\" = 'library/L9/1' WHERE to_run IS NULL", "every case"),
    ("a household of nobody", "UPDATE household SET person = 'nobody' WHERE to_run IS NULL", "every case"),
    ("a person as no change tells", "UPDATE person SET email = 'a@b.example' WHERE to_run IS NULL", "changes lead"),
    ("a change that is lost", "DELETE FROM change WHERE run = 2 AND kind = 'changed'", "changes lead"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "statement", "words"), DAMAGE, ids=[why for why, _, _ in DAMAGE])
def test_damage_is_found_by_the_law_that_speaks_of_it(store: Store, why: str, statement: str, words: str) -> None:
    with store.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount, "the damage was done"
    found = looked(store)
    assert any(words in law for law in broken(found)), f"{why}: {broken(found)}"
    assert not found.figures()["sound"]
    assert "SMITH" not in found.words()
    assert "restore it from a backup" in found.words()


def test_while_a_night_works_it_waits_its_turn(store: Store) -> None:
    with night_lock(store.engine), pytest.raises(AnotherNight):
        looked(store)


def test_the_command_ends_with_what_it_found(lived_town: Lived, tmp_path: Path, svoc: Svoc) -> None:
    toml = Path(shutil.copytree(lived_town.folder, tmp_path / "town")) / "council.toml"
    ran = svoc("verify", toml, "--json")
    assert (ran.code, ran.figures["sound"], ran.figures["violations"]) == (0, True, 0), ran.out
    store = Store.open("sqlite:///barchester.db", toml.parent)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE person SET dob = '1900-01-01'"))
    store.close()
    ran = svoc("verify", toml)
    assert ran.code == 1
    assert "WRONG" in ran.out

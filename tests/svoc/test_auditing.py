"""A council's own acts in its audit trail, and who may ask what of it."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from svoc import Council, Death, Desk
from svoc.errors import StalePlan, StoreUnavailable
from svoc.running import run_night
from svoc.store.audit_tables import EVENT
from svoc.undoing import undo_nights, verify_store
from svoc.words.audit import Kind
from tests.svoc.conftest import CANARY, Svoc

TOP = Path(__file__).parent.parent.parent
SETTINGS = "barchester.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the small Barchester of the examples, with the settings that README.md shows."""
    shutil.copytree(TOP / "tests" / "docs" / "barchester", tmp_path, dirs_exist_ok=True)
    (toml,) = re.findall(r"^```toml\n(.*?)^```", (TOP / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    (tmp_path / SETTINGS).write_text(toml, encoding="utf-8")
    return tmp_path


@pytest.fixture
def council(folder: Path) -> Iterator[Council]:
    """Give it after its first night."""
    run_night(folder / SETTINGS, actor="cron")
    with Council.open(folder / SETTINGS) as opened:
        yield opened


def kinds(council: Council) -> list[str]:
    return [event.kind for event in council.audit.events()]


def test_what_a_night_does_is_noted(council: Council) -> None:
    night, retention = council.audit.events()
    assert (night.kind, night.actor, night.run, night.purpose) == ("night", "cron", 1, council.settings.council.purpose)
    assert night.counts["persons"] == council.store.persons(night.lane or "").height
    assert (retention.kind, retention.run) == ("retention", 1)
    manifest = council.store.runs()[0]["manifest"]
    assert manifest["audit"] == {"seq": 1, "hash": night.hash}


def test_a_dry_run_does_nothing_that_is_noted(folder: Path) -> None:
    run_night(folder / SETTINGS, dry_run=True)
    with Council.open(folder / SETTINGS) as council:
        assert kinds(council) == []


def test_a_plan_that_came_too_late_is_noted_as_not_committed(council: Council) -> None:
    stale = council.settle()
    council.commit(council.settle())
    with pytest.raises(StalePlan):
        council.commit(stale)
    assert kinds(council)[2:] == ["night", "night", "failed"]


def test_a_steward_s_decisions_are_noted(council: Council) -> None:
    desk = Desk(council, steward="j.okafor", purpose="data-quality")
    case = desk.cases()[0]
    first = desk.decide(case, "unsure", because="ask her")[0]
    desk.undo(first, because="a slip")
    decided, undone = [e for e in council.audit.events() if e.kind in {Kind.DECIDE, Kind.UNDO}]
    assert (decided.actor, decided.purpose, decided.because) == ("j.okafor", "data-quality", "ask her")
    assert decided.about == {"verdict": "unsure"}
    assert undone.counts == {"decision": first}
    assert undone.because == "a slip"
    person = council.store.person_of(case.mentions[0], desk.lane)
    assert person
    assert [event.seq for event in council.audit.of_person(person) if event.seq >= decided.seq] == [
        decided.seq,
        undone.seq,
    ]


def test_a_death_is_noted_as_told_confirmed_committed_and_sent(council: Council) -> None:
    okoro = council.find("amina okoro", purpose="registration")[0].id
    before = council.audit.head().seq
    council.tell(Death(okoro, on="2026-11-02", evidence="registrar"), purpose="registration")
    council.commit(council.settle())
    council.deliver()
    done = [event for event in council.audit.events() if event.seq > before]
    assert [event.kind for event in done] == ["tell", "confirm", "night", "notice", "notice"]
    assert {event.about["recipient"] for event in done[3:]} == {"council_tax", "electoral_register"}
    assert "surname" in done[3].fields
    assert len(done[3].about["payload"]) == 64
    theirs = [event.kind for event in council.audit.of_person(okoro) if event.seq > before]
    assert theirs == ["tell", "confirm", "notice", "notice"]


def test_a_rollback_is_noted_with_its_reason_and_what_it_restores(council: Council, folder: Path) -> None:
    undo_nights(folder / SETTINGS, 1, reason="the wrong town", actor="j.okafor")
    (event,) = [event for event in council.audit.events() if event.kind == Kind.ROLLBACK]
    assert (event.actor, event.because, event.run, event.counts) == ("j.okafor", "the wrong town", 2, {"restores": 0})
    assert council.store.runs()[0]["manifest"]["audit"]["seq"] == event.seq


def test_what_cannot_be_noted_is_not_done(council: Council, folder: Path) -> None:
    desk = Desk(council, steward="j.okafor", purpose="data-quality")
    case = desk.cases()[0]
    council.audit.close()
    for file in folder.glob("*-audit.db*"):
        file.write_bytes(b"no database at all, whatever its name may say of it")
    with pytest.raises(StoreUnavailable, match="the audit trail cannot be written"):
        council.find("amina okoro", purpose="registration")
    with pytest.raises(StoreUnavailable, match="the audit trail cannot be written") as refused:
        desk.decide(case, "unsure", because="ask her")
    assert refused.value.exit_code == 5
    with pytest.raises(StoreUnavailable, match="the audit trail cannot be written"):
        council.commit(council.settle())
    assert council.store.published() == 1
    assert council.store.decisions().is_empty()


def test_verify_finds_a_trail_that_was_tampered_with(council: Council, folder: Path) -> None:
    assert verify_store(folder / SETTINGS)[0]["sound"]
    with council.audit.engine.begin() as connection:
        connection.execute(delete(EVENT).where(EVENT.c.seq >= 1))
    figures, words = verify_store(folder / SETTINGS)
    assert not figures["sound"]
    assert "event 1 is not, or not as, night 1 knew it" in words


def lose(folder: Path) -> None:
    """Take the trail's file away, with its log."""
    for file in folder.glob("*-audit.db*"):
        file.unlink()


def test_a_trail_that_is_gone_is_missed_before_anything_is_read_or_done(svoc: Svoc, folder: Path) -> None:
    run_night(folder / SETTINGS)
    lose(folder)
    find = ("find", folder / SETTINGS, "amina okoro", "--purpose", "registration")
    for _ in range(2):
        ran = svoc(*find)
        assert (ran.code, ran.out) == (5, ""), "nobody is given while nothing can be noted"
        assert "does not hold event 1, with which night 1 saw it end" in ran.err
    with Council.open(folder / SETTINGS) as council, pytest.raises(StoreUnavailable, match=r"svoc audit .* --lost"):
        council.commit(council.settle())
    assert svoc("audit", folder / SETTINGS, "--lost", "--by", "a.bell").code == 2, "how it was lost has to be said"
    ran = svoc("audit", folder / SETTINGS, "--lost", "--by", "a.bell", "--because", "the disk failed")
    assert (ran.code, ran.out) == (0, "1 ends of the trail are taken down as lost\n")
    assert svoc(*find).code == 0
    figures, words = verify_store(folder / SETTINGS)
    assert figures["sound"]
    assert "event 1, with which night 1 saw the trail end, is lost, as a.bell owned up to" in words
    told = svoc("audit", folder / SETTINGS, "--kind", "lost", "--json", "--reasons").figures["events"]
    assert [(event["run"], event["because"]) for event in told] == [(1, "the disk failed")]


def test_an_older_trail_is_written_on_once_somebody_owned_up_and_hides_no_other_loss(svoc: Svoc, folder: Path) -> None:
    run_night(folder / SETTINGS)
    trail = next(folder.glob("*-audit.db"))
    older = folder / "older.db"
    shutil.copy(trail, older)
    for _ in range(2):
        with Council.open(folder / SETTINGS) as council:
            council.commit(council.settle())
    lose(folder)
    shutil.copy(older, trail)
    assert not verify_store(folder / SETTINGS)[0]["sound"], "and it can still be asked what is wrong"
    assert svoc("night", folder / SETTINGS).code == 5
    assert svoc("audit", folder / SETTINGS, "--lost", "--because", "backup of the day before").code == 0
    run_night(folder / SETTINGS)
    figures, words = verify_store(folder / SETTINGS)
    assert figures["sound"], words
    assert words.count("- known: ") == 2, "nights 2 and 3"
    with Council.open(folder / SETTINGS) as council:
        assert {loss.run for loss in council.audit.losses()} == {2, 3}
        with council.audit.engine.begin() as connection:
            connection.execute(delete(EVENT).where(EVENT.c.kind.in_(["night", "retention"]), EVENT.c.seq > 2))
    figures, words = verify_store(folder / SETTINGS)
    assert "as, night 4 knew it" in words
    assert "as, night 2 knew it" not in words


def test_the_head_is_told_by_each_night_and_shows_later_whether_the_trail_is_the_same(svoc: Svoc, folder: Path) -> None:
    ran = svoc("night", folder / SETTINGS)
    head = ran.out.strip().splitlines()[-1].removeprefix("audit trail: ")
    assert svoc("audit", folder / SETTINGS, "--head").out.strip() == head, "and to ask it changes nothing"
    assert svoc("audit", folder / SETTINGS, "--lines").code == 0
    assert svoc("audit", folder / SETTINGS, "--holds", head).out.strip() == head
    assert svoc("audit", folder / SETTINGS, "--holds", "1").code == 2
    lose(folder)
    ran = svoc("audit", folder / SETTINGS, "--holds", head)
    assert (ran.code, "it is another trail" in ran.err) == (1, True)


def test_asking_is_noted(svoc: Svoc, council: Council, folder: Path) -> None:
    okoro = council.find("amina okoro", purpose="registration")[0].id
    council.tell(Death(okoro, on="2026-11-02", evidence="registrar"), purpose="registration")
    why = "she asks who saw her"
    ran = svoc("audit", folder / SETTINGS, "--person", okoro, "--by", "a.bell", "--because", why, "--json", "--reasons")
    assert ran.code == 0, ran.err
    events = ran.figures["events"]
    assert [event["kind"] for event in events][-3:] == ["tell", "confirm", "audit"]
    assert (events[-1]["actor"], events[-1]["because"]) == ("a.bell", why)
    told = svoc("audit", folder / SETTINGS, "--kind", "night")
    assert told.out.count("\n") == 1
    lines = svoc("audit", folder / SETTINGS, "--lines", "--after", str(events[-1]["seq"])).out.splitlines()
    assert [(json.loads(line)["kind"], json.loads(line).get("about")) for line in lines] == [
        ("audit", {"kind": "night"}),
        ("audit", None),
    ]


def test_who_asks_two_ways_at_once_is_told_so(svoc: Svoc, folder: Path) -> None:
    assert svoc("audit", folder / SETTINGS, "--lines", "--json").code == 2


def test_no_event_holds_anything_of_a_person(svoc: Svoc, canary_town: Path) -> None:
    """Nights, a steward, a death, a search for a marked name: the mark is in the reasons' table alone."""
    settings = canary_town / "council.toml"
    for _ in range(2):
        assert svoc("night", settings).code == 0
    with Council.open(settings) as council:
        desk = Desk(council, steward="j.okafor", purpose="data-quality")
        for case in desk.cases()[:3]:
            desk.open(case.id)
            desk.decide(case, "unsure" if len(case.mentions) > 1 else "rejected", because=f"{CANARY}s neighbour rang")
        somebody = council.store.persons("statutory").row(0, named=True)
        council.find(f"{somebody['forename']} {somebody['surname']}", purpose="registration")
        council.tell(Death(somebody["person"], on="2026-11-02", evidence="registrar"), purpose="registration")
        council.commit(council.settle())
        council.deliver()
        council.audit.of_person(somebody["person"])
        with council.audit.engine.connect() as connection:
            bodies = connection.scalars(select(EVENT.c.body)).all()
    svoc("find", settings, f"{CANARY}nobody", "--purpose", "registration")
    assert len(bodies) > 10
    names = {p for p in (somebody["person"], somebody["postcode"], str(somebody["uprn"])) if p}
    assert not [body for body in bodies if CANARY.casefold() in body.casefold() or any(name in body for name in names)]
    with closing(sqlite3.connect(next(canary_town.glob("*-audit.db")))) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {name: str(file.execute(f"SELECT * FROM {name}").fetchall()) for name in tables}
    assert [name for name, rows in held.items() if CANARY.casefold() in rows.casefold()] == ["audit_reason"]

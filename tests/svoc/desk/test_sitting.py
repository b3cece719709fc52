"""Two stewards at one case: one decides, the other is told; nobody decides what has changed before their eyes."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from svoc import Council
from svoc.desk import Desk
from svoc.desk.looking import look
from svoc.desk.machine import explained
from svoc.desk.queues import Queue, of_the_role, waiting
from svoc.desk.sitting import ChangedMeanwhile, ClosedMeanwhile, WithAnother, decide_looked_at, hold
from svoc.rehearsal.town import rehearse
from svoc.store.leases import leases, release
from tests.scenes import opened


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    town = rehearse(tmp_path_factory.mktemp("sitting") / "town", dwellings=400, seed=7, nights=2)
    with Council.open(town.settings) as council:
        for _ in range(2):
            council.commit(council.plan())
    return town.folder


@pytest.fixture
def council(made: Path, tmp_path: Path) -> Iterator[Council]:
    folder = Path(shutil.copytree(made, tmp_path / "town"))
    with Council.open(folder / "council.toml") as opened:
        yield opened


def desk_of(council: Council, steward: str, purpose: str = "canvass-match") -> Desk:
    return Desk(council, steward=steward, purpose=purpose)


def of_two(desk: Desk, queue: Queue = Queue.HOUSEHOLDS) -> str:
    return next(w.case.id for w in waiting(desk) if w.queue is queue and len(w.case.mentions) == 2)


def test_a_case_is_with_whoever_opened_it_and_the_queue_says_so(council: Council) -> None:
    okafor, patel = desk_of(council, "j.okafor"), desk_of(council, "m.patel")
    case = of_two(okafor)
    token = look(patel, patel.find(case)).token
    assert hold(okafor, case).is_of("j.okafor")
    assert not hold(patel, case).is_of("m.patel")
    lease = next(w.lease for w in waiting(patel) if w.case.id == case)
    assert lease is not None
    assert lease.steward == "j.okafor"
    with pytest.raises(WithAnother) as told:
        decide_looked_at(patel, case, "same", token=token, because="seen")
    assert told.value.lease.steward == "j.okafor"
    assert patel.history().is_empty()


def test_who_comes_second_is_told_who_answered_and_nothing_is_lost(council: Council) -> None:
    okafor, patel = desk_of(council, "j.okafor"), desk_of(council, "m.patel")
    case = of_two(okafor)
    token = look(patel, patel.find(case)).token
    decide_looked_at(okafor, case, "different", token=token, because="father and son")
    with pytest.raises(ClosedMeanwhile) as told:
        decide_looked_at(patel, case, "same", token=token, because="seen")
    assert told.value.answered is not None
    assert (told.value.answered.steward, told.value.answered.verdict) == ("j.okafor", "different")
    held = patel.history().filter(pl.col("superseded_by").is_null())
    assert held["verdict"].to_list() == ["different"]


@pytest.mark.parametrize("kept", ["sqlite", "postgresql"])
def test_of_many_who_answer_at_once_one_decides_and_the_others_are_told(
    kept: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kept == "postgresql":
        monkeypatch.setenv("SVOC_COUNCIL__DATABASE", request.getfixturevalue("postgres_url"))
    with opened() as scene:
        scene.fall(
            council_tax="A1 MR J SMITH at 3",
            electoral_register="E1 MR JOHN SMITH at 3; E2 MR JAMES SMITH at 3",
            library="L1 MR J SMITH at 3",
        )
        assert scene.council.store.engine.dialect.name == kept
        desks = [desk_of(scene.council, name) for name in ("j.okafor", "m.patel", "a.bell", "s.reid")]
        (case,) = (w.case for w in waiting(desks[0]) if w.queue is Queue.HOUSEHOLDS)
        token = look(desks[0], desks[0].find(case.id)).token

        def answer(desk: Desk) -> list[int]:
            try:
                return decide_looked_at(desk, case.id, "different", token=token, because=f"seen by {desk.steward}")
            except (WithAnother, ClosedMeanwhile):
                return []

        with ThreadPoolExecutor(len(desks)) as pool:
            came = list(pool.map(answer, desks))
        (made,) = (numbers for numbers in came if numbers)
        assert desks[0].history()["decision"].to_list() == made, "all of the one answer, and nothing of another"
        assert leases(scene.council.store.engine) == {}


def test_a_case_whose_records_or_decisions_have_changed_is_not_decided(council: Council) -> None:
    desk = desk_of(council, "j.okafor")
    case = next(w.case for w in waiting(desk) if w.queue is Queue.HOUSEHOLDS and len(w.case.mentions) > 2)
    token = look(desk, desk.find(case.id)).token
    council.store.decide("different", *case.mentions[:2], steward="m.patel", because="twins")
    with pytest.raises(ChangedMeanwhile):
        decide_looked_at(desk, case.id, "different", token=token, because="seen")
    fresh = look(desk, desk.find(case.id)).token
    assert fresh != token
    assert decide_looked_at(desk, case.id, "different", token=fresh, because="seen")


def test_a_second_check_waits_in_its_own_queue_and_says_nothing_of_the_first_answer(council: Council) -> None:
    okafor, patel = (
        desk_of(council, "j.okafor", "tell-us-once-death"),
        desk_of(council, "m.patel", "tell-us-once-death"),
    )
    council.settings = council.settings.model_copy(
        update={"life_events": council.settings.life_events.model_copy(update={"two_people": ["death", "move"]})}
    )
    case = next(w.case for w in waiting(okafor) if w.queue is Queue.LIFE_EVENTS and len(w.case.mentions) == 2)
    token = look(okafor, okafor.find(case.id)).token
    decide_looked_at(okafor, case.id, "confirmed", token=token, because="the certificate")
    assert case.id not in {w.case.id for w in waiting(okafor)}
    theirs = next(w for w in waiting(patel) if w.case.id == case.id)
    assert theirs.queue is Queue.SECOND_CHECK
    assert theirs in of_the_role(waiting(patel), {"second-checker"})
    seen = look(patel, patel.find(case.id))
    assert seen.token == token
    assert seen.earlier == ()
    assert "certificate" not in str(seen)
    decide_looked_at(patel, case.id, "confirmed", token=seen.token, because="the register")
    assert case.id not in {w.case.id for w in waiting(patel)}


def test_a_second_checker_sees_what_takes_two_and_an_officer_nothing(council: Council) -> None:
    found = waiting(desk_of(council, "j.okafor"))
    assert of_the_role(found, {"steward", "second-checker"}) == found
    for_two = of_the_role(found, {"second-checker"})
    assert {w.queue for w in for_two} == {Queue.LIFE_EVENTS}
    assert of_the_role(found, {"officer"}) == []


def test_what_is_waiting_says_since_when_and_what_it_is_called(council: Council) -> None:
    desk = desk_of(council, "j.okafor")
    first, last = (run["started"] for run in reversed(council.store.runs()))
    found = waiting(desk)
    assert {w.since for w in found if w.since} == {moment.replace(tzinfo=UTC) for moment in (first, last)}
    assert all(w.called for w in found)
    assert [w.case.id for w in found] == [case.id for case in desk.cases()]
    assert all(w.since < datetime.now(UTC) for w in found if w.since)


def test_a_case_is_looked_at_with_its_household_its_namesakes_and_its_past(council: Council) -> None:
    desk = desk_of(council, "j.okafor")
    seen = look(desk, desk.find(of_two(desk)))
    assert [row.field for row in seen.rows][:1] == ["name"]
    assert explained(desk, seen.case)
    assert seen.stays
    assert set(seen.persons) & {n.person for n in (*seen.household, *seen.alike)} == set()


def test_unsure_waits_under_look_again_when_a_record_says_something_else(council: Council) -> None:
    desk = desk_of(council, "j.okafor")
    case = of_two(desk)
    council.store.decide("unsure", *desk.find(case).mentions, steward="m.patel", because="too little")
    assert next(w.queue for w in waiting(desk) if w.case.id == case) is Queue.LOOK_AGAIN


def test_letting_go_of_a_case_leaves_it_to_anybody(council: Council) -> None:
    okafor, patel = desk_of(council, "j.okafor"), desk_of(council, "m.patel")
    case = of_two(okafor)
    hold(okafor, case)
    release(council.store.engine, case, steward="j.okafor")
    assert hold(patel, case).is_of("m.patel")

"""Who saw a person, under whichever identifier; and what is left when that is erased."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from svoc.store.audit import Audit
from svoc.store.audit_asking import Asked
from svoc.store.audit_chain import Head
from svoc.store.audit_tables import EVENT, PERSON_KEY, REASON
from svoc.store.known_as import KnownAs, known_as
from svoc.store.store import Store
from svoc.words.audit import Kind
from tests.svoc.store.conftest import LANE, MakePlan

SMITH, JONES, OTHER = "7F3K-92QD-M", "8G4M-03RE-N", "9H5N-14SF-P"


def seqs(audit: Audit, person: str) -> list[int]:
    return [event.seq for event in audit.of_person(person)]


def view(audit: Audit, *persons: str, run: int | None = None, kind: Kind = Kind.VIEW) -> Head:
    return audit.note(kind, actor="j.okafor", because=f"asked about {len(persons)}", persons=persons, run=run)


def test_a_person_s_events_are_found_again_and_nobody_else_s(audit: Audit) -> None:
    view(audit, SMITH)
    view(audit, JONES)
    view(audit, SMITH, JONES)
    view(audit)
    assert (seqs(audit, SMITH), seqs(audit, JONES), seqs(audit, OTHER)) == ([1, 3], [2, 3], [])
    assert audit.of_person(SMITH)[0].because == "asked about 1"


def test_an_export_of_a_whole_lane_concerns_whoever_was_there_by_then(audit: Audit) -> None:
    founded = {SMITH: 2, JONES: 5}
    audit._known_as = lambda person: KnownAs(person, founded=((LANE, founded[person]),))
    audit.note(Kind.EXPORT, actor="a", run=3, lane=LANE, counts={"rows": 900})
    audit.note(Kind.EXPORT, actor="a", run=3, lane="another", counts={"rows": 900})
    audit.note(Kind.SEARCH, actor="a", run=3, lane=LANE, counts={"shown": 0})
    assert (seqs(audit, SMITH), seqs(audit, JONES)) == ([1], [])


@pytest.fixture
def trail(url: str, store: Store, tmp_path: Path) -> Iterator[Audit]:
    """Give the trail of a store, which follows the identifiers that the store knows."""
    given = Audit.beside(url, "", tmp_path, lambda person: known_as(store.engine, person))
    yield given
    given.close()


def test_the_question_follows_whoever_the_person_was(trail: Audit, store: Store, make_plan: MakePlan) -> None:
    """Two persons; merged in night 2; taken apart again in night 3, under the identifier that the one had before."""
    ct, er = "council_tax/A1/1", "electoral_register/E1/1"
    ever, changes = {SMITH: 1, JONES: 1}, [{"person": JONES, "kind": "split", "before": SMITH, "cause": "identity"}]
    apart = {ct: SMITH, er: JONES}
    merged = [{"retired": JONES, "current": SMITH}]
    store.commit(make_plan(1, apart), summary={})
    for person in (SMITH, JONES):
        view(trail, person, run=1)  # 1, 2
    store.commit(make_plan(2, {ct: SMITH, er: SMITH}, founded=ever, forwards=merged), summary={})
    view(trail, SMITH, run=2)  # 3: shows what was of both
    assert seqs(trail, SMITH) == seqs(trail, JONES) == [1, 2, 3]
    store.commit(make_plan(3, apart, founded=ever, changes=changes), summary={})
    for person in (SMITH, JONES):
        view(trail, person, run=3)  # 4, 5
    assert seqs(trail, SMITH) == [1, 3, 4]
    assert seqs(trail, JONES) == [1, 2, 3, 5]  # it was taken out of Smith, who may have been both before that


def test_events_are_asked_for_by_kind_actor_moment_and_number(audit: Audit) -> None:
    for actor, kind in (("a", Kind.VIEW), ("b", Kind.VIEW), ("a", Kind.SEARCH), ("a", Kind.VIEW)):
        audit.note(kind, actor=actor)
    ago = "2026-01-01T00:00:00.000000+00:00"
    with audit.engine.begin() as connection:
        connection.execute(update(EVENT).where(EVENT.c.seq == 1).values(at=ago))
    asked = {
        Asked(): [1, 2, 3, 4],
        Asked(kind=Kind.VIEW): [1, 2, 4],
        Asked(actor="a"): [1, 3, 4],
        Asked(after=2): [3, 4],
        Asked(since=datetime(2026, 2, 1, tzinfo=UTC)): [2, 3, 4],
        Asked(kind=Kind.VIEW, actor="a", after=1): [4],
    }
    assert {one: [event.seq for event in audit.events(one)] for one in asked} == asked


def test_forgetting_erases_the_trace_and_keeps_the_chain(audit: Audit) -> None:
    view(audit, SMITH)
    view(audit, SMITH, JONES)
    kept = {"night 1": view(audit, JONES)}
    assert audit.forget(SMITH) == 2
    assert (seqs(audit, SMITH), seqs(audit, JONES)) == ([], [2, 3])
    assert audit.broken(kept) == (3, [])
    with audit.engine.connect() as connection:
        assert connection.scalars(select(REASON.c.seq)).all() == [3]
        assert connection.scalars(select(PERSON_KEY.c.person)).all() == [JONES]
    view(audit, SMITH)
    assert seqs(audit, SMITH) == [4], "a person who comes back begins anew"


def test_nothing_of_a_forgotten_key_is_left_in_the_file(tmp_path: Path) -> None:
    """Neither the key, nor whose it was, nor the reason: not in free pages, not in the write-ahead log."""
    audit = Audit("sqlite:///trail.db", tmp_path)
    for number in range(50):
        audit.note(Kind.VIEW, actor="a", persons=[f"P{number}"], because=f"Zyxwidow {number}")
    audit.note(Kind.VIEW, actor="a", persons=[SMITH], because="Zyxneighbour")
    with audit.engine.connect() as connection:
        key = connection.scalar(select(PERSON_KEY.c.key).where(PERSON_KEY.c.person == SMITH))
    assert key
    wanted = (bytes(key), SMITH.encode(), b"Zyxneighbour")
    assert all(part in everything(tmp_path) for part in wanted)
    audit.forget(SMITH)
    assert not [part for part in wanted if part in everything(tmp_path)]
    assert b"Zyxwidow 49" in everything(tmp_path)
    audit.close()


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("trail.db*")))


def test_what_is_pruned_leaves_a_seal_from_which_the_rest_verifies(audit: Audit) -> None:
    heads = [view(audit, SMITH) for _ in range(5)]
    ago = datetime.now(UTC) - timedelta(days=30)
    with audit.engine.begin() as connection:  # three days ago, three events; each says so itself, and chains anew
        connection.execute(update(EVENT).where(EVENT.c.seq <= 3).values(at=ago.isoformat(timespec="microseconds")))
    assert audit.prune(datetime.now(UTC) - timedelta(days=7), actor="nightly") == 3
    assert [(event.seq, event.kind) for event in audit.events()] == [(4, "view"), (5, "view"), (6, "seal")]
    kept = {f"night {head.seq}": head for head in heads}
    assert audit.broken(kept) == (3, [])
    assert audit.prune(datetime.now(UTC) - timedelta(days=7), actor="nightly") == 0
    assert audit.head().seq == 6
    assert seqs(audit, SMITH) == [4, 5]
    with audit.engine.begin() as connection:
        connection.execute(EVENT.delete().where(EVENT.c.seq == 4))
    assert audit.broken(kept)[1][0] == "events 4 to 4 are missing"


def test_a_prune_that_was_interrupted_is_whole_and_goes_on(audit: Audit) -> None:
    for _ in range(4):
        view(audit, SMITH)
    with audit.engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(select(EVENT).where(EVENT.c.seq <= 2)).mappings()]
    audit.prune(datetime.now(UTC) + timedelta(days=1), actor="a")
    with audit.engine.begin() as connection:
        connection.execute(EVENT.insert(), rows)
    assert audit.broken() == (1, [])
    assert audit.prune(datetime(2000, 1, 1, tzinfo=UTC), actor="a") == 2


def test_a_line_for_a_siem_has_these_names_and_no_reason(audit: Audit) -> None:
    audit.note(
        Kind.VIEW, actor="a", purpose="council-tax", because="Zyx", persons=[SMITH], fields=["dob"], run=3, lane=LANE,
        counts={"shown": 1}, about={"format": "csv"},
    )  # fmt: skip
    (event,) = audit.events()
    told = json.loads(json.dumps(event.figures()))
    assert told.pop("hash") == audit.head().hash
    assert datetime.fromisoformat(told.pop("at")).tzinfo == UTC
    assert told == {
        "seq": 1, "kind": "view", "actor": "a", "purpose": "council-tax", "fields": ["dob"], "persons": 1,
        "counts": {"shown": 1}, "run": 3, "lane": LANE, "about": {"format": "csv"},
    }  # fmt: skip
    assert "Zyx" in event.words()

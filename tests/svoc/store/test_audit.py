"""The audit trail: who read or did what, in a chain."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from svoc.errors import SettingsError, StoreUnavailable
from svoc.store.audit import Audit
from svoc.store.audit_chain import BEGINNING, chained
from svoc.store.audit_tables import EVENT, PERSON_KEY, REASON
from svoc.words.audit import Kind

SMITH, JONES = "7F3K-92QD-M", "8G4M-03RE-N"


def bodies(audit: Audit) -> list[dict[str, object]]:
    with audit.engine.connect() as connection:
        return [json.loads(body) for body in connection.scalars(select(EVENT.c.body).order_by(EVENT.c.seq))]


def test_an_event_says_who_when_what_for_and_what_was_seen(audit: Audit) -> None:
    audit.note(
        Kind.SEARCH,
        actor="j.okafor",
        purpose="council-tax",
        because="rang about her bill",
        persons=[SMITH, JONES],
        fields=["surname", "forename"],
        counts={"shown": 2, "withheld": 1},
        run=3,
        lane="service",
    )
    (event,) = bodies(audit)
    assert {name: event[name] for name in ("seq", "kind", "actor", "purpose", "fields", "counts", "run", "lane")} == {
        "seq": 1,
        "kind": "search",
        "actor": "j.okafor",
        "purpose": "council-tax",
        "fields": ["forename", "surname"],
        "counts": {"shown": 2, "withheld": 1},
        "run": 3,
        "lane": "service",
    }
    text = json.dumps(event)
    assert SMITH not in text
    assert "bill" not in text
    assert len(event["persons"]) == 2  # type: ignore[arg-type]


def test_each_event_carries_the_hash_of_what_came_before(audit: Audit) -> None:
    heads = [audit.note(Kind.VIEW, actor="a", persons=[SMITH]) for _ in range(3)]
    assert [head.seq for head in heads] == [1, 2, 3]
    assert audit.head() == heads[-1]
    before = BEGINNING
    with audit.engine.connect() as connection:
        for row in connection.execute(select(EVENT).order_by(EVENT.c.seq)):
            assert row.hash == chained(before, row.body)
            before = row.hash


def test_two_events_of_one_person_cannot_be_laid_beside_each_other_without_the_key(audit: Audit) -> None:
    for _ in range(2):
        audit.note(Kind.VIEW, actor="a", persons=[SMITH])
    one, other = bodies(audit)
    assert one["persons"] != other["persons"]
    with audit.engine.connect() as connection:
        assert connection.scalars(select(PERSON_KEY.c.person)).all() == [SMITH]


def test_a_reason_stands_apart(audit: Audit) -> None:
    audit.note(Kind.VIEW, actor="a", because="her neighbour asked")
    with audit.engine.connect() as connection:
        assert connection.execute(select(REASON.c.seq, REASON.c.because)).all() == [(1, "her neighbour asked")]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"counts": {"shwon": 1}}, "no count 'shwon'; did you mean 'shown'?"),
        ({"counts": {"shown": "SMITH"}}, "holds a number as 'shown'"),
        ({"about": {"surname": "SMITH"}}, "no word 'surname'"),
        ({"about": {"format": "MRS SMITH"}}, "one word as 'format'"),
        ({"fields": ["SMITH"]}, "names of fields"),
    ],
)
def test_what_is_not_declared_is_refused(tmp_path: Path, more: dict[str, object], said: str) -> None:
    audit = Audit("sqlite://", tmp_path)
    with pytest.raises(ValueError, match="audit event 'view'") as refused:
        audit.note(Kind.VIEW, actor="a", **more)  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert "SMITH" not in str(refused.value)
    assert audit.head().seq == 0


def test_nobody_reads_namelessly(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="say who reads"):
        Audit("sqlite://", tmp_path).note(Kind.VIEW, actor=" ")


def test_what_fails_after_it_was_noted_is_noted_as_failed(audit: Audit) -> None:
    with pytest.raises(RuntimeError), audit.acting(Kind.DECIDE, actor="a", counts={"decisions": 1}):
        raise RuntimeError
    failed = bodies(audit)[1]
    assert (failed["kind"], failed["counts"], failed["about"]) == ("failed", {"event": 1}, {"kind": "decide"})


def test_it_lies_beside_the_council_s_database_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    audit = Audit.beside("sqlite:///barchester.db", "", tmp_path)
    audit.note(Kind.VIEW, actor="a")
    assert stat.S_IMODE((tmp_path / "barchester-audit.db").stat().st_mode) == 0o600
    audit.close()


def test_it_is_not_the_council_s_own_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="another file"):
        Audit.beside("sqlite:///a.db", "sqlite:///a.db", tmp_path)


def test_what_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "trail.db").write_text("this is no database, and was one never before; it is long enough to be read")
    with pytest.raises(StoreUnavailable, match=r"^the audit trail cannot be written, .* neither given nor done: "):
        Audit("sqlite:///trail.db", tmp_path).note(Kind.VIEW, actor="a")


def test_a_wrong_address_names_the_setting_of_the_trail(tmp_path: Path) -> None:
    with pytest.raises((SettingsError, StoreUnavailable), match=r"\[audit\] database"):
        Audit("nonsense", tmp_path).note(Kind.VIEW, actor="a")

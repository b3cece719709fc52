"""Records are kept and used no more, until somebody frees them; an objection is recorded, and what came of it."""

from datetime import UTC, datetime, timedelta

import pytest

from svoc.accounts import answer, erase, free, object_to, restrict
from svoc.council import Council
from svoc.errors import PurposeRefused, SettingsError
from svoc.settings import RetentionSettings
from svoc.store.acts import acts_of, objectors
from svoc.store.keeping import forget
from svoc.store.past import last_seen
from svoc.verifying import verify
from svoc.words.rights import Outcome
from svoc.words.telling import Death
from tests.svoc.accounts.conftest import MERRIDEW, QUILLON, Street, partition

WHY = {"actor": "j.okafor", "because": "request 2026/115"}
ASKED = {**WHY, "purpose": "subject-access"}


def sound(council: Council) -> None:
    found = verify(council.store, council.policy)
    assert found.sound, found.words()


def test_whoever_is_restricted_is_nowhere_used_and_comes_back_as_before(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        before, person = partition(council), lived.person(council, MERRIDEW)
        facts = council.store.persons("statutory")
        number = restrict(council, person, **ASKED)
        assert not {m for who in partition(council)["statutory"] for m in who} & set(_keys(council, number))
        assert council.find("merridew oskambe", purpose="registration") == []
        sound(council)
    lived.night()
    with Council.open(lived.settings) as council:
        assert not {m for who in partition(council)["statutory"] for m in who} & set(_keys(council, number))
        assert free(council, number, **WHY) == 3
        assert partition(council) == before
        now = council.store.persons("statutory")
        assert now.drop("provenance").equals(facts.drop("provenance")), "the identifier of before, and every fact"
        sound(council)
    lived.night()
    with Council.open(lived.settings) as council:
        assert partition(council) == before
        assert council.store.outbox() == []
        sound(council)


def _keys(council: Council, number: int) -> list[str]:
    keys: list[str] = acts_of(council.store, holding=False).row(number - 1, named=True)["mentions"]
    return keys


def test_one_record_alone_is_restricted(lived: Street) -> None:
    key = f"library/{QUILLON.card}/1"
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        restrict(council, person, record=key, **ASKED)
        assert council.store.mentions_of(person, "statutory") == [
            f"council_tax/{QUILLON.account}/1",
            f"electoral_register/{QUILLON.elector}/1",
        ]


def test_retention_lets_go_of_nothing_that_is_restricted(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        number = restrict(council, lived.person(council, QUILLON), **ASKED)
    for _ in range(3):
        lived.night()
    with Council.open(lived.settings) as council:
        days = RetentionSettings(history_days=1, withdrawn_days=1)
        forget(council.store, days, now=datetime.now(UTC) + timedelta(days=900))
        kept = last_seen(council.store, _keys(council, number))
        assert kept["record"].to_list() == [QUILLON.account, QUILLON.elector, QUILLON.card]
        free(council, number, **WHY)
        assert len(council.find("quillon vextrada", purpose="registration")) == 1


def test_whoever_is_restricted_can_be_erased(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        restrict(council, person, **ASKED)
        assert erase(council, person, **ASKED).records == 3
        sound(council)
    assert lived.files_with(QUILLON.tokens) == {}


def test_under_another_secret_no_night_runs(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        restrict(council, lived.person(council, QUILLON), **ASKED)
    text = lived.settings.read_text(encoding="utf-8").replace("a secret of the tests", "another")
    lived.settings.write_text(text, encoding="utf-8")
    with Council.open(lived.settings) as council, pytest.raises(SettingsError, match="put it back"):
        council.plan()


def test_what_was_freed_cannot_be_freed_again(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        number = restrict(council, lived.person(council, QUILLON), **ASKED)
        free(council, number, **WHY)
        with pytest.raises(SettingsError, match="no restriction"):
            free(council, number, **WHY)
        row = acts_of(council.store, holding=False).row(0, named=True)
        assert (row["ended_by"], row["ended_because"]) == ("j.okafor", "request 2026/115")


def test_an_objection_is_recorded_and_answered(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        number = object_to(council, person, "debt", **ASKED)
        assert objectors(council.store, "debt") == [], "until it is answered nothing changes"
        latest = answer(council, number, Outcome.UPHELD, **WHY)
        assert f"library/{QUILLON.card}/1" in objectors(council.store, "debt")
        assert objectors(council.store, "council-tax") == []
        answer(council, latest, Outcome.REFUSED, **WHY)
        assert objectors(council.store, "debt") == []
        told = acts_of(council.store, holding=False).select("outcome", "purpose")
        assert told.rows() == [("pending", "debt"), ("upheld", "debt"), ("refused", "debt")]
        with pytest.raises(PurposeRefused):
            object_to(council, person, "debts", **ASKED)


def test_a_purpose_sees_nobody_whose_objection_to_it_was_upheld(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        there = [council.reader(p).find("quillon vextrada") for p in ("debt", "council-tax", "registration")]
        assert [len(found) for found in there] == [1, 1, 1]
        answer(council, object_to(council, person, "debt", **ASKED), Outcome.UPHELD, **WHY)
        debt, own = council.reader("debt"), lived.person(council, QUILLON, lane="service")
        assert debt.find("quillon vextrada") == []
        with pytest.raises(SettingsError, match="no person"):
            debt.person(own)
        with pytest.raises(SettingsError):
            debt.history(own)
        frames = debt.frames()
        assert QUILLON.card not in str(frames["members"].to_dicts())
        assert len(council.reader("council-tax").find("quillon vextrada")) == 1
        assert len(council.reader("registration").find("quillon vextrada")) == 1


def test_nobody_is_told_by_a_purpose_that_was_objected_to(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        answer(council, object_to(council, person, "tell-us-once-death", **ASKED), Outcome.UPHELD, **WHY)
        with pytest.raises(SettingsError, match="no person"):
            council.tell(Death(lived.person(council, QUILLON, lane="service"), on="2026-11-03", evidence="registrar"))
        council.tell(Death(person, on="2026-11-03", evidence="registrar"), purpose="registration")
        council.commit(council.settle())
        told = {row["recipient"] for row in council.store.outbox()}
    assert told == {"electoral_register"}, "which is told for registration, and by another route"

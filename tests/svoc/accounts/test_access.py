"""Somebody asks what is held of them: all of theirs is told, and nothing of anybody else, nor that there is anybody."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from svoc.accounts import account, restrict
from svoc.answering import give_account
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.reports.account import account_page
from svoc.words.decisions import Verdict
from tests.svoc.accounts.conftest import EVERYBODY, MERRIDEW, QUILLON, TAMSETH, Somebody, Street

WHY = {"actor": "j.okafor", "because": "request 2026/114"}


def asked(street: Street, somebody: Somebody) -> dict[str, Any]:
    with Council.open(street.settings) as council:
        return account(council, street.person(council, somebody), **WHY)


def others_of(somebody: Somebody) -> list[str]:
    """Give the words that are others' and not theirs."""
    own = {token.lower() for token in somebody.tokens}
    return [t for other in EVERYBODY if other is not somebody for t in other.tokens if t.lower() not in own]


@pytest.mark.parametrize("somebody", EVERYBODY, ids=[p.forename for p in EVERYBODY])
def test_every_word_of_theirs_is_there_and_none_of_anybody_elses(lived: Street, somebody: Somebody) -> None:
    with Council.open(lived.settings) as council:
        told = account(council, lived.person(council, somebody), **WHY)
    for text in (json.dumps(told, default=str), account_page(told, council="Barchester")):
        low = text.lower()
        assert [t for t in [*somebody.tokens, somebody.account] if t.lower() not in low] == []
        assert [t for t in others_of(somebody) if t.lower() in low] == []


def test_an_account_is_the_same_whether_or_not_anybody_lives_there_too(lived: Street, tmp_path: Path) -> None:
    """So no number in it, and nothing that is left out, tells that there is somebody."""
    alone = Street(tmp_path / "alone").without(TAMSETH)
    alone.night()
    alone.night()
    told = [asked(street, MERRIDEW) for street in (lived, alone)]
    assert _without_moments(told[0]) == _without_moments(told[1])


def _without_moments(told: dict[str, Any]) -> Any:
    """Leave out what differs from council to council: moments, and the keyed identifiers."""
    text = json.dumps(told, default=str, sort_keys=True)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "moment", text)
    return json.loads(re.sub(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]", "identifier", text))


def test_the_second_of_two_in_one_record_is_told_as_if_alone(lived: Street) -> None:
    told = asked(lived, TAMSETH)
    (record,) = (r for r in told["records"] if r["source"] == "council_tax")
    assert record["held"]["name"] == "MRS TAMSETH OSKAMBE"
    assert "party" not in record
    assert record["reference"] == TAMSETH.account


def test_links_are_told_with_reasons_and_comparisons(lived: Street) -> None:
    told = asked(lived, QUILLON)
    assert told["links"]
    assert all(link["why"] and link["compared"] for link in told["links"])
    labels = {record["label"] for record in told["records"]}
    assert {label for link in told["links"] for label in link["records"]} <= labels


def test_a_decision_is_told_only_where_it_is_about_them_alone(lived: Street) -> None:
    mine, also, other = (f"library/{p.card}/1" for p in (MERRIDEW, MERRIDEW, TAMSETH))
    also = f"electoral_register/{MERRIDEW.elector}/1"
    with Council.open(lived.settings) as council:
        council.store.decide(Verdict.SAME.value, mine, also, steward="s.teward", because="the same signature")
        council.store.decide(Verdict.DIFFERENT.value, mine, other, steward="s.teward", because="two cards were seen")
    told = asked(lived, MERRIDEW)
    assert [(d["verdict"], d["because"]) for d in told["decisions"]] == [("same", "the same signature")]
    text = json.dumps(told)
    assert "two cards" not in text
    assert "s.teward" not in text


def test_a_reason_that_names_somebody_else_is_not_told(lived: Street) -> None:
    mine, also = f"library/{MERRIDEW.card}/1", f"electoral_register/{MERRIDEW.elector}/1"
    with Council.open(lived.settings) as council:
        council.store.decide(Verdict.SAME.value, mine, also, steward="s", because="Tamseth rang and said so")
    assert [d["because"] for d in asked(lived, MERRIDEW)["decisions"]] == [None]


def test_files_are_their_owners_and_their_names_tell_of_nobody(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
    figures, words = give_account(lived.settings, person, actor="j.okafor", because="request 2026/114", to=None)
    files = [Path(figures[name]) for name in ("page", "data")]
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        assert not [t for t in [*QUILLON.tokens, person] if t.lower() in f"{file.name} {words}".lower()]
    page = files[0].read_text(encoding="utf-8")
    assert "<script" not in page
    assert 'lang="en-GB"' in page


def test_whoever_is_restricted_is_told_all_of_theirs_still(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        restrict(council, person, purpose="subject-access", **WHY)
        told = account(council, person, **WHY)
    assert {record["source"] for record in told["records"]} == {"council_tax", "electoral_register", "library"}
    assert all(record["restricted"] for record in told["records"])
    assert [act["kind"] for act in told["acts"]] == ["restrict"]


def test_an_account_needs_a_person_and_a_reason(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        with pytest.raises(SettingsError, match="no person"):
            account(council, "7F3K-92QD-M", **WHY)
        with pytest.raises(SettingsError, match="say why"):
            account(council, lived.person(council, QUILLON), actor="j.okafor", because=" ")

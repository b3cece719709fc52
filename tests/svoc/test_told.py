"""Files of life events as a council's settings have them: signed by its keys, dated by their names, told once."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from svoc.council import Council
from svoc.errors import SettingsError
from svoc.sources.life_events import in_force
from tests.svoc.accounts.conftest import QUILLON, Street

KEY = ECKey.generate_key("P-256", {"kid": "ours"})
ISSUED = 1_793_577_600  # 2026-11-01T12:00:00Z
SETTINGS = """
[life_events]
path = "events/*"
signed = true

[life_events.keys]
jwks = "keys.json"
audience = "barchester"
days = 40000
"""


def token(**more: Any) -> str:
    names = [{"type": "GivenName", "value": QUILLON.forename}, {"type": "FamilyName", "value": QUILLON.surname}]
    body = {
        "deathRegistrationID": 501,
        "deathDate": {"value": "2026-10-20"},
        "subject": {"name": [{"nameParts": names}]},
    }
    events = {"https://vocab.account.gov.uk/v1/deathRegistered": body}
    said = {"iss": "https://gov.example/", "aud": "barchester", "iat": ISSUED, "jti": "t-1", "events": events, **more}
    return jws.serialize_compact({"alg": "ES256", "typ": "secevent+jwt", "kid": "ours"}, json.dumps(said), KEY)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Street:
    """Give a street that has seen one night and takes signed events only."""
    street = Street(tmp_path_factory.mktemp("signed") / "street")
    (street.folder / "events").mkdir()
    (street.folder / "keys.json").write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}))
    street.settings.write_text(street.settings.read_text() + SETTINGS)
    street.night()
    return street


def test_a_replay_is_refused_though_it_comes_in_another_file_or_at_night(signed: Street) -> None:
    first, again, other = (signed.folder.parent / f"{name}.jwt" for name in ("first", "again", "other"))
    for file in (first, again):
        file.write_text(token())
    other.write_text(token(iat=ISSUED + 60))
    with Council.open(signed.settings) as council:
        assert council.tell_file(first)[1] == 1
        assert council.tell_file(again)[1] == 0, "the same again is nothing new"
        told, fresh = council.tell_file(other)
        assert (fresh, [fault.column for fault in told.faults]) == (0, ["jti"])
        (signed.folder / "events" / "deaths_2026-11-03.jwt").write_text(token(iat=ISSUED + 120))
        signed.write()
        plan = council.plan()
        assert plan.events.is_empty()
        assert [warning for warning in plan.warnings if "column jti" in warning]


def test_what_is_not_signed_is_not_taken(signed: Street, tmp_path: Path) -> None:
    (tmp_path / "deaths.json").write_text('{"events": {"deathRegistered": {}}}')
    with Council.open(signed.settings) as council:
        told, fresh = council.tell_file(tmp_path / "deaths.json")
    assert (fresh, len(told.faults)) == (0, 1)


def test_keys_that_are_not_there_are_told_of(signed: Street, tmp_path: Path) -> None:
    settings = signed.settings.read_text().replace("keys.json", "other.json")
    wrong = signed.folder / "wrong.toml"
    wrong.write_text(settings)
    (tmp_path / "deaths.jwt").write_text(token())
    with Council.open(wrong) as council, pytest.raises(SettingsError, match=r"other\.json: No such file"):
        council.tell_file(tmp_path / "deaths.jwt")


def test_the_day_in_a_files_name_counts_where_a_list_gives_none(signed: Street, tmp_path: Path) -> None:
    later, earlier = tmp_path / "deaths_2026-11-09.csv", tmp_path / "deaths_2026-11-02.csv"
    later.write_text("Entry No,Surname,Forenames,Date of death\n0,FILLER,A,\n12,OAK,Una,21/10/2026\n")
    earlier.write_text("Entry No,Surname,Forenames,Date of death\n0,FILLER,A,\n1,FILLER,B,\n12,OAK,Una,20/10/2026\n")
    with Council.open(signed.settings) as council:
        for file in (later, earlier):
            council.tell_file(file)
        events = in_force(council.store.yesterday().events)
    assert dict(events.select("reference", "happened_text").iter_rows())["12"] == "2026-10-21"

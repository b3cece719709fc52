"""Those who tell of a life event: living, kept apart and not for long, in nobody's record and in no notice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from svoc.accounts.erasure import erase
from svoc.accounts.informants import forget, informants
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.store.informants import informants_of, let_go_of_informants
from tests.svoc.accounts.conftest import QUILLON, Street

WHY = {"actor": "j.okafor", "because": "request 2026/116"}
ZEBEDIAH = {"role": "informant", "forenames": "Zebediah", "surname": "Vextrada", "phone": "0700099221"}
WORDS = ["zebediah", "0700099221"]
REFERENCE = "AB123C456DE7"


def told(street: Street) -> Path:
    """Write what the informant tells of Quillon's death."""
    where = {"lines": [f"{QUILLON.house} King Street"], "postcode": "BA1 1AA"}
    about = {"forenames": QUILLON.forename, "surname": QUILLON.surname, "address": where}
    said = {"happened": "2026-10-20", "registration": {"source": "register"}}
    contacts = [ZEBEDIAH, {"role": "executor", "organisation": "Oak & Co"}]
    death = {
        "kind": "death",
        "reference": REFERENCE,
        "about": about,
        **said,
        "contacts": contacts,
    }
    file = street.folder.parent / "told.json"
    file.write_text(json.dumps({"format": "svoc-life-events", "version": 1, "events": [death]}))
    return file


def confirmed(council: Council, street: Street) -> None:
    council.tell_file(told(street))
    event = f"life_events/tell-us-once:{REFERENCE}/1"
    council.confirm(event, f"library/{QUILLON.card}/1", steward="j.okafor", because="seen")
    council.commit(council.settle())


def test_they_are_in_no_record_no_event_and_no_notice(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        confirmed(council, lived)
        seen, waiting = council.store.yesterday(), council.store.outbox()
        assert waiting
        said = [seen.mentions.write_json(), seen.events.write_json(), json.dumps(waiting, default=str)]
        said += [lane.persons.write_json() for lane in seen.lanes.values()]
        assert not [word for word in WORDS for text in said if word in text.casefold()]
        found = informants(council, REFERENCE, **WHY, purpose="subject-access")
        assert found["role"].to_list() == ["executor", "informant"]


def test_told_twice_they_are_kept_once(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        for _ in range(2):
            council.tell_file(told(lived))
        assert informants_of(council.store.engine, REFERENCE).height == 2


def test_a_nights_files_bring_them_too(lived: Street) -> None:
    folder = lived.folder / "events"
    folder.mkdir()
    (folder / "told_2026-11-04.json").write_bytes(told(lived).read_bytes())
    lived.settings.write_text(lived.settings.read_text() + '\n[life_events]\npath = "events/*"\n')
    lived.night()
    with Council.open(lived.settings) as council:
        assert informants_of(council.store.engine, REFERENCE).height == 2


def test_who_asks_is_erased_and_the_death_stands(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        confirmed(council, lived)
        assert forget(council, REFERENCE, **WHY, role="informant") == 1
        assert informants_of(council.store.engine, REFERENCE)["role"].to_list() == ["executor"]
        assert council.store.persons("service").filter(pl.col("surname") == "VEXTRADA")["deceased"].to_list() == [True]
        with pytest.raises(SettingsError, match="nobody is kept"):
            forget(council, REFERENCE, **WHY, role="informant")
        with pytest.raises(SettingsError, match="say why"):
            forget(council, REFERENCE, actor="j.okafor", because=" ")
    assert not lived.files_with(WORDS)


def test_whoever_erases_the_deceased_erases_them(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        confirmed(council, lived)
        erase(council, lived.person(council, QUILLON), **WHY, purpose="subject-access")
        assert informants_of(council.store.engine, REFERENCE).is_empty()
    assert not lived.files_with(WORDS)


def test_they_are_let_go_of_after_a_time_of_their_own(lived: Street) -> None:
    now = datetime.now(UTC)
    with Council.open(lived.settings) as council:
        council.tell_file(told(lived))
        engine = council.store.engine
        assert let_go_of_informants(engine, days=180, now=now + timedelta(days=179)) == 0
        assert let_go_of_informants(engine, days=0, now=now + timedelta(days=9_999)) == 0
        assert let_go_of_informants(engine, days=180, now=now + timedelta(days=181)) == 2
        assert council.settings.retention.informants_days < council.settings.retention.history_days
        assert council.store.yesterday().events.height == 1, "the death is kept for longer"

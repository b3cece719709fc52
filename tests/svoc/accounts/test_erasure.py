"""Somebody is erased: nothing of them is left anywhere, nothing brings them back, and nobody else is touched."""

from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import inspect

from svoc.accounts import erase
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.rollback import roll_back
from svoc.store.past import leads_to, past_of
from svoc.store.scrubbing import scrub_cache
from svoc.verifying import verify
from svoc.words.telling import Death
from tests.svoc.accounts.conftest import BRISTOW, MERRIDEW, QUILLON, Somebody, Street, partition

WHY = {"actor": "j.okafor", "because": "request 2026/114, upheld", "purpose": "subject-access"}


def gone(council: Council, street: Street, somebody: Somebody) -> str:
    person = street.person(council, somebody)
    erase(council, person, **WHY)
    return person


def sound(council: Council) -> None:
    found = verify(council.store, council.policy)
    assert found.sound, found.words()


@pytest.mark.parametrize("somebody", [QUILLON, MERRIDEW], ids=["alone", "one of two in a joint record"])
def test_no_byte_of_them_is_left_in_any_file_but_the_extracts(lived: Street, somebody: Somebody) -> None:
    tokens = [t for t in somebody.tokens if t != "Oskambe"]
    assert lived.files_with(tokens), "what is nowhere before proves nothing after"
    with Council.open(lived.settings) as council:
        gone(council, lived, somebody)
        assert lived.files_with(tokens) == {}, "while the database is open, its log included"
        sound(council)
    assert lived.files_with(tokens) == {}


def test_the_partition_is_as_if_they_had_never_been(lived: Street, tmp_path: Path) -> None:
    other = Street(tmp_path / "other").without(MERRIDEW)
    other.night()
    other.night()
    with Council.open(lived.settings) as council, Council.open(other.settings) as never:
        gone(council, lived, MERRIDEW)
        key = {m: m.replace("/2", "/1") for m in council.store.yesterday().mentions["mention"]}
        renamed = {
            lane: {frozenset(key[m] if m.startswith("council_tax/70024411") else m for m in who) for who in those}
            for lane, those in partition(council).items()
        }
        assert renamed == partition(never)
        for lane in ("statutory", "service"):
            facts = [
                c.store.yesterday().lane(lane).persons.drop("person", "provenance").sort("forename", "surname")
                for c in (council, never)
            ]
            assert facts[0].equals(facts[1]), lane


def test_tomorrows_extract_does_not_bring_them_back(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = gone(council, lived, QUILLON)
        left = partition(council)
    for _ in range(2):
        lived.night()
    with Council.open(lived.settings) as council:
        assert partition(council) == left
        assert leads_to(council.store, person, "statutory") is None
        sound(council)
    assert lived.files_with(QUILLON.tokens) == {}, "neither the night's cache nor its report"


def test_decisions_notices_events_and_texts_go_with_them(lived: Street) -> None:
    """A death is told, confirmed, sent and decided about; a reason names the person; all of it goes."""
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON, lane="service")
        council.tell(Death(person, on="2026-11-03", evidence="registrar"))
        card, elector = f"library/{QUILLON.card}/1", f"electoral_register/{QUILLON.elector}/1"
        other = f"library/{BRISTOW.card}/1"
        said = "Quillon Vextrada said so at the counter"
        third = f"library/{MERRIDEW.card}/1"
        for verdict, left, right in (("same", card, elector), ("different", other, card), ("unsure", other, third)):
            council.store.decide(verdict, left, right, steward="s.teward", because=said)
        council.commit(council.settle())
        assert council.deliver() > 0
    lived.night()
    assert any("outbox" in name for name in lived.files_with(QUILLON.tokens))
    with Council.open(lived.settings) as council:
        done = erase(council, lived.person(council, QUILLON), **WHY)
        named = [t for t in QUILLON.tokens if t not in {QUILLON.card, QUILLON.elector}]
        assert lived.files_with(named) == {}, "the references wait for those who are told of it"
        council.deliver()
        assert {name.split("/")[0] for name in lived.files_with(QUILLON.tokens)} == {"outbox"}
        reasons = council.store.decisions()["because"]
        assert reasons.to_list() == ["[erased] said so at the counter"]
        assert set(done.told) == {"council_tax", "electoral_register", "library"}
        assert done.sources == ["council_tax", "electoral_register", "library"]
        assert council.store.yesterday().events.is_empty()
        sound(council)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_lies_in_a_file_of_several_notices_goes_and_the_others_stay(lived: Street, form: str) -> None:
    text = lived.settings.read_text(encoding="utf-8")
    more = f'\n[notices.recipients.library]\nchannel = "{form}"\n'
    lived.settings.write_text(text + more, encoding="utf-8")
    with Council.open(lived.settings) as council:
        for somebody in (QUILLON, BRISTOW):
            person = lived.person(council, somebody, lane="service")
            council.tell(Death(person, on="2026-11-03", evidence="registrar"))
        council.commit(council.settle())
        council.deliver()
        (batch,) = lived.folder.glob(f"outbox/**/batch-*.{form}")
        assert all(one.surname.upper() in batch.read_text(encoding="utf-8") for one in (QUILLON, BRISTOW))
        erase(council, lived.person(council, QUILLON), untold="a test", **WHY)
        assert lived.files_with(QUILLON.tokens) == {}
        assert BRISTOW.surname.upper() in batch.read_text(encoding="utf-8")


def test_an_identifier_leads_to_a_tombstone_that_tells_its_day(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = gone(council, lived, QUILLON)
        assert leads_to(council.store, person, "statutory") is None
        (row,) = past_of(council.store, person, "statutory").to_dicts()
        assert (row["kind"], row["cause"], row["as_of"]) == ("gone", "right", council.store.yesterday().as_of)
        assert {row[name] for name in ("before", "after", "mention", "source")} == {None}
        assert person not in council.store.yesterday().lane("statutory").persons["person"]


@pytest.mark.parametrize("to", [1, 2, 3])
def test_no_night_that_is_gone_back_to_holds_them(lived: Street, to: int) -> None:
    lived.night()
    with Council.open(lived.settings) as council:
        gone(council, lived, MERRIDEW)
    lived.night()
    with Council.open(lived.settings) as council:
        roll_back(council.store, to, because="a test", actor="j.okafor")
        sound(council)
    tokens = [t for t in MERRIDEW.tokens if t != "Oskambe"]
    assert lived.files_with(tokens) == {}
    lived.night()
    with Council.open(lived.settings) as council:
        sound(council)
    assert lived.files_with(tokens) == {}


def test_one_record_is_erased_and_the_person_stands_without_what_it_said(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        erase(council, person, record=f"library/{QUILLON.card}/1", **WHY)
        row = council.store.persons("statutory").row(by_predicate=pl.col("person") == person, named=True)
        assert (row["records"], row["phone"], row["email"], row["surname"]) == (2, None, None, "VEXTRADA")
        sound(council)
    assert lived.files_with([QUILLON.card, QUILLON.phone, QUILLON.email]) == {}
    lived.night()
    with Council.open(lived.settings) as council:
        assert council.store.mentions_of(person, "statutory") == [
            f"council_tax/{QUILLON.account}/1",
            f"electoral_register/{QUILLON.elector}/1",
        ]
        assert council.store.outbox() == [], "that a record was erased is no news of the world"


def test_a_slip_of_the_pen_or_another_number_does_not_bring_them_back(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        gone(council, lived, QUILLON)
    for name, column, before, after in (
        ("council_tax", "names", "QUILLON", "QUILON"),
        ("register", "elector", QUILLON.elector, "QX-9999"),
        ("library", "surname", "Vextrada", "Ashgrove"),
    ):
        lived.write_with(name, column, before, after)
    with Council.open(lived.settings) as council:
        council.commit(council.plan())
        assert council.find("quillon vextrada", purpose="subject-access") == []
        assert council.find("quillon ashgrove", purpose="subject-access") == []


def test_whoever_is_named_in_a_record_of_theirs_later_is_not_taken_for_them(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        gone(council, lived, MERRIDEW)
    lived.write_with("council_tax", "names", "MR MERRIDEW OSKAMBE", "MISS ISOBEL TARRANT")
    with Council.open(lived.settings) as council:
        council.commit(council.plan())
        named = council.store.yesterday().mentions.filter(pl.col("record") == MERRIDEW.account)["forename"]
        assert named.sort().to_list() == ["ISOBEL", "TAMSETH"]


def test_nights_in_part_go_on_as_whole_nights_would(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        gone(council, lived, MERRIDEW)
    lived.night()
    lived.write()
    with Council.open(lived.settings) as council:
        part = council.plan()
        scrub_cache(council.store.cache)
        whole = council.plan()
        assert part.changed is not None
        assert whole.changed is None
        for lane in part.lanes:
            assert part.lanes[lane].state.members.equals(whole.lanes[lane].state.members)
            assert part.lanes[lane].state.persons.equals(whole.lanes[lane].state.persons)


@pytest.mark.parametrize("at", ["settled", "erased"])
def test_what_is_interrupted_is_finished_by_the_next_night(
    lived: Street, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "svoc.accounts.erasure." + {"settled": "erase_rows", "erased": "scrub"}[at]
    with Council.open(lived.settings) as council, monkeypatch.context() as patched:
        person = lived.person(council, QUILLON)
        patched.setattr(name, _killed)
        with pytest.raises(KeyboardInterrupt):
            erase(council, person, **WHY)
    lived.night()
    assert lived.files_with(QUILLON.tokens) == {}
    with Council.open(lived.settings) as council:
        sound(council)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_an_erasure_needs_is_asked_for(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        with pytest.raises(SettingsError, match="must name nobody"):
            erase(council, person, actor="j", because="Mr Vextrada asked", purpose="subject-access")
        with pytest.raises(SettingsError, match="say why"):
            erase(council, person, actor="j", because="", purpose="subject-access")
        with pytest.raises(SettingsError, match="no record of this person; did you mean"):
            erase(council, person, record=f"library/{QUILLON.card}/2", **WHY)
    text = lived.settings.read_text(encoding="utf-8")
    lived.settings.write_text(text.replace('key = "a secret of the tests"\n', ""), encoding="utf-8")
    with Council.open(lived.settings) as council, pytest.raises(SettingsError, match="without a secret"):
        erase(council, person, **WHY)


def test_on_postgresql_no_row_of_any_table_holds_them(street: Street, postgres_url: str) -> None:
    street = Street(street.folder, database=postgres_url)
    street.night()
    street.night()
    with Council.open(street.settings) as council:
        person = gone(council, street, MERRIDEW)
        tokens = [t.lower() for t in MERRIDEW.tokens if t != "Oskambe"]
        with council.store.engine.connect() as connection:
            names = inspect(connection).get_table_names()
            dumped = [str(connection.exec_driver_sql(f'SELECT * FROM "{n}"').all()).lower() for n in names]
        assert [t for t in tokens if any(t in table for table in dumped)] == []
        sound(council)
    street.night()
    with Council.open(street.settings) as council:
        assert council.store.mentions_of(person, "statutory") == []
        sound(council)
    assert street.files_with(tokens) == {}

"""A change told at the counter, from the telling to the systems' own extracts."""

import json
from dataclasses import replace

import polars as pl

from svoc.council import Council
from svoc.reconciling import arrivals_of
from svoc.verifying import verify
from svoc.words.telling import Birth, Move, NewName
from tests.svoc.accounts.conftest import MERRIDEW, QUILLON, TAMSETH, Street, lived, master_street

__all__ = ["lived", "master_street"]


def test_one_of_two_moves_and_is_followed_until_every_system_shows_it(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        mover, stays = (lived.person(council, one, "service") for one in (MERRIDEW, TAMSETH))
        council.tell(Move(mover, on="2026-11-03", address="20 King Street, Barchester", postcode="BA1 1AA"))
        council.commit(council.settle())
        homes = dict(council.store.persons("service").select("person", "uprn").iter_rows())
        assert (homes[mover], homes[stays]) == (120, 102), "the rest of the account stays"
        told = {row["recipient"]: row["reference"] for row in council.store.outbox() if row["lane"] == "service"}
        assert told == {"council_tax": MERRIDEW.account, "library": MERRIDEW.card}
        assert {row["person"] for row in council.store.outbox() if row["lane"] == "service"} == {mover}
        found = verify(council.store, council.policy)
        assert found.sound, found.words()
        council.deliver()
    lived.people[MERRIDEW.forename] = replace(MERRIDEW, house=20)
    lived.night()
    with Council.open(lived.settings) as council:
        assert lived.person(council, MERRIDEW, "service") == mover
        shown = arrivals_of(council.store, "service").filter(pl.col("person") == mover)
        assert dict(shown.select("recipient", "verdict").iter_rows()) == {
            "council_tax": "arrived",
            "library": "arrived",
        }
        assert verify(council.store, council.policy).sound


def test_a_system_is_not_told_again_what_it_was_told_last_though_its_person_is_taken_apart(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        council.tell(NewName(lived.person(council, QUILLON, "service"), surname="Ashgrove", on="2026-11-02"))
        council.commit(council.settle())
        first = {(row["recipient"], row["kind"]) for row in council.store.outbox()}
        assert first == {("council_tax", "name"), ("library", "name")}
        council.deliver()
    for follows, column, old, new in (
        ("library", "surname", QUILLON.surname, "Ashgrove"),
        ("council_tax", "names", QUILLON.surname.upper(), "ASHGROVE"),
        ("register", "surname", QUILLON.surname, "Ashgrove"),
    ):
        lived.write_with(follows, column, old, new)
        lived.nights += 1
        with Council.open(lived.settings) as council:
            plan = council.plan()
            council.commit(plan)
            assert [row["kind"] for row in council.store.outbox()] == [], follows
    with Council.open(lived.settings) as council:
        council.tell(NewName(lived.person(council, QUILLON, "service"), surname="Thorne", on="2026-11-05"))
        council.commit(council.settle())
        council.tell(NewName(lived.person(council, QUILLON, "service"), surname="Ashgrove", on="2026-11-06"))
        council.commit(council.settle())
        names = [
            json.loads(row["payload"])["surname"] for row in council.store.outbox() if row["recipient"] == "library"
        ]
        assert names == ["THORNE", "ASHGROVE"], "there and back is told"


def test_a_move_has_arrived_where_the_register_enters_the_elector_anew_though_nobody_has_joined_the_two(
    lived: Street,
) -> None:
    with Council.open(lived.settings) as council:
        mover = lived.person(council, QUILLON, "statutory")
        told = lived.person(council, QUILLON, "service")
        council.tell(Move(told, on="2026-11-03", address="20 King Street, Barchester", postcode="BA1 1AA"))
        council.commit(council.settle())
        council.deliver()
    lived.write_with("register", "elector", QUILLON.elector, "QX-9900")
    latest = max(lived.folder.glob("register_*.csv"))
    anew = pl.col("elector") == "QX-9900"
    frame = pl.read_csv(latest, infer_schema_length=0).with_columns(
        address=pl.when(anew).then(pl.lit("20 King Street, Barchester")).otherwise("address"),
        uprn=pl.when(anew).then(pl.lit("120")).otherwise("uprn"),
    )
    frame.write_csv(latest)
    with Council.open(lived.settings) as council:
        council.commit(council.plan())
        assert council.store.person_of("electoral_register/QX-9900/1", "statutory") != mover, "they are two to svoc"
        shown = arrivals_of(council.store, "statutory").filter(pl.col("recipient") == "electoral_register")
        assert shown["verdict"].to_list() == ["arrived"]


def test_a_new_name_has_arrived_though_its_record_is_another_to_svoc(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        council.tell(
            NewName(lived.person(council, QUILLON, "service"), surname="Ashgrove", forename="Marlow", on="2026-11-02")
        )
        council.commit(council.settle())
        council.deliver()
    lived.write_with("library", "surname", QUILLON.surname, "Ashgrove")
    latest = max(lived.folder.glob("library_*.csv"))
    latest.write_text(latest.read_text(encoding="utf-8").replace(QUILLON.forename, "Marlow"), encoding="utf-8")
    with Council.open(lived.settings) as council:
        council.commit(council.plan())
        assert council.store.person_of(f"library/{QUILLON.card}/1", "service") is None, "it bears another key"
        verdicts = dict(arrivals_of(council.store, "service").select("recipient", "verdict").iter_rows())
        assert verdicts == {"library": "arrived", "council_tax": "not_visible"}


def test_an_extract_that_was_read_before_a_notice_went_shows_nothing_of_it(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        council.tell(NewName(lived.person(council, QUILLON, "service"), surname="Ashgrove", on="2026-11-02"))
        council.commit(council.settle())
    for verdict in ("not_visible", "not"):
        lived.write_with("council_tax", "names", QUILLON.surname.upper(), QUILLON.surname.upper())
        lived.nights += 1
        with Council.open(lived.settings) as council:
            council.commit(council.plan())
            council.deliver()
            shown = arrivals_of(council.store, "service").filter(pl.col("recipient") == "council_tax")
            assert shown["verdict"].to_list() == [verdict]


def test_a_second_child_is_told_of_though_its_notice_reads_as_the_first_ones(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        parent = lived.person(council, TAMSETH, "service")
        for day in ("2026-10-30", "2026-10-31"):
            council.tell(Birth(parent, on=day, forename="Ida", surname="Oskambe", consents=("council_tax",)))
            council.commit(council.settle())
        births = [row for row in council.store.outbox() if row["kind"] == "birth"]
        assert [row["recipient"] for row in births] == ["council_tax", "council_tax"]
        assert births[0]["payload"] == births[1]["payload"]

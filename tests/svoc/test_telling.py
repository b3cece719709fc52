"""A change told at the counter, from the telling to the systems' own extracts."""

import json
from dataclasses import replace

import polars as pl

from svoc.council import Council
from svoc.reconciling import arrivals_of
from svoc.verifying import verify
from svoc.words.telling import Move, NewName
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

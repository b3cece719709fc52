"""What putting a fact right would change is what it then changes, and who would be told is who is told."""

from collections import Counter

import polars as pl
import pytest

from svoc.accounts import rectify
from svoc.accounts.foreseeing import foresee
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.words.persons import FACTS
from svoc.words.telling import NewName
from tests.svoc.accounts.conftest import MERRIDEW, QUILLON, Street
from tests.svoc.accounts.test_rectification import ASKED, golden


def test_it_is_foreseen_as_it_then_is_and_nothing_is_written_before(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person, other = lived.person(council, QUILLON), lived.person(council, MERRIDEW)
        right = {"dob": "1971-04-24", "forename": "Quill"}
        before = (council.store.decisions().height, council.store.yesterday().events.height, council.store.published())
        found = foresee(council, person, right, **ASKED)
        after = (council.store.decisions().height, council.store.yesterday().events.height, council.store.published())
        assert after == before
        rectify(council, person, right, **ASKED)
        persons = found.supposed.lanes["statutory"].state.persons
        foreseen = persons.row(by_predicate=pl.col("person") == person, named=True)
        assert {f: foreseen[f] for f in FACTS} == {f: golden(council, person)[f] for f in FACTS}
        # The last word counts where it is supposed too.
        again = foresee(council, person, {"dob": "1972-05-25"}, **ASKED).supposed.lanes["statutory"].state.persons
        assert str(again.row(by_predicate=pl.col("person") == person, named=True)["dob"]) == "1972-05-25"
        assert other in persons["person"].to_list()


def test_who_would_be_told_is_who_is_told(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        council.tell(NewName(lived.person(council, QUILLON, "service"), surname="Vextrado", on="2026-11-02"))
        council.commit(council.settle())
        council.deliver()
        found = foresee(council, person, {"surname": "Vextradi"}, **ASKED)
        assert council.store.outbox() == []
        _, told = rectify(council, person, {"surname": "Vextradi"}, **ASKED)
        lane = council.reader(ASKED["purpose"], actor=ASKED["actor"]).lane.name
        waiting = Counter(row["recipient"] for row in council.store.outbox() if row["lane"] == lane)
        assert found.told == waiting
        assert told >= sum(waiting.values())


def test_what_cannot_be_put_right_is_told_before(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person = lived.person(council, QUILLON)
        with pytest.raises(SettingsError, match="expected a date"):
            foresee(council, person, {"dob": "soon"}, **ASKED)
        with pytest.raises(SettingsError, match="no person"):
            foresee(council, "0000-0000-0", {"surname": "Smith"}, **ASKED)

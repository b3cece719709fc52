"""What the one gate gives is of one lane, as far as the purpose may see, and noted before it is given."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from svoc.errors import SettingsError
from svoc.reading import Reader
from svoc.store.audit import Audit
from svoc.store.store import Store
from tests.worlds import death, extract, night, policy, street

CLOSED = extract("electoral_register", "1 | MR JOHN SMITH | 3 | .. | open_register=no")
TAXED = extract("council_tax", "A1 | MR JOHN SMITH | 3", "A2 | MS RUTH HILL | 5")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Give what stands where a death was told of a man whom the full register and Council Tax know."""
    store = Store.open("sqlite://", Path())
    store.commit(night(store.yesterday(), CLOSED, TAXED), summary={})
    store.tell(death("D1", "MR JOHN SMITH", house=3), by="registrar")
    yield store
    store.close()


def reader(store: Store, purpose: str) -> Reader:
    return Reader.open(purpose, store, policy(), Audit("sqlite://", Path()), actor="a.bell")


def test_whose_an_event_may_be_is_told_of_the_readers_own_lane(store: Store) -> None:
    persons = {
        purpose: reader(store, purpose).candidates(street())["cluster"].to_list()
        for purpose in ("canvass-match", "tell-us-once-death")
    }
    lanes = store.yesterday().lanes
    assert [*persons["canvass-match"]] == [dict(lanes["statutory"].members.iter_rows())["council_tax/A1/1"]]
    assert [*persons["tell-us-once-death"]] == [dict(lanes["service"].members.iter_rows())["council_tax/A1/1"]]


def test_whose_an_event_may_be_is_masked_and_noted(store: Store) -> None:
    asked = reader(store, "statistics")
    told = asked.candidates(street())
    assert told.height == 1
    assert told.select("event", "mention", "weight").row(0) == (None, None, None)
    last = list(asked.audit.events())[-1]
    assert (last.kind, last.actor, last.purpose, last.counts) == ("cases", "a.bell", "statistics", {"rows": 1})


def test_the_records_behind_a_person_are_the_lanes_masked_and_noted(store: Store) -> None:
    lanes = store.yesterday().lanes
    whole, narrow = reader(store, "canvass-match"), reader(store, "statistics")
    person = dict(lanes["statutory"].members.iter_rows())["council_tax/A1/1"]

    assert whole.records(person)["mention"].to_list() == ["council_tax/A1/1", "electoral_register/1/1"]
    told = narrow.records(person)
    assert told["postcode"].null_count() == 0
    assert told.select("mention", "record", "party", "name", "surname", "address").null_count().row(0) == (2,) * 6
    last = list(whole.audit.events())[-1]
    assert (last.kind, last.purpose, last.counts) == ("view", "canvass-match", {"records": 2})


def test_whose_records_another_lane_has_and_who_is_nowhere_are_told_of_in_the_same_words(store: Store) -> None:
    asked = reader(store, "council-tax")
    elsewhere = dict(store.yesterday().lanes["statutory"].members.iter_rows())["council_tax/A1/1"]
    said = set()
    for person in (elsewhere, "7F3K-92QD-M"):
        with pytest.raises(SettingsError) as refused:
            asked.records(person)
        said.add(str(refused.value).replace(person, ""))
    assert len(said) == 1


def test_what_was_told_of_a_life_is_no_record_of_a_person(store: Store) -> None:
    service = dict(store.yesterday().lanes["service"].members.iter_rows())
    assert set(reader(store, "council-tax").records(service["council_tax/A1/1"])["source"]) == {"council_tax"}

"""What the one gate gives is of one lane, as far as the purpose may see, and noted before it is given."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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

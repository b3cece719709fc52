"""Who is looked for on the telephone is found among a few, as among all."""

import csv
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from svoc.council import Council
from svoc.finding import Said, found
from svoc.protecting import OPEN, Shield
from svoc.reading.seeking import MOST, sought
from svoc.store.bulk import insert_rows
from svoc.store.frames import encoded
from svoc.store.standing import of_table
from svoc.store.store import Store
from svoc.store.tables import PersonRow, Published, Run
from svoc.words.persons import PERSONS, Person
from svoc.words.purposes import Lane, Purpose
from tests.svoc.conftest import Lived

SAID = Path(__file__).parents[2] / "cases" / "said_on_the_telephone.csv"
CASES = list(csv.DictReader(SAID.read_text(encoding="utf-8").splitlines()))
LANE = Lane("service", "what staff work with")
ALL = Purpose("council-tax", "", "service", "")
PLACELESS = Purpose("contact", "", "service", "", fields=("title", "forename", "middle_names", "surname", "dob"))


def stored(url: str, folder: Path, people: Sequence[Mapping[str, str | None]]) -> Store:
    """Give a store with these persons, and one more than is ever read of the commonest name."""
    store = Store.open(url, folder)
    crowd = [{"forename": "ADA", "surname": "COMMON", "postcode": "ZQ9 9ZZ"} for _ in range(MOST + 1)]
    rows = [
        {"person": f"P{at:04}", "records": 1, "provenance": "{}", **row} for at, row in enumerate([*people, *crowd])
    ]
    frame = encoded(pl.DataFrame(rows, schema=PERSONS)).with_columns(lane=pl.lit(LANE.name), from_run=pl.lit(1))
    said = {"run": 1, "state": "published", "summary": {"lanes": {LANE.name: LANE.drawn}}, "manifest": {}}
    with store.engine.begin() as connection:
        insert_rows(connection, of_table(PersonRow), frame)
        connection.execute(of_table(Run).insert().values(**said, started=date(2026, 11, 2)))
        connection.execute(of_table(Published).insert().values(only=1, run=1))
    return store


def ids(store: Store, text: str, near: str | None = None, shield: Shield = OPEN, purpose: Purpose = ALL) -> list[str]:
    return [person.id for person in sought(store, LANE, purpose, shield, Said.of(text, near), most=10)]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return "sqlite:///town.db" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def test_what_officers_say_finds_whom_they_mean(url: str, tmp_path: Path) -> None:
    names = list({(case["forename"], case["middle_names"], case["surname"]): None for case in CASES})
    people = [{"forename": f, "middle_names": m or None, "surname": s, "postcode": "ZQ1 1AA"} for f, m, s in names]
    store = stored(url, tmp_path, people)
    for case in CASES:
        at = names.index((case["forename"], case["middle_names"], case["surname"]))
        assert (f"P{at:04}" in ids(store, case["said"])) == (case["found"] == "yes"), case["what"]
    store.close()


def test_a_place_finds_one_of_more_namesakes_than_are_read(url: str, tmp_path: Path) -> None:
    here = {"forename": "ADA", "surname": "COMMON", "postcode": "ZQ1 1AA", "address": "4 KING STREET, BARCHESTER"}
    store = stored(url, tmp_path, [{"forename": "UNA", "surname": "OAK"}, here])
    # The crowd comes first where nothing says otherwise, for its identifiers are as good as hers.
    for near in ("ZQ1 1AA", "zq11aa", "ZQ1 1XX", "king street"):
        assert ids(store, "ada common", near)[0] == "P0001", near
    assert ids(store, "adda comon zq1 1aa")[0] == "P0001"
    store.close()


def test_nobody_learns_by_trying_postcodes_where_a_protected_person_lives(url: str, tmp_path: Path) -> None:
    rare = {"forename": "UNA", "surname": "QUILLFEATHER", "postcode": "ZQ1 1AA", "address": "4 KING STREET"}
    hidden = {"forename": "ADA", "surname": "COMMON", "postcode": "ZQ1 1AA", "address": "4 KING STREET"}
    store = stored(url, tmp_path, [rare, hidden])
    shield = Shield(persons=frozenset({"P0000", "P0001"}), past=frozenset({"P0000", "P0001"}))
    places = (None, "ZQ1 1AA", "ZQ1 1AB", "king street", "ZQ7 7AA")
    for purpose, hides in ((ALL, shield), (PLACELESS, OPEN)):
        for said in ("una quillfeather", "una", "quilfether", "ada common"):
            told = [ids(store, said, near, hides, purpose) for near in places]
            assert len({"P0000" in each for each in told}) == len({"P0001" in each for each in told}) == 1, said
        seen = sought(store, LANE, purpose, hides, Said.of("una quillfeather zq1 1aa"), most=1)[0]
        assert (seen.id, seen.postcode, seen.address) == ("P0000", None, None)
    assert ids(store, "ada common", "ZQ1 1AA")[0] == "P0001", "in the open the place counts"
    store.close()


@pytest.fixture(scope="module")
def lived(lived_town: Lived, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    folder = Path(shutil.copytree(lived_town.folder, tmp_path_factory.mktemp("sought") / "town"))
    with Council.open(folder / "council.toml") as council:
        yield council


def spoken(row: dict[str, str], rng: random.Random) -> str:
    """Say a name as somebody might: with a letter wrong, the other way round, with where they live."""
    forename, surname = row["forename"], row["surname"]
    if len(surname) > 4 and rng.random() < 0.5:
        at = rng.randrange(1, len(surname) - 1)
        surname = surname[:at] + surname[at + 1 :]
    words = [forename, surname] if rng.random() < 0.7 else [surname, forename]
    return " ".join([*words, row["postcode"]] if rng.random() < 0.5 else words).lower()


def test_law_the_few_that_are_read_hold_whoever_stands_first_among_all(lived: Council) -> None:
    """The likeliest of all persons, score by score, are those that the search gives: nobody better is passed over."""
    rng, lane, store = random.Random(17), lived.policy.purposes.lanes["service"], lived.store
    persons = store.persons(lane.name)
    known = persons.drop_nulls(["forename", "surname", "postcode"]).filter(pl.col("forename").str.len_chars() > 1)
    found_at_all = 0
    for row in known.sample(600, seed=5, with_replacement=True).iter_rows(named=True):
        text = spoken(row, rng)
        among_all = found(persons, text, most=3)
        among_few = sought(store, lane, ALL, OPEN, Said.of(text), most=3)
        assert among_few[:1] == among_all[:1], text
        found_at_all += bool(among_all)
    assert found_at_all > 590, "what is not found by either proves nothing"


def test_of_a_lane_that_was_redrawn_nobody_is_found_of_whom_a_record_is_not_the_lanes(lived: Council) -> None:
    lane, store = lived.policy.purposes.lanes["service"], lived.store
    somebody = Person.of(store.persons("service").drop_nulls(["forename", "surname"]).row(5, named=True))
    said = Said.of(somebody.name, somebody.postcode)
    assert somebody.id in [each.id for each in sought(store, lane, ALL, OPEN, said, most=10)]
    mentions = tuple(store.mentions_of(somebody.id, "service"))
    redrawn = Lane(**{**{f: getattr(lane, f) for f in lane.__slots__}, "without_mentions": mentions[:1]})
    found_now = [each.id for each in sought(store, redrawn, ALL, OPEN, said, most=10)]
    assert somebody.id not in found_now

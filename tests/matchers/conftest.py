"""Made-up people for the tests of matchers: a town of two sources whose truth is known."""

import random
from datetime import date

import polars as pl
import pytest

from matchers import Model, Overlap, PersonName, Phone, SameDate, Title, any_of, block_on, sounds_like

HIS = (
    "John",
    "David",
    "Mohammed",
    "Tomos",
    "Kwame",
    "Andrew",
    "Peter",
    "Arjun",
    "Callum",
    "William",
    "Imran",
    "Stefan",
)
HERS = ("Mary", "Susan", "Aisha", "Cerys", "Ngozi", "Fiona", "Emma", "Priya", "Helen", "Margaret", "Zofia", "Ruth")
SURNAMES = (
    "Smith", "Jones", "Okafor", "Hussain", "Patel", "Reid", "Pugh", "Tremayne", "Nowak", "Begum", "Eze", "Baird",
    "Lowe", "Adeyemi", "Kaur", "Lobb", "Penrose", "Quick", "Rashid", "Sanders", "Tonkin", "Uren", "Vosper", "Wills",
    "Yeo", "Zaman",
)  # fmt: skip
SCHEMA = {
    "id": pl.String, "person": pl.Int64, "source": pl.String, "place": pl.Int64, "title": pl.String,
    "forename": pl.String, "middle_names": pl.String, "surname": pl.String, "dob": pl.String, "phone": pl.String,
    "since": pl.Date, "until": pl.Date,
}  # fmt: skip


def town(dwellings: int, seed: int) -> pl.DataFrame:
    """Each dwelling holds a family; the roll writes initials and no more than two names, the register names in full."""
    chance, rows, people = random.Random(seed), [], 0
    for place in range(dwellings):
        surname = chance.choice(SURNAMES)
        for number in range(chance.choice((1, 2, 2, 3, 4))):
            people, his = people + 1, chance.random() < 0.5
            forename, middle = chance.choice(HIS if his else HERS), chance.choice((None, *HIS))
            own = surname if chance.random() < 0.9 else chance.choice(SURNAMES)
            dob = date(1930 + chance.randrange(70), 1 + chance.randrange(12), 1 + chance.randrange(28)).isoformat()
            phone = f"01752{chance.randrange(10**6):06d}"
            known = (place, own, date(2015, 4, 1), None)
            rows.append(
                _row(people, "register", known, None, forename, middle, dob if chance.random() < 0.3 else None, None)
            )
            if number < 2:
                short = forename[0] if chance.random() < 0.3 else forename
                title = "Mr" if his else "Mrs"
                rows.append(
                    _row(people, "roll", known, title, short, None, dob if chance.random() < 0.5 else None, phone)
                )
    records = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return records.with_columns(id=pl.format("{}-{}", "source", pl.int_range(pl.len()).cast(pl.String).str.zfill(5)))


def _row(
    person: int, source: str, known: tuple[int, str, date, None], title: str | None, forename: str, *rest: str | None
) -> tuple[object, ...]:
    place, surname, since, until = known
    middle, dob, phone = rest
    return ("", person, source, place, title, forename, middle, surname, dob, phone, since, until)


def untrained(place: str | None = "place") -> Model:
    """A model of the kind that a council uses."""
    comparisons = [PersonName(), Title("title"), SameDate("dob"), Phone("phone"), Overlap("since", "until")]
    blocks = [
        block_on("place"),
        block_on("dob"),
        block_on("forename", "surname", cap=200),
        block_on(sounds_like("surname"), "phone"),
    ]
    return Model(comparisons, [*blocks, block_on(any_of("phone", "dob"), "surname")], place=place)


@pytest.fixture(scope="session")
def people() -> pl.DataFrame:
    """A town of 800 dwellings."""
    return town(800, seed=7)


@pytest.fixture(scope="session")
def model(people: pl.DataFrame) -> Model:
    """The council's kind of model, trained on the town."""
    return untrained().trained_on(people, source="source", lists_once=["register"], stay=("since", "until"))


@pytest.fixture(scope="session")
def blank() -> Model:
    """The same model before it has seen anybody."""
    return untrained()

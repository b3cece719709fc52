"""A street whose every person bears words of their own, so that any trace of them can be found, byte by byte."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from svoc.council import Council

SETTINGS = """
[council]
name = "Barchester"
database = "{database}"
purpose = "subject-access"
actor = "nightly"
key = "a secret of the tests"

[gazetteer]
path = "llpg.csv"

[[sources]]
name = "council_tax"
kind = "council_tax"
path = "council_tax_*.csv"
[sources.columns]
account_reference = "account"
liable_parties = "names"
address = "address"
postcode = "postcode"
uprn = "uprn"
liability_start = "since"

[[sources]]
name = "electoral_register"
kind = "electoral_register"
path = "register_*.csv"
[sources.columns]
elector = "elector"
surname = "surname"
forename = "forename"
dob = "dob"
address = "address"
postcode = "postcode"
uprn = "uprn"

[[sources]]
name = "library"
kind = "generic"
path = "library_*.csv"
[sources.columns]
record = "card"
forename = "forename"
surname = "surname"
address = "address"
postcode = "postcode"
uprn = "uprn"
phone = "phone"
email = "email"
"""

FIRST = date(2026, 11, 2)


@dataclass(frozen=True)
class Somebody:
    """A person and what only they are called: in their name, references, telephone and mail."""

    forename: str
    surname: str
    house: int
    number: int
    title: str = "MR"
    sources: tuple[str, ...] = ("council_tax", "electoral_register", "library")
    moved_from: int | None = None

    @property
    def account(self) -> str:
        return f"7{self.house:03}4411"

    @property
    def card(self) -> str:
        return f"LC{self.number}90210"

    @property
    def elector(self) -> str:
        return f"QX-{4100 + self.number}"

    @property
    def phone(self) -> str:
        return f"0139288{self.number:04}"

    @property
    def email(self) -> str:
        return f"{self.forename.lower()}.{self.number}@example.org"

    @property
    def tokens(self) -> list[str]:
        """Give the words by which this person alone may be known, in whatever case."""
        return [self.forename, self.surname, self.card, self.elector, self.phone, self.email]


QUILLON = Somebody("Quillon", "Vextrada", 1, 1)
MERRIDEW = Somebody("Merridew", "Oskambe", 2, 2)
TAMSETH = Somebody("Tamseth", "Oskambe", 2, 3, title="MRS")
BRISTOW = Somebody("Brastian", "Fennimark", 3, 4)
YSOLDA = Somebody("Ysolda", "Penhurrow", 4, 5, title="MISS")
CORVANE = Somebody("Corvane", "Drumgoyle", 5, 6)
EVERYBODY = (QUILLON, MERRIDEW, TAMSETH, BRISTOW, YSOLDA, CORVANE)


@dataclass
class Street:
    """A council of a few houses, whose extracts are written night by night."""

    folder: Path
    database: str = "sqlite:///council.db"
    people: dict[str, Somebody] = field(default_factory=lambda: {p.forename: p for p in EVERYBODY})
    nights: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(SETTINGS.format(database=self.database), encoding="utf-8")
        rows = [(100 + n, f"{n} KING STREET, BARCHESTER", "BA1 1AA") for n in range(1, 31)]
        frame = pl.DataFrame(rows, schema=["UPRN", "ADDRESS", "POSTCODE"], orient="row")
        frame.write_csv(self.folder / "llpg.csv")

    @property
    def settings(self) -> Path:
        return self.folder / "council.toml"

    def without(self, *gone: Somebody) -> "Street":
        """Let the sources never have known somebody."""
        for somebody in gone:
            self.people.pop(somebody.forename, None)
        return self

    def night(self) -> None:
        """Write tonight's extracts and live through the night, as `svoc night` does."""
        from svoc.running import run_night

        self.write()
        assert not run_night(self.settings).refused

    def write(self) -> None:
        """Write tonight's extracts."""
        day = (FIRST + timedelta(days=self.nights)).isoformat()
        self.nights += 1
        tax, register, library = [], [], []
        homes: dict[int, list[Somebody]] = {}
        for one in self.people.values():
            home = {"address": f"{one.house} King Street, Barchester", "postcode": "BA1 1AA", "uprn": 100 + one.house}
            named = {"forename": one.forename, "surname": one.surname}
            if "council_tax" in one.sources:
                homes.setdefault(one.house, []).append(one)
            if "electoral_register" in one.sources:
                register.append({"elector": one.elector, **named, "dob": None, **home})
            if "library" in one.sources:
                library.append({"card": one.card, **named, **home, "phone": one.phone, "email": one.email})
        for house, those in homes.items():
            names = " & ".join(f"{one.title} {one.forename} {one.surname}".upper() for one in those)
            home = {"address": f"{house} King Street, Barchester", "postcode": "BA1 1AA", "uprn": 100 + house}
            account = f"7{house:03}4411"
            tax.append({"account": account, "names": names, **home, "since": "2020-04-01"})
        for name, rows in (("council_tax", tax), ("register", register), ("library", library)):
            dated = pl.DataFrame(rows, infer_schema_length=None).with_columns(written=pl.lit(day))
            dated.write_csv(self.folder / f"{name}_{day}.csv")

    def write_with(self, name: str, column: str, before: str, after: str) -> None:
        """Write tomorrow's extract of one source, which says something else in a column."""
        latest = max(self.folder.glob(f"{name}_*.csv"))
        day = FIRST + timedelta(days=self.nights)
        frame = pl.read_csv(latest, infer_schema_length=0)
        assert frame[column].str.contains(before, literal=True).any()
        said = frame.with_columns(pl.col(column).str.replace(before, after, literal=True), written=pl.lit(str(day)))
        said.write_csv(self.folder / f"{name}_{day.isoformat()}.csv")

    def person(self, council: Council, somebody: Somebody, lane: str = "statutory") -> str:
        """Name the person behind somebody's library card."""
        key = f"library/{somebody.card}/1"
        found = council.store.person_of(key, lane)
        assert found, key
        return found

    def files_with(self, tokens: Sequence[str]) -> dict[str, list[str]]:
        """Find the files, but for the extracts, that hold any of these words, in any case."""
        found: dict[str, list[str]] = {}
        for file in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            if file.parent == self.folder and file.suffix == ".csv":
                continue
            content = file.read_bytes().lower()
            there = [token for token in tokens if token.lower().encode() in content]
            if there:
                found[file.relative_to(self.folder).as_posix()] = there
        return found


@pytest.fixture
def street(tmp_path: Path) -> Street:
    """Give a street that has seen no night."""
    return Street(tmp_path / "street")


@pytest.fixture(scope="session")
def master_street(tmp_path_factory: pytest.TempPathFactory) -> Street:
    """Give a street that has lived through two nights, to be copied and left alone."""
    street = Street(tmp_path_factory.mktemp("master") / "street")
    street.night()
    street.night()
    return street


@pytest.fixture
def lived(master_street: Street, tmp_path: Path) -> Street:
    """Give a street of one's own that has lived through two nights."""
    folder = Path(shutil.copytree(master_street.folder, tmp_path / "street"))
    return replace(master_street, folder=folder, people=dict(master_street.people))


@pytest.fixture
def council(lived: Street) -> Iterator[Council]:
    """Give the council of a street that has lived through two nights."""
    with Council.open(lived.settings) as council:
        yield council


def partition(council: Council) -> Mapping[str, set[frozenset[str]]]:
    """Give who is one person in each lane, by the keys of their records."""
    yesterday = council.store.yesterday()
    return {
        name: {frozenset(m) for m in lane.members.group_by("person").agg("mention")["mention"].to_list()}
        for name, lane in yesterday.lanes.items()
    }

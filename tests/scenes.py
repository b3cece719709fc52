"""Scenes for tests: a small council in a folder, whose nights are told in the cells of a CSV that an officer can read.

A row of a scene says, of the sources that say something else than the night before, all that they hold: `A1 MR JOHN
SMITH & MRS ANN SMITH at 3; A2 MS RUTH HILL at 4 phone 01392000001`. Words that follow the names are `at` (the number in
King Street), `dob`, `phone`, `email`, `since` and `until`. By day, before that night, a steward acts: `same A1/1 L1/1;
undo 1`. At last the row says what must be so: `A1/1 is L1/1`, `A1/1 is not L1/1`, `A1/2 keeps` (the identifier that it
had when it was last seen), `A1/2 absent`, `conflict` or `no conflict`, `asked A1/1 L1/1` or `not asked A1/1 L1/1`,
`A1/1 phone -`. `A1/2` is the second name of record A1; A is Council Tax, E an elector, L the library.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from svoc import Council, Desk
from svoc.words.decisions import CaseKind
from svoc.words.plan import Plan

CASES = Path(__file__).parent / "cases" / "scenarios.csv"
SOURCES = {"A": "council_tax", "E": "electoral_register", "L": "library"}
LANE = "statutory"
FIRST = date(2026, 11, 2)
WORDS = ("at", "dob", "phone", "email", "since", "until")
TITLES = {"MR", "MRS", "MISS", "MS"}
NOBODY_ELSE = {
    "council_tax": "A99 MS OONA QUILL at 12",
    "electoral_register": "E99 MS IRIS VANE at 11",
    "library": "L99 MS EDNA PYKE at 10",
}
"""What a source holds that a scene does not speak of: a source that is silent on the first night has no file."""
DATABASE = "sqlite:///scenes.db"
SETTINGS = """
[council]
name = "Scenes"
database = "sqlite:///scenes.db"
purpose = "canvass-match"
actor = "nightly"
[gazetteer]
path = "llpg.csv"
[guards]
shrunk = 0.0
placed = 0.0
[[sources]]
name = "council_tax"
kind = "council_tax"
path = "council_tax_*.csv"
layout = "columns"
[sources.columns]
account_reference = "record"
liable_parties = "name"
address = ["address"]
postcode = "postcode"
liability_start = "since"
liability_end = "until"
[[sources]]
name = "electoral_register"
kind = "electoral_register"
path = "electoral_register_*.csv"
layout = "columns"
[sources.columns]
elector = "record"
title = "title"
surname = "surname"
forename = "forename"
dob = "dob"
address = ["address"]
postcode = "postcode"
[[sources]]
name = "library"
kind = "generic"
path = "library_*.csv"
layout = "columns"
[sources.columns]
record = "record"
name = "name"
dob = "dob"
phone = "phone"
email = "email"
address = ["address"]
postcode = "postcode"
since = "since"
until = "until"
"""


def key(short: str) -> str:
    """Give the mention key of `A1/2`: elector numbers are written E-1."""
    record, _, number = short.partition("/")
    return f"{SOURCES[record[0]]}/{_reference(record)}/{number or 1}"


def _reference(record: str) -> str:
    return f"E-{record[1:]}" if record[0] == "E" else record


@dataclass
class Scene:
    """A council in a folder, the nights that it has lived, and the identifiers that mentions had when last seen."""

    folder: Path
    council: Council
    night: int = 0
    last: dict[str, str] = field(default_factory=dict)
    plan: Plan | None = None

    @property
    def desk(self) -> Desk:
        return Desk(self.council, steward="j.okafor", purpose="canvass-match")

    def live(self, row: dict[str, str]) -> None:
        """Live a day and a night of a row, and hold the morning to what the row says."""
        self.last |= self.members()
        for deed in _parts(row["steward"]):
            self.decide(deed)
        self.fall(**{source: row[source] for source in SOURCES.values()})
        for said in _parts(row["then"]):
            assert self.true(said), f"{row['scene']}, night {row['night']}: {said} ({row['why']})"

    def decide(self, deed: str) -> None:
        verb, *rest = deed.split()
        if verb == "undo":
            self.desk.undo(int(rest[0]), because="a slip")
            return
        days = int(rest[3]) if rest[2:3] == ["for"] else None
        expires = FIRST + timedelta(days=self.night - 1 + days) if days else None
        left, right = key(rest[0]), key(rest[1])
        self.council.store.decide(verb, left, right, steward="j.okafor", because="seen", expires=expires)

    def fall(self, **said: str) -> Plan:
        """Let a night fall after the sources have said something."""
        self.night += 1
        for source in SOURCES.values():
            if said.get(source) or self.night == 1:
                self._write(source, said.get(source) or NOBODY_ELSE[source])
        self.plan = self.council.plan()
        self.council.commit(self.plan)
        return self.plan

    def members(self) -> dict[str, str]:
        return dict(self.council.store.yesterday().lane(LANE).members.iter_rows())

    def cases(self, kind: CaseKind) -> list[set[str]]:
        return [set(case.mentions) for case in self.desk.cases() if case.kind == kind]

    def true(self, said: str) -> bool:
        of, words = self.members(), said.split()
        match words:
            case [left, "is", "not", right]:
                return of[key(left)] != of[key(right)]
            case [left, "is", right]:
                return of[key(left)] == of[key(right)]
            case [one, "keeps"]:
                return of[key(one)] == self.last[key(one)]
            case [one, "absent"]:
                return key(one) not in of
            case ["conflict"]:
                return bool(self.cases(CaseKind.CONFLICT))
            case ["no", "conflict"]:
                return not self.cases(CaseKind.CONFLICT)
            case ["asked", *some]:
                return any({key(s) for s in some} <= set(case.mentions) for case in self.desk.cases())
            case ["not", "asked", *some]:
                return not any({key(s) for s in some} <= set(case.mentions) for case in self.desk.cases())
            case [one, fact, value]:
                persons = self.council.store.persons(LANE)
                found = persons.row(by_predicate=pl.col("person") == of[key(one)], named=True)[fact]
                return str(found if found is not None else "-") == value
        raise AssertionError(f"nobody knows what {said!r} means")

    def _write(self, source: str, cell: str) -> None:
        day = (FIRST + timedelta(days=self.night - 1)).isoformat()
        names = ["record", "name", "title", "forename", "surname", *WORDS, "address", "postcode"]
        with (self.folder / f"{source}_{day}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(_record(line) for line in _parts(cell))


def _record(line: str) -> dict[str, str]:
    record, rest = line.split(maxsplit=1)
    name, *more = re.split(rf"\s+({'|'.join(WORDS)})\s+", rest)
    said = dict(zip(more[::2], more[1::2], strict=True))
    words = name.split()
    title = words.pop(0).title() if words[0] in TITLES else ""
    row = {"record": _reference(record), "name": name, "title": title, "surname": words[-1].title(), **said}
    if "at" in said:
        row |= {"address": f"{said['at']} King Street, Barchester", "postcode": "PL4 8AA"}
    return row | {"forename": " ".join(words[:-1]).title()}


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


@contextmanager
def opened(more: str = "", *, houses: int = 12, database: str = DATABASE) -> Iterator[Scene]:
    """Give a council of so many houses that has lived no night; `more`: further tables of its council.toml."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "council.toml").write_text(SETTINGS.replace(DATABASE, database) + more, encoding="utf-8")
        street = [f'{990000000000 + n},"{n} KING STREET, BARCHESTER",PL4 8AA' for n in range(1, houses + 1)]
        (folder / "llpg.csv").write_text("\n".join(["UPRN,ADDRESS,POSTCODE", *street, ""]), encoding="utf-8")
        with Council.open(folder / "council.toml") as council:
            yield Scene(folder, council)


@contextmanager
def played(scene: str) -> Iterator[Scene]:
    """Live all nights of a scene of `tests/cases/scenarios.csv`, each held to what its row says."""
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["scene"] == scene]
    assert rows, f"there is no scene {scene}"
    with opened() as lived:
        for row in rows:
            lived.live(row)
        yield lived

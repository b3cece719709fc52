"""A town in which every value is a token of its source and field, what each purpose may see of it, and every surface.

`tests/cases/crossing_records.csv` is the town, `crossing_purposes.csv` says in an officer's words which purposes may
use the full register and which facts each may see: the tests believe these two, and not svoc's own tables.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from typer.testing import CliRunner

from svoc import Council, Desk
from svoc.cli import app
from svoc.errors import SvocError
from svoc.exporting import export
from svoc.reports.explanation import explanation_page
from tests.scenes import FIRST, SETTINGS

CASES = Path(__file__).parent / "cases"
SOURCES = ("council_tax", "electoral_register", "library")
FIELDS = ("forename", "middle_names", "surname", "dob", "phone", "email", "address", "postcode", "uprn", "reference")
UNLISTED = 13
"""The number of a house that the gazetteer does not have."""
ASKED = (
    ("ZC-1", "ZA3"), ("ZA6", "ZL7"), ("ZC-6", "ZL7"), ("ZA3", "ZL4"), ("ZA5", "ZC-5"), ("ZA11", "ZO-11"),
)  # fmt: skip
"""Pairs of records that are explained."""


@dataclass(frozen=True)
class Record:
    """One row of the town's table."""

    night: int
    source: str
    record: str
    opened: bool
    name: str
    dob: str
    phone: str
    email: str
    house: int
    postcode: str
    since: str

    @property
    def key(self) -> str:
        return f"{self.source}/{self.record}/1"

    @property
    def address(self) -> str:
        return f"{self.house} {self.postcode[-2:] * 3} STREET, BARCHESTER"

    @property
    def tokens(self) -> dict[str, str]:
        """Give field -> the word by which its value is known wherever it appears."""
        words = [w for w in self.name.split() if w not in {"MR", "MS"} and len(w) > 1]
        more = {
            "forename": words[0] if len(words) > 1 else "", "middle_names": words[1] if len(words) > 2 else "",
            "surname": words[-1], "dob": self.dob, "phone": self.phone[-6:], "email": self.email.partition("@")[0],
            "address": self.postcode[-2:] * 3 + " STREET", "postcode": self.postcode,
            "uprn": "" if self.house == UNLISTED else str(uprn(self.house)),
            "reference": f"{self.record}/" if self.source != "electoral_register" else self.record,
        }  # fmt: skip
        return {field: token for field, token in more.items() if token}

    @property
    def closed(self) -> bool:
        return self.source == "electoral_register" and not self.opened


def uprn(house: int) -> int:
    return 990000000000 + house


def records() -> list[Record]:
    with (CASES / "crossing_records.csv").open(encoding="utf-8", newline="") as file:
        return [
            Record(
                int(r["night"]), r["source"], r["record"], r["open"] == "yes", r["name"], r["dob"], r["phone"],
                r["email"], int(r["house"]), r["postcode"], r["since"],
            )
            for r in csv.DictReader(file)
        ]  # fmt: skip


@dataclass(frozen=True)
class May:
    """What a purpose may see, in an officer's words."""

    purpose: str
    full_register: bool
    fields: frozenset[str]

    @property
    def shows(self) -> frozenset[str]:
        return self.fields - ({"reference"} if self.purpose == "statistics" else set())


def purposes() -> list[May]:
    with (CASES / "crossing_purposes.csv").open(encoding="utf-8", newline="") as file:
        return [
            May(
                r["purpose"],
                r["full_register"] == "yes",
                frozenset({*FIELDS, "title"} if r["fields"] == "all" else {*r["fields"].split(), "reference"}),
            )
            for r in csv.DictReader(file)
        ]


def tokens(may: May, *, now: bool) -> tuple[set[str], set[str]]:
    """Give the words that a purpose may see, and those that it may not; `now`: as the last night left the town.

    A word that any record of the purpose bears in a field that it may see is one that it may see.
    """
    said = {record.key: record for record in records()} if now else {(r.key, r.night): r for r in records()}
    seen, every = set[str](), set[str]()
    for record in said.values():
        for field, token in record.tokens.items():
            every.add(token.upper())
            if field in may.shows and (may.full_register or not record.closed):
                seen.add(token.upper())
    return seen, every - seen


@dataclass
class Crossed:
    """The town after two nights."""

    folder: Path
    council: Council

    @property
    def settings(self) -> Path:
        return self.folder / "council.toml"

    @cached_property
    def persons(self) -> list[str]:
        """Name every person of every lane, of whatever night."""
        stood = [self.council.store.yesterday(run=run) for run in (1, 2)]
        return sorted({p for each in stood for lane in each.lanes.values() for p in lane.persons["person"]})


@contextmanager
def crossed(more: str = "") -> Iterator[Crossed]:
    """Live the two nights of the town; `more`: further settings."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        text = SETTINGS.replace('dob = "dob"\naddress = ["address"]\npostcode = "postcode"\n[[sources]]\nname = "lib',
                                'dob = "dob"\nmarkers = "markers"\naddress = ["address"]\npostcode = "postcode"\n'
                                '[[sources]]\nname = "lib')  # fmt: skip
        for source, of_old in zip(SOURCES, ("north", "north", "south"), strict=True):
            text = text.replace(f'name = "{source}"\n', f'name = "{source}"\ncouncil = "{of_old}"\n')
        (folder / "council.toml").write_text(text + more, encoding="utf-8")
        places = {r.house: r for r in records() if r.house != UNLISTED}.values()
        rows = [f'{uprn(r.house)},"{r.address}",{r.postcode}' for r in places]
        (folder / "llpg.csv").write_text("\n".join(["UPRN,ADDRESS,POSTCODE", *rows, ""]), encoding="utf-8")
        with Council.open(folder / "council.toml") as council:
            town = Crossed(folder, council)
            for night in (1, 2):
                _write(folder, night)
                council.commit(council.plan())
                if night == 1:  # a mover's two records have nothing but a name in common
                    council.store.decide("same", "council_tax/ZA9/1", "library/ZL9/1", steward="j", because="told")
            # One that is decided in each lane's sight, and one about a record of the full register.
            council.store.decide("different", "council_tax/ZA3/1", "library/ZL4/1", steward="j", because="told")
            council.store.decide(
                "different", "council_tax/ZA3/1", "electoral_register/ZC-1/1", steward="j", because="told"
            )
            yield town


def _write(folder: Path, night: int) -> None:
    """Write what each source says on a night; one that the table does not speak of on the second says nothing new."""
    day = (FIRST + timedelta(days=night - 1)).isoformat()
    for source in SOURCES:
        said = {r.record: r for r in records() if r.source == source and r.night <= night}
        if not any(r.source == source and r.night == night for r in records()):
            continue
        with (folder / f"{source}_{day}.csv").open("w", encoding="utf-8", newline="") as file:
            names = ["record", "name", "title", "forename", "surname", "dob", "phone", "email", "address", "postcode",
                     "since", "until", "markers"]  # fmt: skip
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            for r in said.values():
                *given, last = r.name.split()
                writer.writerow(
                    {"record": r.record, "name": r.name, "forename": " ".join(given), "surname": last, "dob": r.dob,
                     "phone": r.phone, "email": r.email, "address": r.address, "postcode": r.postcode,
                     "since": r.since, "markers": "Z" if r.closed else ""}
                )  # fmt: skip


# --- surfaces: each gives all that it shows to a purpose, errors included


def _said(ask: Callable[..., Any], *what: Any, **more: Any) -> str:
    """Give an answer as text, or what was said in its place."""
    try:
        told = ask(*what, **more)
        return str(told.to_dicts() if isinstance(told, pl.DataFrame) else told)
    except SvocError as fault:
        return str(fault)


def find(town: Crossed, may: May) -> str:
    reader = town.council.reader(may.purpose)
    asked = {t for r in records() for f, t in r.tokens.items() if f in {"forename", "surname", "middle_names"}}
    found = [_said(reader.find, t) for t in sorted(asked)]
    near = [r for r in records() if r.night == 1]
    found += [_said(reader.find, r.name, near=r.postcode) for r in near]
    return "\n".join(found)


def person(town: Crossed, may: May) -> str:
    reader = town.council.reader(may.purpose)
    return "\n".join(_said(reader.person, p) for p in town.persons)


def as_of(town: Crossed, may: May) -> str:
    reader = town.council.reader(may.purpose)
    days = (FIRST, FIRST + timedelta(days=1))
    return "\n".join(_said(reader.as_of, p, d) for p in town.persons for d in days)


def history(town: Crossed, may: May) -> str:
    reader = town.council.reader(may.purpose)
    return "\n".join(_said(reader.history, p) for p in town.persons)


def export_csv(town: Crossed, may: May) -> str:
    folder = town.folder / "out" / may.purpose
    files = export(town.council.reader(may.purpose).frames(form="csv"), folder)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def lists(town: Crossed, may: May) -> str:
    reader = town.council.reader(may.purpose)
    return "\n".join(str(frame.to_dicts()) for frame in (reader.households(), reader.cases(), reader.decisions()))


def desk(town: Crossed, may: May) -> str:
    at_work = Desk(town.council, steward="j.okafor", purpose=may.purpose)
    return "\n".join(at_work.open(case.id).evidence + str(case) for case in at_work.cases())


def explain(town: Crossed, may: May) -> str:
    """Explain pairs as text, figures, frame and page; what was asked for is what the asker knew."""
    reader = town.council.reader(may.purpose)
    explainer = reader.explainer()
    keys = {r.record: r.key for r in records()}
    told = []
    for left, right in [(keys[one], keys[other]) for one, other in ASKED]:
        with suppress(SvocError):
            found = explainer.explain(left, right)
            page = explanation_page(found, purpose=reader.purpose)
            said = f"{found.text()} {json.dumps(found.figures())} {found.steps.to_dicts()} {page}"
            told.append(said.replace(left, "").replace(right, ""))
    return "\n".join(told)


def command_line(town: Crossed, may: May) -> str:
    """Ask on the command line for whom the full register alone knows, and for whom everybody does."""
    run, told = CliRunner(), []
    for name in ("Zynthia Closedname", "Axleton Jointname", "Movelle Goername"):
        for how in ((), ("--json",)):
            done = run.invoke(app, ["find", str(town.settings), name, "--purpose", may.purpose, *how])
            told.append(done.output)
    folder = town.folder / "cli" / may.purpose
    done = run.invoke(app, ["export", str(town.settings), "--to", str(folder), "--purpose", may.purpose])
    told += [done.output, *(file.read_text(encoding="utf-8") for file in sorted(folder.iterdir()))]
    for one in town.persons[:2]:
        told.append(run.invoke(app, ["history", str(town.settings), one, "--purpose", may.purpose]).output)
        told.append(run.invoke(app, ["as-of", str(town.settings), one, "2026-11-02", "--purpose", may.purpose]).output)
    told.append(run.invoke(app, ["decisions", str(town.settings), "list", "--purpose", may.purpose]).output)
    return "\n".join(told)


def export_parquet(town: Crossed, may: May) -> str:
    """Export by the command line, as somebody does who wants the frames."""
    folder = town.folder / "parquet" / may.purpose
    asked = ["export", str(town.settings), "--to", str(folder), "--purpose", may.purpose, "--format", "parquet"]
    told = [CliRunner().invoke(app, asked).output]
    for file in sorted(folder.iterdir()):
        frame = pl.read_parquet(file)
        told.append(f"{frame.columns} {frame.to_dicts()}")
    return "\n".join(told)


def migration(town: Crossed, may: May) -> str:
    """List what the two councils have in common, as far as a purpose may see it."""
    return _listed(town, "migration", town.folder / "migration" / may.purpose, "--purpose", may.purpose)


def custodian(town: Crossed, may: May) -> str:
    """List for the address custodian: it is read for one purpose alone."""
    if may.purpose != "address-maintenance":
        return ""
    return _listed(town, "custodian", town.folder / "custodian")


def _listed(town: Crossed, command: str, folder: Path, *more: str) -> str:
    done = CliRunner().invoke(app, [command, str(town.settings), "--out", str(folder), *more])
    assert done.exit_code == 0, done.output
    return "\n".join([done.stdout, *(file.read_text(encoding="utf-8") for file in sorted(folder.iterdir()))])


SURFACES: Mapping[str, Callable[[Crossed, May], str]] = {
    "find": find, "person": person, "as-of": as_of, "history": history, "export csv": export_csv,
    "export parquet": export_parquet, "lists": lists, "desk": desk, "explain": explain, "command line": command_line,
    "migration": migration, "custodian": custodian,
}  # fmt: skip
PAST = frozenset({"as-of", "history", "command line"})
"""Surfaces that show what stood on the first night too."""

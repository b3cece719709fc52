"""Three systems of a council that change their records as they are told to: Council Tax, the register, the library.

Each knows no more than a notice says: its own reference, and the facts in it. It acts some nights later, now and then
not at all or wrongly, and writes its whole extract every evening. What it did is the truth that svoc's verdicts on
arrival are held against.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]
Facts = Mapping[str, Any]

SOONEST, LATEST = 0, 7
"""Nights until a system does what it was told."""
TITLES = ("MR", "MRS", "MISS", "MS")
NEVER, WRONGLY = 0.04, 0.03
"""How many notices a system forgets, and of how many it makes something else."""


@dataclass(frozen=True)
class Home:
    """A dwelling as systems write it."""

    uprn: int | None
    lines: tuple[str, ...]
    postcode: str


@dataclass
class Did:
    """What a system made of one notice, in the words of svoc's verdicts (or `gone`, without a record), and when.

    `heard`: the night after which it came.
    """

    notice: str
    what: str
    night: int | None
    heard: int


@dataclass
class System:
    """A system's records by its own reference, each with the columns of its extract, and who they are of."""

    name: str
    rows: dict[str, Row]
    people: dict[str, list[str]]
    rng: np.random.Generator
    homes: list[Home]
    waiting: list[tuple[int, int, str, str, str, Facts]] = field(default_factory=list)
    did: dict[str, Did] = field(default_factory=dict)
    unknown: int = 0
    next_number: int = 0

    def hears(self, notice: str, kind: str, reference: str, facts: Facts, night: int) -> None:
        """Take a notice in; it is acted on some nights later, or never."""
        if notice in self.did or any(notice == other for _, _, other, *_ in self.waiting):
            return
        if self.rng.random() < NEVER:
            self.did[notice] = Did(notice, "not", None, night)
            return
        due = night + 1 + int(self.rng.integers(SOONEST, LATEST + 1))
        self.waiting.append((due, night, notice, kind, reference, facts))

    def evening(self, night: int, day: date) -> None:
        """Do what is due."""
        due = [each for each in self.waiting if each[0] <= night]
        self.waiting = [each for each in self.waiting if each[0] > night]
        for _, heard, notice, kind, reference, facts in due:
            if reference not in self.rows:
                self.unknown += 1
                self.did[notice] = Did(notice, "arrived" if kind == "death" else "gone", night, heard)
                continue
            wrongly = kind in {"name", "address"} and self.rng.random() < WRONGLY
            done = getattr(self, f"on_{kind}")(reference, facts, day, wrongly=wrongly)
            self.did[notice] = Did(notice, done, night, heard)

    def elsewhere(self, facts: Facts) -> Home:
        """Give some home that is not the one that was told."""
        while (home := self.homes[int(self.rng.integers(len(self.homes)))]).uprn == facts.get("uprn"):
            pass
        return home

    def home_of(self, facts: Facts, *, wrongly: bool) -> Home:
        """Give the home that a notice tells, or another."""
        told = Home(facts["uprn"], (facts["address"],), facts["postcode"])
        return self.elsewhere(facts) if wrongly else told

    def write(self, folder: Path, day: date) -> Path:
        """Write the evening's extract."""
        path = folder / f"{self.name}_{day.isoformat()}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, list(next(iter(self.rows.values()))))
            rows.writeheader()
            rows.writerows(self.rows.values())
        return path


class Library(System):
    """One card a person."""

    def on_death(self, reference: str, facts: Facts, day: date, *, wrongly: bool) -> str:
        """Strike off who has died."""
        del self.rows[reference]
        return "arrived"

    def on_name(self, reference: str, facts: Facts, day: date, *, wrongly: bool) -> str:
        """Write the new name."""
        said = facts["surname"].title()
        names = {"Forename": facts["forename"].title(), "MiddleNames": (facts.get("middle_names") or "").title()}
        names |= {"Title": facts["title"].title()} if facts.get("title") else {}
        self.rows[reference] |= {"Surname": f"{said}xx" if wrongly else said, **names}
        return "contradicted" if wrongly else "arrived"

    def on_address(self, reference: str, facts: Facts, day: date, *, wrongly: bool) -> str:
        """Follow a move."""
        if facts.get("address"):
            home = self.home_of(facts, wrongly=wrongly)
            lines = [*home.lines, *[None] * 5][:5]
            self.rows[reference] |= {f"Address{n}": line for n, line in enumerate(lines, start=1)}
            self.rows[reference] |= {"Postcode": home.postcode, "UPRN": home.uprn}
        return "contradicted" if wrongly else "arrived"


class Register(System):
    """One entry an elector; who moves is struck off, and entered anew under another number."""

    def on_death(self, reference: str, facts: Facts, day: date, *, wrongly: bool) -> str:
        """Strike off who has died."""
        del self.rows[reference]
        return "arrived"

    def on_address(self, reference: str, facts: Facts, day: date, *, wrongly: bool) -> str:
        """Follow a move."""
        entry = self.rows.pop(reference)
        if facts.get("address"):
            home = self.home_of(facts, wrongly=wrongly)
            self.next_number += 1
            fresh = f"ZZ9-{self.next_number}"
            lines = [*home.lines, *[None] * 6][:6]
            where = {f"Address{n}": line for n, line in enumerate(lines, start=1)}
            self.rows[fresh] = {**entry, "ElectorKey": fresh, **where, "Postcode": home.postcode, "UPRN": home.uprn}
            self.people[fresh] = self.people[reference]
        return "partly" if wrongly else "arrived"  # gone from where they were, and not where they said


class CouncilTax(System):
    """One account a household: who dies or leaves is taken off it, and the last one's is closed."""

    def on_death(self, reference: str, facts: Facts, day: date, *, wrongly: bool) -> str:
        """Strike off who has died."""
        if not self._let_go(reference, facts):
            self.rows[reference]["liable_party"] = f"EXORS OF {self.rows[reference]['liable_party']}"
        return "arrived"

    def on_name(self, reference: str, facts: Facts, day: date, *, wrongly: bool) -> str:
        """Write the new name."""
        names = self._names(reference)
        if (at := self._place(names, facts, least=0)) is None:
            return "gone"  # taken off the account meanwhile, as they had left
        said = f"{facts['surname']}XX" if wrongly else facts["surname"]
        names[at] = " ".join(
            filter(None, [facts["title"] or "MX", facts["forename"], facts.get("middle_names"), said])
        ).upper()
        self.rows[reference]["liable_party"] = " & ".join(names)
        return "contradicted" if wrongly else "arrived"

    def on_address(self, reference: str, facts: Facts, day: date, *, wrongly: bool) -> str:
        """Follow a move."""
        account = dict(self.rows[reference])
        if self._let_go(reference, facts):
            return "arrived"
        self.rows[reference]["liability_end"] = day.isoformat()
        if facts.get("address"):
            home = self.home_of(facts, wrongly=wrongly)
            self.next_number += 1
            fresh = str(69_900_000 + self.next_number)
            lines = [*home.lines, *[None] * 4][:4]
            where = {f"address_{n}": line for n, line in enumerate(lines, start=1)}
            dates: Row = {"liability_start": day.isoformat(), "liability_end": None, "property_ref": None}
            self.rows[fresh] = {
                **account,
                "account_ref": fresh,
                **where,
                **dates,
                "postcode": home.postcode,
                "uprn": home.uprn,
            }
            self.people[fresh] = self.people[reference]
        return "partly" if wrongly else "arrived"

    def _names(self, reference: str) -> list[str]:
        return str(self.rows[reference]["liable_party"]).split(" & ")

    def _let_go(self, reference: str, facts: Facts) -> bool:
        """Take one of several names off an account; say whether others stay."""
        names = self._names(reference)
        if len(names) < 2:
            return False
        names.pop(self._place(names, facts) or 0)
        self.rows[reference]["liable_party"] = " & ".join(names)
        return True

    @staticmethod
    def _place(names: list[str], facts: Facts, *, least: int | None = None) -> int | None:
        """Find the name that a notice means: by its surname and title, and by its forename or how that begins.

        None where the likeliest is not as like as the `least`.
        """
        forename, surname = (facts.get("forename") or "").upper(), (facts.get("surname") or "").upper()

        def likeness(at: int) -> tuple[int, int]:
            words = names[at].upper().split()
            begins = any((len(word) == 1 and forename.startswith(word)) or word == forename for word in words[:3])
            title = (facts.get("title") or "").upper()
            titled = (words[0] == title) - (words[0] in TITLES and bool(title) and words[0] != title)
            return 2 * (words[-1] == surname.split(" ")[-1]) + 2 * begins + titled + (forename in words), -at

        best = max(range(len(names)), key=likeness)
        return best if least is None or likeness(best)[0] >= least else None

"""Scenes of `tests/cases/protection.csv`, told so that an officer can read them (see `tests/scenes.py`).

Staff acts before a night: `protect A1/1 safe-address`, `ask A1/1`, `confirm 1` (the first request), `same`,
`different`. What must be so then: `hidden` and `shown` are about where somebody is, now, on every earlier day and in
every export; `found near 3` is about searching at a house; `lives with`, `lives alone` and `in a household of` are
about the exported households; `in a file` about exports at all; `sent` is about the notices of that night.
"""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from svoc.reading.frames import exported
from svoc.words.protection import WHERE
from tests.scenes import FIRST, LANE, SOURCES, Scene, key, opened

CASES = Path(__file__).parents[2] / "cases" / "protection.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
REFUGE = "[protection]\nplaces = [990000000010]\n"
BLIND, SEES = "canvass-match", "registration"


class Watched(Scene):
    """A scene with what staff do about protection, and what must be so."""

    def live(self, row: dict[str, str]) -> None:
        deeds, before = [d.strip() for d in row["staff"].split(";") if d.strip()], self.members()
        self.last |= before
        later = [d for d in deeds if d.startswith("protect") and key(d.split()[1]) not in before]
        for deed in deeds:
            if deed not in later:
                self.act(deed)
        self.fall(**{source: row[source] for source in SOURCES.values()})
        for deed in later:
            self.act(deed)
        for said in (part.strip() for part in row["then"].split(";") if part.strip()):
            assert self.so(said), f"{row['scene']}, night {row['night']}: {said} ({row['why']})"

    def act(self, deed: str) -> None:
        members = self.members()
        match deed.split():
            case ["protect", one, kind]:
                self.council.protect(
                    members[key(one)], kind, purpose=BLIND, actor="j.okafor", because="asked by the refuge"
                )
            case ["ask", one]:
                self.council.ask_to_clear(members[key(one)], purpose=SEES, actor="j.okafor", because="has moved abroad")
            case ["confirm", number]:
                waits = self.council.clearings(purpose=SEES, actor="m.patel")[int(number) - 1]
                self.council.confirm_clearing(waits.number, purpose=SEES, actor="m.patel", because="met her")
            case _:
                self.decide(deed)

    def so(self, said: str) -> bool:
        match said.split():
            case [one, "hidden"]:
                return self.told_of(one) == set()
            case [one, "shown"]:
                return {"person", "members", "placements", "persons"} <= self.told_of(one)
            case ["found", "near", house]:
                return bool(self.near(house))
            case ["not", "found", "near", house]:
                return not self.near(house)
            case [one, "lives", "with", other]:
                return len({self.household(one), self.household(other)} - {None}) == 1
            case [one, "lives", "alone"]:
                return self.household(one) is None
            case [one, "in", "a", "household", "of", size]:
                mine = pl.col("household_id") == self.household(one)
                return self.files()["households"].filter(mine).height == int(size)
            case [one, "in", "no", "file"]:
                return not self.named_in_files(one)
            case [one, "in", "a", "file"]:
                return self.named_in_files(one)
            case ["nothing", "sent"]:
                return not self.sent()
            case ["no", "place", "sent"]:
                return bool(self.sent()) and not any(set(WHERE) & set(payload) for payload in self.sent())
            case ["a", "place", "sent"]:
                return any(set(WHERE) & set(payload) for payload in self.sent())
        return self.true(said)

    def told_of(self, one: str) -> set[str]:
        """Name the roads by which a purpose learns where somebody is, or was, or how they are reached."""
        mention, person = key(one), self.members()[key(one)]
        told = set()
        record = self.council.store.yesterday().mentions.row(by_predicate=pl.col("mention") == mention, named=True)
        name = f"{record['forename']} {record['surname']}"
        found = next(p for p in self.council.find(name, purpose=BLIND) if p.id == person)
        if _says(found):
            told.add("person")
        for day in range(self.night):
            then = self._as_of(person, FIRST + timedelta(days=day))
            if then is not None and _says(then):
                told.add("as-of")
        history = self.council.history(person, purpose=BLIND)
        if set(history["field"].drop_nulls()) & set(WHERE) or any("King" in (t or "") for t in history["after"]):
            told.add("history")
        files = self.files()
        golden = files["persons"].filter(pl.col("person_id") == person).select(WHERE)
        if any(value is not None for row in golden.iter_rows() for value in row):
            told.add("persons")
        for name in ("members", "placements"):
            mine = files[name].filter((pl.col("source") == record["source"]) & (pl.col("record") == record["record"]))
            if mine["uprn"].drop_nulls().len() or "King" in mine.write_csv():
                told.add(name)
        if files["households"].filter(pl.col("person_id") == person).height:
            told.add("households")
        return told

    def _as_of(self, person: str, day: date) -> object | None:
        from svoc.errors import SettingsError

        try:
            return self.council.as_of(person, day, purpose=BLIND)
        except SettingsError:
            return None

    def near(self, house: str) -> list[str]:
        """Find Ann by where she lives, and whether the place raised her."""
        found = self.council.find("ann", near=f"{house} King Street", purpose=BLIND)
        return [p.id for p in found if p.address and p.address.startswith(f"{house} ")]

    def files(self) -> dict[str, pl.DataFrame]:
        purpose = self.council.policy.purposes.purpose(BLIND, on=FIRST)
        return exported(self.council.store, self.council.policy.purposes.lanes[LANE], purpose)

    def household(self, one: str) -> str | None:
        mine = self.files()["households"].filter(pl.col("person_id") == self.members()[key(one)])
        return mine["household_id"].to_list()[0] if mine.height else None

    def named_in_files(self, one: str) -> bool:
        source, record, _ = key(one).split("/")
        files = self.files()
        rows = [
            *(files[n].filter((pl.col("source") == source) & (pl.col("record") == record)) for n in ("members",)),
            files["persons"].filter(pl.col("person_id") == self.members()[key(one)]),
        ]
        return any(row.height for row in rows)

    def sent(self) -> list[dict[str, object]]:
        """Give the payloads of this night's notices, as they go out."""
        payloads: list[dict[str, object]] = []

        class Ear:
            def send(self, notice: object) -> None:
                payloads.append(dict(notice.payload))  # type: ignore[attr-defined]

        if self.plan is not None and not hasattr(self, "_heard"):
            self._heard: dict[int, list[dict[str, object]]] = {}
        if self.night not in self._heard:
            self.council.deliver(Ear())
            self._heard[self.night] = payloads
        return self._heard[self.night]


def _says(person: object) -> bool:
    known = json.dumps(getattr(person, "provenance", {}))
    groups = ("home", "phone", "email", *WHERE)
    facts = any(getattr(person, fact) is not None for fact in WHERE)
    return facts or any(f'"{group}":' in known for group in groups)


@pytest.mark.parametrize("scene", dict.fromkeys(row["scene"] for row in ROWS))
def test_a_protected_person_is_hidden_as_the_case_says(scene: str) -> None:
    with opened(REFUGE) as lived:
        watched = Watched(lived.folder, lived.council)
        for row in (row for row in ROWS if row["scene"] == scene):
            watched.live(row)

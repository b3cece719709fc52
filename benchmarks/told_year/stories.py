"""What happens to people in a year, and how the council is told: late, twice, in no order, wrongly, and taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from told_year.systems import Home

COLUMNS = (
    "Event", "Status", "Reference", "Sender", "Recorded at", "Evidence", "Title", "Forenames", "Surname",
    "Date of Birth", "Date of Event", "Address 1", "Address 2", "Address 3", "Address 4", "Postcode", "New Surname",
    "New Address 1", "New Postcode", "New UPRN", "Name of Parent",
)  # fmt: skip
WORDS = {"death": "Death", "address": "Change of address", "name": "Change of name", "birth": "Birth"}
A_YEAR = {"death": 250, "address": 2_000, "name": 200, "birth": 250}
"""How many of each happen in a year, in a town of 20,000 dwellings."""
WRONG, TWICE, LATE, TAKEN_BACK = 0.05, 0.05, 0.05, 0.02

Row = dict[str, Any]


@dataclass(frozen=True)
class Somebody:
    """A resident as they officially are, and where they live."""

    person: str
    title: str | None
    forename: str
    middle_names: str | None
    surname: str
    dob: date
    home: Home


@dataclass(frozen=True)
class Story:
    """One thing that happened to one person; `wrong`: it is told wrongly or in part; `gone`: when it is taken back."""

    number: int
    kind: str
    who: Somebody
    night: int
    row: Row
    wrong: bool
    gone: int | None

    @property
    def reference(self) -> str:
        """Give the sender's reference."""
        return f"T{self.number:06}"

    @property
    def mention(self) -> str:
        """Give the key that the claim has with svoc."""
        return f"life_events/registrar:{self.reference}/1"


def happen(
    people: list[Somebody], homes: list[Home], nights: int, share: float, first: date, rng: np.random.Generator
) -> list[Story]:
    """Draw the stories of so many nights, each of another person; `share`: of the yearly numbers."""
    kinds = [kind for kind, count in A_YEAR.items() for _ in range(max(1, round(count * share)))]
    chosen = rng.choice(len(people), size=len(kinds), replace=False)
    surnames = sorted({one.surname for one in people})
    stories = []
    for number, (kind, at) in enumerate(zip(kinds, chosen, strict=True)):
        night = 1 + int(rng.integers(max(1, nights - 15)))
        who, wrong = people[int(at)], bool(rng.random() < WRONG)
        gone = night + 3 + int(rng.integers(8)) if rng.random() < TAKEN_BACK else None
        home = homes[int(rng.integers(len(homes)))]
        row = _row(number, kind, who, home, str(rng.choice(surnames)), first + timedelta(days=night), rng)
        stories.append(Story(number, kind, who, night, _spoilt(row, rng) if wrong else row, wrong, gone))
    return stories


def _row(number: int, kind: str, who: Somebody, home: Home, surname: str, day: date, rng: np.random.Generator) -> Row:
    happened = day - timedelta(days=1 + int(rng.integers(5)))
    lines = [*who.home.lines, *[None] * 4][:4]
    name = {
        "Title": who.title,
        "Forenames": " ".join(filter(None, [who.forename, who.middle_names])),
        "Surname": who.surname,
    }
    row: Row = {
        "Event": WORDS[kind], "Status": "New", "Reference": f"T{number:06}", "Sender": "registrar",
        "Recorded at": f"{day.isoformat()}T09:00:00", "Evidence": "registrar" if kind != "address" else "self", **name,
        "Date of Birth": who.dob.strftime("%d/%m/%Y"), "Date of Event": happened.strftime("%d/%m/%Y"),
        **{f"Address {n}": line for n, line in enumerate(lines, start=1)}, "Postcode": who.home.postcode,
    }  # fmt: skip
    if kind == "name":
        row["New Surname"] = surname
    if kind == "address":
        row |= {"New Address 1": ", ".join(home.lines), "New Postcode": home.postcode, "New UPRN": home.uprn}
    if kind == "birth":
        row |= {
            "Name of Parent": f"{who.forename} {who.surname}",
            "Title": None,
            "Forenames": "Robin",
            "Date of Birth": None,
        }
    return row


def _spoilt(row: Row, rng: np.random.Generator) -> Row:
    """Tell it badly: a letter of the surname lost, no date of birth, no address, or initials alone."""
    slip = int(rng.integers(4))
    if slip == 0:
        at = int(rng.integers(1, max(2, len(row["Surname"]) - 1)))
        return {**row, "Surname": row["Surname"][:at] + row["Surname"][at + 1 :]}
    if slip == 1:
        return {**row, "Date of Birth": None}
    if slip == 2:
        return {**row, **dict.fromkeys((*(f"Address {n}" for n in range(1, 5)), "Postcode"))}
    return {**row, "Forenames": row["Forenames"][:1]}


def evenings(stories: list[Story], nights: int, first: date, rng: np.random.Generator) -> Mapping[int, pl.DataFrame]:
    """Give the lists that come in, night by night, in no order: what is new, what comes again, what is taken back."""
    told: dict[int, list[Row]] = {}
    for story in stories:
        when = [story.night + (int(rng.integers(1, 6)) if rng.random() < LATE else 0)]
        when += [when[0] + int(rng.integers(0, 4))] if rng.random() < TWICE else []
        for night in when:
            told.setdefault(night, []).append(story.row)
        if story.gone is not None:
            day = first + timedelta(days=story.gone)
            back = {**story.row, "Status": "Cancelled", "Recorded at": f"{day.isoformat()}T09:00:00"}
            told.setdefault(story.gone, []).append(back)
    schema = dict.fromkeys(COLUMNS, pl.String)
    lists = {}
    for night, rows in told.items():
        if 0 < night <= nights:
            texts = [{name: None if row.get(name) is None else str(row[name]) for name in COLUMNS} for row in rows]
            frame = pl.DataFrame(texts, schema=schema, orient="row")
            lists[night] = frame[rng.permutation(frame.height).tolist()]
    return lists

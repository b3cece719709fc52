"""All that a steward looks at before they decide a case: the records, whom they live beside, who is called alike."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from svoc.desk.case import Case
from svoc.desk.desk import Desk
from svoc.desk.meaning import of_an_event
from svoc.desk.sides import Row, side_by_side
from svoc.reading import Reader, Standing
from svoc.words.audit import Kind
from svoc.words.decisions import SEEN
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["Look", "Neighbour", "Stay", "look", "seen_as", "token_of"]

MOST_NEIGHBOURS, MOST_ALIKE, MOST_STAYS = 12, 5, 20
"""So many rows of each kind are shown."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a record of somebody of the case has them live, and when; `at`: which of the case's records it is of."""

    at: int
    source: str
    address: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody who is not of the case: `name`, as one of their records is read, and what else is known.

    `person`: their identifier; `sources`: which systems hold them.
    """

    person: str
    name: str
    sources: tuple[str, ...]
    dob: date | None
    postcode: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Look:
    """A case and what is around it, as far as the desk's purpose may see.

    `case`: with what it takes to answer it; `records`: rows of `PLACED`, one for each column; `rows`: what they say,
    side by side; `persons`: whose each is; `household`: who lives, or lived, where they do; `alike`: who bears the name
    of one of them; `stays`: the addresses of their persons' records; `earlier`: decisions about them (`DECISIONS`);
    `hides`: whether nothing that tells of a place may be shown; `token`: what was seen, as a hash; `claim`: of a life
    event what is told of it, a row of `svoc.steps.claim.CLAIMS`.
    """

    case: Case
    records: tuple[Mapping[str, Any], ...]
    rows: tuple[Row, ...]
    persons: tuple[str | None, ...]
    household: tuple[Neighbour, ...]
    alike: tuple[Neighbour, ...]
    stays: tuple[Stay, ...]
    earlier: tuple[Mapping[str, Any], ...]
    hides: bool
    token: str
    claim: Mapping[str, Any] | None = None


def look(desk: Desk, waits: Case) -> Look:
    """Open a case that waits for this steward (`Desk.cases`), noted for each person whom it shows."""
    case = desk.before(waits)
    reader, stands = desk.reader(), desk.standing()
    found = {row["mention"]: row for row in desk.records(case.mentions).iter_rows(named=True)}
    there = tuple(found[mention] for mention in case.mentions if mention in found)
    hides = desk.hides(case)
    whose = desk.persons_of(case.mentions)
    persons = tuple(whose.get(record["mention"]) for record in there)
    reader.note(
        Kind.VIEW, persons=[p for p in persons if p], counts={"shown": len({*persons} - {None})}, run=stands.run
    )
    theirs = pl.col("person").is_in([person for person in persons if person])
    around = {*case.mentions, *stands.state.members.filter(theirs)["mention"]}
    return Look(
        case=case,
        records=there,
        rows=tuple(side_by_side(there, reader.purpose, hides=hides)),
        persons=persons,
        household=() if hides else _household(reader, stands, there, around),
        alike=_alike(reader, stands, there, around),
        stays=() if hides else _stays(reader, stands, persons),
        earlier=_earlier(desk, around),
        hides=hides,
        token=token_of(desk, case),
        claim=_claim(reader, case),
    )


def token_of(desk: Desk, case: Case) -> str:
    """Say as a hash what a case was seen to be: why it is asked, what its records say, what is decided about them.

    Who decides gives it back; where it is another by then, something has changed meanwhile.
    """
    return seen_as(desk, case.mentions, case.kind.value, case.reason, str(sorted(case.seen.items())))


def seen_as(desk: Desk, mentions: Collection[str], *about: str) -> str:
    """Say as a hash what some records were seen to say, what was decided about them, and what they were seen for."""
    records = desk.records(list(mentions)).sort("mention").select("mention", *SEEN)
    said = desk.history()
    among = pl.any_horizontal(pl.col("left", "right").is_in(list(mentions)))
    held = said.filter(among & pl.col("superseded_by").is_null())["decision"].sort().to_list()
    parts = [*about, *mentions, str(records.rows()), str(held)]
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def _claim(reader: Reader, case: Case) -> Mapping[str, Any] | None:
    if not of_an_event(case):
        return None
    found = reader.claims().filter(pl.col("event") == case.mentions[0])
    return found.row(0, named=True) if found.height else None


def _household(
    reader: Reader, stands: Standing, records: Collection[Mapping[str, Any]], own: Collection[str]
) -> tuple[Neighbour, ...]:
    """Give who lives, or lived, where the records lie; where their place may not be told nobody is given."""
    places = {record["uprn"] for record in records if record["uprn"] is not None}
    near = stands.mentions.filter(pl.col("place").is_in(sorted(places)) & (pl.col("kind") == "person"))
    near = near.filter(~pl.col("mention").is_in(sorted(own)) & (pl.col("source") != EVENTS_SOURCE))
    shown = reader.shown(near).filter(pl.col("uprn").is_not_null())
    return _neighbours(shown, stands)[:MOST_NEIGHBOURS]


def _alike(
    reader: Reader, stands: Standing, records: Collection[Mapping[str, Any]], own: Collection[str]
) -> tuple[Neighbour, ...]:
    """Give who bears the forename and surname of one of the records, elsewhere in the lane."""
    names = {(r["forename"], r["surname"]) for r in records if r["forename"] and r["surname"]}
    if not names:
        return ()
    wanted = pl.DataFrame(sorted(names), schema={"forename": pl.String, "surname": pl.String}, orient="row")
    some = stands.mentions.filter(*(pl.col(name).is_in(wanted[name].implode()) for name in wanted.columns))
    same = some.filter(~pl.col("mention").is_in(sorted(own)) & (pl.col("source") != EVENTS_SOURCE))
    shown = reader.shown(same.join(wanted, on=["forename", "surname"], how="semi", nulls_equal=False))
    return _neighbours(shown, stands)[:MOST_ALIKE]


def _neighbours(shown: pl.DataFrame, stands: Standing) -> tuple[Neighbour, ...]:
    """Give one for each person of some records, who lives there now first."""
    whole = pl.concat_str("title", "forename", "middle_names", "surname", separator=" ", ignore_nulls=True)
    called = pl.when(whole == "").then("name").otherwise(whole).alias("called")
    of_people = shown.join(stands.state.members, on="mention").sort("mention").with_columns(called)
    ended = pl.col("until").is_null().any()
    people = of_people.group_by("person", maintain_order=True).agg(
        pl.col("called").drop_nulls().first(),
        pl.col("source").unique().sort(),
        pl.col("dob").drop_nulls().first(),
        pl.col("postcode").drop_nulls().first(),
        pl.col("since").min(),
        pl.when(ended).then(None).otherwise(pl.col("until").max()).alias("until"),
    )
    rows = people.sort("until", "person", nulls_last=False).iter_rows(named=True)
    return tuple(
        Neighbour(
            r["person"], r["called"] or "", tuple(r["source"]), r["dob"], r["postcode"] or "", r["since"], r["until"]
        )
        for r in rows
    )


def _stays(reader: Reader, stands: Standing, persons: tuple[str | None, ...]) -> tuple[Stay, ...]:
    """Give where the records of the case's persons have them live, the latest first."""
    first = {person: at for at, person in reversed(list(enumerate(persons))) if person}
    theirs = stands.state.members.filter(pl.col("person").is_in(sorted(first)))
    shown = reader.shown(stands.mentions.join(theirs, on="mention")).filter(pl.col("address").is_not_null())
    rows = shown.filter(pl.col("source") != EVENTS_SOURCE).sort("since", "mention", descending=True, nulls_last=True)
    return tuple(
        Stay(first[r["person"]], r["source"], r["address"], r["since"], r["until"]) for r in rows.iter_rows(named=True)
    )[:MOST_STAYS]


def _earlier(desk: Desk, around: Collection[str]) -> tuple[Mapping[str, Any], ...]:
    both = pl.all_horizontal(pl.col("left", "right").is_in(sorted(around)))
    said = desk.history().filter(both.fill_null(value=False)).sort("decision", descending=True)
    return tuple(said.iter_rows(named=True))

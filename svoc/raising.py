"""Raises what a confirmed life event may mean for a service: for an officer to look at, and never decided.

It counts only what the lane holds: who is on a record that the lane may not use is not there, so that what is raised in
a service's lane may prove wrong, and can never rest on such a record.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.plan import LaneState
from svoc.words.services import service_of

__all__ = ["RAISED", "raised"]

RAISED: dict[str, pl.DataType] = {
    "fact": pl.String(),  # a name under [facts] in svoc/defaults/facts_raised.toml
    "person": pl.String(),  # of whom it is raised: who lives there yet, or whose badge or account it is
    "event": pl.String(),  # the life event that it follows from
    "place": pl.Int64(),  # the UPRN of the home that it is about
    "records": pl.List(pl.String()),  # the mentions that it rests on, the event's first
    "words": pl.String(),
    "law": pl.String(),
}
"""Columns and dtypes of facts raised, sorted by fact, person and event."""

DIED, MOVED = "deceased", "mover"
"""Roles of the life events that anything follows from."""

Fact = tuple[str, str, str, int | None, list[str]]


@dataclass(frozen=True, slots=True)
class _Words:
    days: int
    adult: int
    facts: Mapping[str, Mapping[str, str]]


@cache
def _words() -> _Words:
    return _Words(**tomllib.loads(files("svoc.defaults").joinpath("facts_raised.toml").read_text(encoding="utf-8")))


def raised(mentions: pl.DataFrame, state: LaneState, services: Mapping[str, str], *, as_of: date) -> pl.DataFrame:
    """Give what is raised in one lane as a frame of `RAISED`.

    `mentions`: frame of `PLACED`, what the lane admits; `state`: what stands in it, where only confirmed events are
    anybody's; `services`: source -> the service that it is, or its kind; `as_of`: the day of the night.
    """
    words = _words()
    recent = as_of - timedelta(days=words.days)
    ours = mentions.join(state.members, on="mention")
    happened = pl.coalesce("died", "until")
    events = ours.filter((pl.col("source") == EVENTS_SOURCE) & (happened.is_null() | (happened > recent)))
    if events.is_empty():
        return pl.DataFrame(schema=RAISED)
    service = pl.col("source").replace_strict({s: service_of(k) for s, k in services.items()}, default=None)
    held = ours.filter((pl.col("source") != EVENTS_SOURCE) & lasting(as_of)).with_columns(
        service=pl.coalesce(service, pl.col("source").map_elements(service_of, return_dtype=pl.String))
    )
    homes = {row["person"]: row for row in state.persons.select("person", "uprn", "deceased", "dob").to_dicts()}
    found = _Lane(state, held, homes, as_of.replace(year=as_of.year - words.adult))
    facts = [fact for event in events.iter_rows(named=True) for fact in found.follow(event)]
    rows = [
        dict(zip(RAISED, (*fact, words.facts[fact[0]]["words"], words.facts[fact[0]]["law"]), strict=True))
        for fact in facts
    ]
    told = pl.DataFrame(rows, schema=RAISED, orient="row").unique(["fact", "person", "place"], keep="first")
    return told.sort("fact", "person", "event")


@dataclass(frozen=True, slots=True)
class _Lane:
    """What a lane holds: `held`, records that last, each with its `person` and `service`; `homes`, by the person."""

    state: LaneState
    held: pl.DataFrame
    homes: Mapping[str, Mapping[str, Any]]
    born_before: date

    def follow(self, event: Mapping[str, Any]) -> Iterator[Fact]:
        """Give what follows from one event; of a death that is in doubt again nothing does."""
        person = event["person"]
        if event["role"] == DIED and self.homes[person]["deceased"]:
            yield from self._home(person, event["mention"])
            yield from self._to_return(person, event["mention"])
        if event["role"] == MOVED:
            yield from self._left_open(person, event["mention"])

    def _home(self, person: str, event: str) -> Iterator[Fact]:
        """Say who is left in the home of who died; only of a household, and not of an establishment."""
        place = self.homes[person]["uprn"]
        theirs = self._records((pl.col("person") == person) & (pl.col("place") == place))
        if place is None or not theirs:
            return
        living = [p for p, home in self.homes.items() if home["uprn"] == place and not home["deceased"]]
        if not living:
            yield "empty-home", person, event, place, [event, *theirs]
        together = self.state.households.filter(pl.col("place") == place)["person"].to_list()
        adults = [p for p in living if self.homes[p]["dob"] is None or self.homes[p]["dob"] <= self.born_before]
        if len(adults) == 1 and set(living) == set(together):
            its = self._records((pl.col("person") == adults[0]) & (pl.col("place") == place))
            yield "sole-adult", adults[0], event, place, [event, *its]

    def _to_return(self, person: str, event: str) -> Iterator[Fact]:
        for fact in ("badge-to-return", "pass-to-return"):
            service = _words().facts[fact]["service"]
            if its := self._records((pl.col("person") == person) & (pl.col("service") == service)):
                yield fact, person, event, None, [event, *its]

    def _left_open(self, person: str, event: str) -> Iterator[Fact]:
        """Say where an account is still open at a home that its person has left."""
        home = self.homes[person]["uprn"]
        elsewhere = (pl.col("place") != home) & pl.col("place").is_not_null()
        open_there = (pl.col("person") == person) & (pl.col("service") == "council_tax") & elsewhere
        for place in self.held.filter(open_there)["place"].unique().sort():
            yield (
                "account-to-close",
                person,
                event,
                place,
                [event, *self._records(open_there & (pl.col("place") == place))],
            )

    def _records(self, which: pl.Expr) -> list[str]:
        return self.held.filter(which)["mention"].sort().to_list()

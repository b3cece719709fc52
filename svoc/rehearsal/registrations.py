"""The electoral register of the rehearsal town: who is on it, where, under what number, night by night."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from svoc.rehearsal.elector_numbers import number_electors
from svoc.rehearsal.handwriting import HELD, Hand, write_names
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.people import Residents, age_on
from svoc.rehearsal.place_schema import FIRST_NIGHT, generator
from svoc.rehearsal.places import World
from svoc.rehearsal.systems import PARTIES, RECORD, Holding, in_force

HALF_AS_OFTEN = 0.55
"""People register themselves, with their own names: slips, familiar forms and earlier surnames are that much rarer."""

OPTED_OUT = 0.58
"""Share of electors who have opted out of the open register (marker Z)."""

EUROPEAN = ("polish", "romanian", "baltic", "iberian", "italian")
"""Customs most of whose electors vote in local elections only (marker B)."""

NOT_ENTITLED: Mapping[str, float] = {"chinese": 0.45, "somali": 0.25, "turkish": 0.5, "romanian": 0.1, "baltic": 0.1}
"""Share of adults of a custom who are not entitled to vote."""

STILL_THERE = 0.43
"""Movers newly registered whose old entry has not been taken off yet, for each who is still registered there only."""

OVERSEAS_IN_TEN_THOUSAND, ANONYMOUS_IN_TEN_THOUSAND = 15, 4

LATER = {
    "death": (1, 0.85),
    "move": (1, 0.5),
    "rehouse": (1, 0.5),
    "leave": (2, 0.4),
    "arrive": (1, 0.6),
    "marriage": (2, 0.4),
}
"""How many nights after an event the register knows of it, and in what share of cases."""

COLUMNS = {
    **RECORD,
    "district": pl.String(),
    "number": pl.Int32(),
    "suffix": pl.Int32(),
    "markers": pl.String(),
    "dob": pl.Date(),  # of attainers only
}


def _hand(noise: Noise) -> Hand:
    """Say how electors write their own names: mostly in full, titles left out as the form allows."""
    return Hand(
        initial_only=noise.initial_only / 30,
        middle_name_dropped=noise.middle_name_dropped * 0.4,
        middle_name_as_initial=noise.middle_name_dropped * 0.24,
        missing_title=min(1.0, noise.missing_title * 7),
        familiar=HALF_AS_OFTEN,
    )


def _at_home(residents: Residents) -> pl.DataFrame:
    """Give everyone's home, the one they had before, and those who have gone from theirs."""
    households = residents.households.filter(pl.col("dwelling").is_not_null())
    homes = households.select("household", "dwelling", "since", "until", "came_from", "kind")
    people = residents.persons.with_columns(age=age_on(FIRST_NIGHT)).filter(pl.col("age") >= 16)
    return people.join(homes, on="household").sort("person")


def _entitled(people: pl.DataFrame, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """Keep those who are on a register at all; whole households stay off it more often than one of them."""
    refused = pl.col("custom").replace_strict(NOT_ENTITLED, default=0.0, return_dtype=pl.Float64)
    households = people.select("household").unique().sort("household")
    off = households.with_columns(household_off=pl.Series(rng.random(households.height) < noise.not_registered * 0.6))
    alone = pl.Series(rng.random(people.height) < noise.not_registered * 0.45)
    young = (pl.col("age") < 18) & (pl.Series(rng.random(people.height)) < 0.5)
    chance = pl.Series(rng.random(people.height))
    return people.join(off, on="household", maintain_order="left").filter(
        ~alone & ~young & ~pl.col("household_off") & (chance >= refused)
    )


def _where(people: pl.DataFrame, residents: Residents, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """Say at which dwellings each is entered: some movers at the old one, some students at both, some gone still."""
    households = people.select("household").unique().sort("household")
    chances = households.with_columns(
        lags=pl.Series(rng.random(households.height) < noise.register_lag),
        doubles=pl.Series(rng.random(households.height) < noise.register_lag * STILL_THERE),
    )
    frame = people.join(chances, on="household", maintain_order="left")
    lately = pl.col("since") > FIRST_NIGHT.replace(year=FIRST_NIGHT.year - 1)
    moved, gone = pl.col("came_from").is_not_null(), pl.col("until").is_not_null()
    stays = frame.filter(~gone, ~(lately & pl.col("lags")) | ~moved & ~lately)
    old = frame.filter(moved & ~gone & (pl.col("lags") | pl.col("doubles"))).with_columns(dwelling="came_from")
    left = frame.filter(gone & pl.col("lags") & (pl.col("until") > FIRST_NIGHT.replace(month=FIRST_NIGHT.month - 6)))
    both = pl.Series(rng.random(residents.parental.height) < noise.student_registered_twice)
    parental = residents.parental.filter(both).rename({"dwelling": "parental"})
    at_parents = frame.join(parental, on="person").with_columns(dwelling="parental").drop("parental")
    names = [*people.columns]
    entries = pl.concat([part.select(names) for part in (stays, old, left, at_parents)])
    return entries.unique(["person", "dwelling"], keep="first", maintain_order=True)


def _mark(entries: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Give each entry its markers and, to attainers alone, a date of birth."""
    european = pl.col("custom").is_in(EUROPEAN) & (pl.Series(rng.random(entries.height)) < 0.8)
    closed = pl.Series(rng.random(entries.height) < OPTED_OUT)
    other = pl.Series(rng.integers(0, 10_000, entries.height))
    anonymous = other < ANONYMOUS_IN_TEN_THOUSAND
    overseas = (other >= 5000) & (other < 5000 + OVERSEAS_IN_TEN_THOUSAND) & ~entries["custom"].is_in(EUROPEAN)
    return entries.with_columns(
        markers=pl.concat_str(
            pl.when(anonymous).then(pl.lit("N")).otherwise(pl.lit("")),
            pl.when(overseas & ~anonymous).then(pl.lit("F")).otherwise(pl.lit("")),
            pl.when(european & ~anonymous).then(pl.lit("B")).otherwise(pl.lit("")),
            pl.when(closed & ~anonymous).then(pl.lit("Z")).otherwise(pl.lit("")),
        ).replace("", None),
        attainer_dob=pl.when((pl.col("age") < 18) & ~anonymous).then("dob"),
        dwelling=pl.when(~(anonymous | overseas)).then("dwelling"),
        nameless=anonymous,
    )


def _changes(events: pl.DataFrame, people: pl.DataFrame, nights: int, rng: np.random.Generator) -> pl.DataFrame:
    """Say what the register learns: one row per elector and change, with the night it first shows.

    Columns: night, action ("remove", "add" or "rename"), person, dwelling, household.
    """
    known = []
    for night, kind, household, person, dwelling, to in events.iter_rows():
        if kind not in LATER:
            continue
        delay, share = LATER[kind]
        shows = night + delay + int(rng.integers(0, 2))
        if rng.random() >= share or shows >= nights:
            continue
        if kind in ("death", "leave", "move", "rehouse"):
            known.append((shows, "remove", person if kind == "death" else None, dwelling, household))
        if kind in ("move", "rehouse", "arrive"):
            known.append((shows, "add", None, to, household))
        if kind == "marriage":
            known.append((shows, "rename", person, dwelling, household))
    schema = {"night": pl.Int8, "action": pl.String, "whom": pl.Int32, "at": pl.Int32, "household": pl.Int32}
    changes = pl.DataFrame(known, schema=schema, orient="row")
    members = people.select("person", "household")
    each = changes.join(members, on="household").filter(pl.col("whom").is_null() | (pl.col("whom") == pl.col("person")))
    return each.sort("night", "action", "person")


def hold_register(
    world: World,
    residents: Residents,
    events: pl.DataFrame,
    seed: int,
    nights: int,
    noise: Noise,
    *,
    revised: int | None = None,
) -> Holding:
    """Draw what the electoral register holds on every night.

    Records have, besides those of RECORD, district, number, suffix, markers and dob (attainers only). `record` is
    the elector number, district-number, with /suffix for those added since the register was published. On the night
    `revised`, if any, a revised register gives everyone a new number.
    """
    rng = generator(seed, "register")
    people = _at_home(residents)
    on_it = _entitled(people, noise, rng)
    entries = _where(on_it, residents, noise, rng).with_columns(entry=pl.lit(0, pl.Int8))
    newcomers = residents.persons.with_columns(age=age_on(FIRST_NIGHT)).filter(
        pl.col("age") >= 18,
        pl.col("household").is_in(residents.households.filter(pl.col("dwelling").is_null())["household"].implode()),
    )
    known = pl.concat([frame.select("person", "household") for frame in (on_it, newcomers)]).unique()
    changes = _changes(events, known, nights, rng)
    added = (
        changes.filter(pl.col("action") == "add")
        .select("person", dwelling="at", entry="night")
        .join(residents.persons.with_columns(age=age_on(FIRST_NIGHT)), on="person")
    )
    entries = pl.concat([entries, added], how="diagonal_relaxed").sort("entry", "person", "dwelling")
    entries = write_names(entries, _hand(noise), noise, generator(seed, "register hand"))
    marked = _mark(entries, generator(seed, "register marks"))
    numbered = number_electors(_with_ends(marked, changes), world, revised=revised)
    return _as_holding(numbered, changes, residents)


def _with_ends(entries: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Say on which night each entry is gone."""
    removed = changes.filter(pl.col("action") == "remove").select("person", dwelling="at", to_night="night")
    removed = removed.unique(["person", "dwelling"], keep="first", maintain_order=True)
    return entries.join(removed, on=["person", "dwelling"], how="left")


def _as_holding(entries: pl.DataFrame, changes: pl.DataFrame, residents: Residents) -> Holding:
    """Make records and parties of the numbered entries; a new name is a new version, a revised register another."""
    entries = entries.with_columns(version=pl.col("edition") * 2 - 1, from_night=pl.col("entry"))
    within = (pl.col("night") > pl.col("entry")) & (
        pl.col("to_night").is_null() | (pl.col("night") < pl.col("to_night"))
    )
    names = _new_names(changes, residents)
    told = entries.join(names, on=["person", "dwelling"])
    bride = pl.when(pl.col("title").is_not_null()).then(pl.lit("Mrs"))
    later = told.filter(within).with_columns(
        surname="new_surname", title=bride, version=pl.col("version") + 1, from_night="night"
    )
    already = told.filter(pl.col("night") <= pl.col("entry")).with_columns(surname="new_surname", title=bride)
    before = entries.join(already, on=["record", "version"], how="anti")
    every = pl.concat([frame.select(entries.columns) for frame in (before, already, later)])
    every = every.with_columns(pl.when(~pl.col("nameless")).then(pl.col(name)).alias(name) for name in HELD)
    records = in_force(every.with_columns(dob="attainer_dob").select(COLUMNS.keys()).cast(COLUMNS))  # type: ignore[arg-type]
    parties = every.filter(~pl.col("nameless")).with_columns(
        party=pl.lit(1, pl.Int16), kind=pl.lit("person"), text=pl.lit(None, pl.String)
    )
    kept = parties.select(PARTIES.keys()).cast(dict(PARTIES))  # type: ignore[arg-type]
    return Holding("electoral_register", records, kept.sort("record", "version", "party"))


def _new_names(changes: pl.DataFrame, residents: Residents) -> pl.DataFrame:
    heads = residents.persons.filter(pl.col("slot") == 0).select("household", husband="surname")
    renamed = changes.filter(pl.col("action") == "rename").join(heads, on="household")
    wife = pl.col("husband").str.replace("(sk|ck)i$", "${1}a")
    return renamed.select("person", "night", dwelling="at", new_surname=wife)

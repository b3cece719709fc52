"""Rehearse a town: everything a council's night reads, written into one folder, with the truth beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from svoc.rehearsal.address_styles import write_address
from svoc.rehearsal.council_tax import hold_council_tax
from svoc.rehearsal.council_tax_files import COUNCIL_TAX_LAYOUTS
from svoc.rehearsal.events import arrivals_needed, happen
from svoc.rehearsal.forwarding import forwarding_addresses
from svoc.rehearsal.gazetteer_files import write_addressbase, write_dtf
from svoc.rehearsal.library import hold_library, library_file
from svoc.rehearsal.life_event_files import write_life_events
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.notifications import notify
from svoc.rehearsal.people import Residents, settle
from svoc.rehearsal.place_schema import generator, night_date
from svoc.rehearsal.places import World, build_world
from svoc.rehearsal.register_files import REGISTER_LAYOUTS, entries_of
from svoc.rehearsal.registrations import hold_register
from svoc.rehearsal.systems import Holding
from svoc.rehearsal.town_settings import council_toml
from svoc.rehearsal.truth import people_of, person_code, truth_of

OUTSIDERS = 0.012
"""Landlords and strangers from elsewhere, as a share of dwellings."""

FEWEST_DWELLINGS = 20


@dataclass(frozen=True, slots=True)
class Town:
    """Say where a rehearsal town's files are, and what is true of it.

    folder        where everything was written
    settings      its council.toml
    nights        how many nights of extracts there are
    truth         source, record, party, person, uprn of the last night: the rows of truth.csv
    world         its properties; `people`, `council_tax` and `register` the rest, for who wants to look behind
    """

    folder: Path
    settings: Path
    nights: int
    truth: pl.DataFrame
    world: World
    people: Residents
    council_tax: Holding
    register: Holding
    events: pl.DataFrame
    noise: Noise


def rehearse(
    folder: Path | str,
    *,
    dwellings: int = 1000,
    seed: int = 1,
    nights: int = 3,
    noise: Noise | None = None,
    layouts: Mapping[str, str] | None = None,
    revised: int | None = None,
    library: bool = False,
) -> Town:
    """Write a made-up town into a folder: gazetteer, extracts of several nights, life events, truth, council.toml.

    `dwellings` is the number on the first night, at least 20. The same seed, dwellings, nights and noise always write
    the same bytes. `layouts` says how a source is written where it is not in plain columns: council_tax as "columns",
    "academy" or "nfi"; electoral_register as "columns", "xpress13", "xpress14", "eros" or "pdcode". On the night
    `revised`, if given, a revised register is published and every elector has a new number. With
    `library`, a third source lists library members, with dates of birth, telephones and mail addresses.

    Writes llpg.csv (DTF 7.3, as of the first night), llpg_changes_DATE.csv of each later night, addressbase.csv
    (AddressBase Premium v2), extracts/, life_events/, truth.csv (of the
    last night), truth_DATE.csv of each night, people.csv (who lives with whom),
    life_events_truth.csv and council.toml. Raises `ValueError` for a town
    that is too small, no night, or a layout that does not exist.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     town = rehearse(folder, dwellings=40, seed=7, nights=2)
    ...     sorted(path.name for path in (town.folder / "extracts").iterdir())[:2]
    ['council_tax_2026-11-02.csv', 'council_tax_2026-11-03.csv']
    """
    chosen = _chosen_layouts(layouts or {})
    if dwellings < FEWEST_DWELLINGS or nights < 1:
        raise ValueError(f"a town has at least {FEWEST_DWELLINGS} dwellings and one night")
    noise, where = noise or Noise(), Path(folder)
    world = build_world(seed, dwellings, nights=nights)
    outside = max(5, round(dwellings * OUTSIDERS))
    people = settle(world.on(0), seed, arrivals=outside + arrivals_needed(dwellings, nights))
    newcomers = people.households.filter(pl.col("dwelling").is_null())["household"].to_list()
    outsiders, coming = newcomers[:outside], newcomers[outside:]
    events = happen(world, people, coming, seed, nights)
    council_tax = hold_council_tax(world, people, outsiders, events, seed, nights, noise)
    register = hold_register(world, people, events, seed, nights, noise, revised=revised)
    told = notify(people, events, outsiders, seed, nights)

    (where / "extracts").mkdir(parents=True, exist_ok=True)
    gazetteer = _write_gazetteer(world, where, nights)
    addresses = _addresses(world, seed, noise)
    shown = _write_council_tax(council_tax, addresses["council_tax"], world, where, chosen["council_tax"], seed, nights)
    _write_register(register, addresses["electoral"], world, where, chosen["electoral_register"], nights)
    write_life_events(told, addresses["electoral"], where / "life_events")
    holdings = [shown, register]
    if library:
        holdings.append(_write_library(people, world, where, seed, nights, noise))
    truth = _write_truth(holdings, told, world, where, nights)
    people_of(people).write_csv(where / "people.csv")
    settings = where / "council.toml"
    settings.write_text(council_toml(chosen, gazetteer, library=library), encoding="utf-8")
    return Town(where, settings, nights, truth, world, people, council_tax, register, events, noise)


def _chosen_layouts(layouts: Mapping[str, str]) -> dict[str, str]:
    known = {"council_tax": COUNCIL_TAX_LAYOUTS, "electoral_register": REGISTER_LAYOUTS}
    unknown = [f"{source} as {layout}" for source, layout in layouts.items() if layout not in known.get(source, {})]
    if unknown:
        choices = "; ".join(f"{source}: {', '.join(names)}" for source, names in known.items())
        raise ValueError(f"no such layout: {', '.join(unknown)} (there are {choices})")
    return {source: layouts.get(source, "columns") for source in known}


def _write_gazetteer(world: World, folder: Path, nights: int) -> list[str]:
    """Write the gazetteer of the first night in both dialects, then what changed on each later night."""
    write_dtf(folder / "llpg.csv", world)
    write_addressbase(folder / "addressbase.csv", world)
    changes = [f"llpg_changes_{night_date(night).isoformat()}.csv" for night in range(1, nights)]
    for night, name in enumerate(changes, start=1):
        write_dtf(folder / name, world, night=night, since=night - 1)
    return ["llpg.csv", *changes]


def _addresses(world: World, seed: int, noise: Noise) -> dict[str, pl.DataFrame]:
    """Write every dwelling's address as each system holds it, once."""
    numbers = world.dwellings["dwelling"]
    return {
        style: write_address(world, numbers, style, generator(seed, f"addresses {style}"), noise)
        for style in ("council_tax", "electoral")
    }


def _records_addresses(holding: Holding, addresses: pl.DataFrame, world: World, reference: str) -> pl.DataFrame:
    """Give each record of a night the address its system holds: record, address_1, ..., postcode, uprn."""
    references = world.dwellings.select("dwelling", reference)
    return (
        holding.records.select("record", "dwelling")
        .join(addresses, on="dwelling", how="left")
        .join(references, on="dwelling", how="left")
        .drop("dwelling")
    )


def _write_council_tax(
    holding: Holding, addresses: pl.DataFrame, world: World, folder: Path, layout: str, seed: int, nights: int
) -> Holding:
    """Write every night's extract in a layout; gives what of the holding the layout shows."""
    chosen = COUNCIL_TAX_LAYOUTS[layout]
    shown, forwarding = chosen.shown(holding), forwarding_addresses(holding, addresses, seed)
    for night in range(nights):
        now = shown.on(night)
        where = _records_addresses(now, addresses, world, "council_tax_ref")
        onward = now.records.select("record", "version").join(forwarding, on=["record", "version"], how="left")
        where = where.join(onward.drop("version"), on="record", how="left")
        extract = folder / "extracts" / f"council_tax_{night_date(night).isoformat()}"
        for part, frame in chosen.write(now, where).items():
            if part:  # a supplier of several tables gives a folder a night
                extract.mkdir(exist_ok=True)
            frame.write_csv(extract / f"{part}.csv" if part else extract.with_suffix(".csv"))
    return shown


def _write_register(
    holding: Holding, addresses: pl.DataFrame, world: World, folder: Path, layout: str, nights: int
) -> None:
    chosen = REGISTER_LAYOUTS[layout]
    for night in range(nights):
        now = holding.on(night)
        frame = chosen.write(entries_of(now, _records_addresses(now, addresses, world, "register_ref")))
        path = folder / "extracts" / f"electoral_register_{night_date(night).isoformat()}.csv"
        if chosen.windows:
            path.write_bytes(frame.write_csv(line_terminator="\r\n").encode("cp1252", errors="replace"))
        else:
            frame.write_csv(path)


def _write_library(people: Residents, world: World, folder: Path, seed: int, nights: int, noise: Noise) -> Holding:
    holding = hold_library(people, seed, noise)
    numbers, rng = world.dwellings["dwelling"], generator(seed, "addresses housing")
    addresses = write_address(world, numbers, "housing", rng, noise)
    frame = library_file(holding, _records_addresses(holding, addresses, world, "register_ref"))
    for night in range(nights):
        frame.write_csv(folder / "extracts" / f"library_{night_date(night).isoformat()}.csv")
    return holding


def _write_truth(holdings: list[Holding], told: pl.DataFrame, world: World, folder: Path, nights: int) -> pl.DataFrame:
    truth = pl.DataFrame()
    for night in range(nights):
        truth = truth_of(holdings, night, world.dwellings)
        truth.write_csv(folder / f"truth_{night_date(night).isoformat()}.csv")
    truth.write_csv(folder / "truth.csv")
    places = world.dwellings.select("dwelling", "uprn")
    events = told.join(places, on="dwelling", how="left", maintain_order="left").select(
        "night",
        "kind",
        source=pl.lit("life_events"),
        record=pl.concat_str("channel", pl.lit(":"), "reference"),
        party=pl.lit(1),
        # those who never lived here are nobody that any source holds
        person=pl.when(pl.col("dwelling").is_not_null()).then(person_code()),
        uprn="uprn",
        cancelled=pl.col("update").is_not_null(),
    )
    events.write_csv(folder / "life_events_truth.csv")
    return truth

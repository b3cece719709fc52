"""Addresses with their truth, for the trial of the tagger: made-up towns, strange words, and a labelled sample."""

import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
from tagger_trial import labelled

from gazetteer import Gazetteer
from gazetteer.examples import tables_of
from gazetteer.formats.base import ADDRESSES, PROPERTIES, Supply, Tables, conform
from svoc.rehearsal.address_styles import write_address
from svoc.rehearsal.gazetteer_files import write_dtf
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.places import build_world, generator

NAMES = Path(__file__).parents[1] / "svoc" / "rehearsal" / "data"
UNSEEN_TRADES = ("TYRES", "FLORIST", "BAKERY", "OPTICIANS", "VETERINARY SURGERY", "PIZZA", "DRY CLEANERS", "SOLICITORS")
UNSEEN_NOTES = ("KEY WITH NEIGHBOUR", "NO JUNK MAIL", "USE SIDE DOOR", "LEFT HAND BELL", "NOT KNOWN HERE", "TEMPORARY")


def built(seed: int, dwellings: int, folder: Path) -> tuple[Gazetteer, pl.DataFrame]:
    """Build a rehearsal town's gazetteer, and its addresses as three systems write them."""
    world = build_world(seed, dwellings)
    file = folder / f"llpg{seed}.csv"
    write_dtf(file, world)
    written = pl.concat(
        [
            write_address(world, world.on(0)["dwelling"], style, generator(seed, f"tagger {style}"), Noise())
            for style in ("council_tax", "electoral", "housing")
        ]
    )
    lines = [name for name in written.columns if name.startswith(("address", "line"))]
    address = pl.concat_str([pl.col(name).replace("", None) for name in lines], separator=", ", ignore_nulls=True)
    return Gazetteer.read(file), written.select("postcode", "true_uprn", address=address).unique(maintain_order=True)


def fictional_london(folder: Path) -> tuple[Gazetteer, pl.DataFrame]:
    """Read the labelled sample: a gazetteer of single lines, and 2,000 addresses with their truth."""
    number = pl.col("unique_id").str.slice(2).cast(pl.Int64)
    known = pl.read_parquet(folder / "addresses" / "fictional_london_canonical.parquet")
    rows = known.select("postcode", uprn=number, text="address_concat", status=pl.lit(1)).sort("uprn")
    nothing = tables_of([])
    tables = Tables(
        properties=conform(rows.drop("text"), PROPERTIES),
        addresses=conform(rows, ADDRESSES),
        streets=nothing.streets,
        cross_references=nothing.cross_references,
        successors=nothing.successors,
        supply=Supply("flat"),
    )
    asked = pl.read_parquet(folder / "addresses" / "fictional_london_messy.parquet").select(
        "postcode", address="address_concat", true_uprn=pl.col("ukam_label").str.slice(2).cast(pl.Int64)
    )
    return Gazetteer.from_tables(tables), asked


def own_noise(parts: list[tuple[int, dict[str, str]]], gazetteer: Gazetteer, seed: int) -> pl.DataFrame:
    """Write addresses with the noise that the tagger was trained on, postcodes and all: its home ground."""
    chance = random.Random(seed)
    postcodes = dict(gazetteer.properties.select("uprn", "postcode").iter_rows())
    rows = []
    for uprn, one in parts:
        tokens, _, _ = labelled(chance, one)
        rows.append((" ".join(tokens), postcodes[uprn] if chance.random() < 0.9 else None, uprn))
    return pl.DataFrame(rows, schema={"address": pl.String, "postcode": pl.String, "true_uprn": pl.Int64}, orient="row")


def unseen(asked: pl.DataFrame, seed: int) -> dict[str, pl.DataFrame]:
    """Add to a town's addresses what people add, in words that the tagger has never seen; one frame for each kind."""
    chance = random.Random(seed)
    surnames = pl.read_csv(NAMES / "surnames.csv")["surname"].str.to_uppercase().to_list()
    forenames = pl.read_csv(NAMES / "forenames.csv")["forename"].str.to_uppercase().to_list()
    rows = asked.sample(fraction=0.25, seed=seed).rows(named=True)

    def person() -> str:
        return f"{chance.choice(forenames)} {chance.choice(surnames)}"

    kinds: dict[str, Callable[[str], str]] = {
        "a name, on its own line": lambda text: f"{person()}, {text}",
        "a name, run on": lambda text: f"{person()} {text}",
        "a trader, on its own line": lambda text: f"{chance.choice(surnames)} {chance.choice(UNSEEN_TRADES)}, {text}",
        "a trader, run on": lambda text: f"{chance.choice(surnames)} {chance.choice(UNSEEN_TRADES)} {text}",
        "a note at the end": lambda text: f"{text}, {chance.choice(UNSEEN_NOTES)}",
        "a note at the end, run on, no commas": lambda text: f"{text} {chance.choice(UNSEEN_NOTES)}".replace(",", ""),
        "no commas": lambda text: text.replace(",", ""),
    }
    return {
        name: pl.DataFrame([row | {"address": add(row["address"])} for row in rows], schema=asked.schema)
        for name, add in kinds.items()
    }

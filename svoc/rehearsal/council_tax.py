"""The Council Tax system of the rehearsal town: numbered accounts with one field for everyone liable."""

import numpy as np
import polars as pl

from svoc.rehearsal.events import EVENTS
from svoc.rehearsal.handwriting import HELD, Hand, write_names
from svoc.rehearsal.joint_names import couple_of_one_title, widen, written
from svoc.rehearsal.liabilities import draw_accounts
from svoc.rehearsal.liability_changes import change_accounts
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.people import Residents
from svoc.rehearsal.place_schema import generator
from svoc.rehearsal.places import World
from svoc.rehearsal.systems import PARTIES, RECORD, Holding, in_force

FIRST_REFERENCE, STEP = 60_100_007, 13

COLUMNS = {
    **RECORD,
    "liable_party": pl.String(),
    "liability_start": pl.Date(),
    "liability_end": pl.Date(),
    "forwarding": pl.String(),  # dwelling, uk, overseas or null
    "forwarding_dwelling": pl.Int32(),
}


def _references(accounts: pl.DataFrame, first_night: int, rng: np.random.Generator) -> pl.DataFrame:
    """Number the accounts in no order that tells anything, later ones higher."""
    numbers = accounts.select("account").unique().sort("account")
    old = rng.permutation(first_night)
    order = np.concatenate([old, np.arange(first_night, numbers.height)])
    return numbers.with_columns(record=pl.Series(FIRST_REFERENCE + order * STEP).cast(pl.String))


def _held(parties: pl.DataFrame, residents: Residents, noise: Noise, seed: int) -> pl.DataFrame:
    """Write each person's name once for each account that names them."""
    who = parties.filter(pl.col("person").is_not_null()).select("account", "person").unique().sort("account", "person")
    people = who.join(residents.persons, on="person", how="left", maintain_order="left")
    hand = Hand(
        initial_only=noise.initial_only,
        middle_name_dropped=noise.middle_name_dropped,
        middle_name_as_initial=min(1.0, noise.middle_name_dropped * 1.2),
        missing_title=noise.missing_title,
    )
    held = write_names(people, hand, noise, generator(seed, "council tax hand"))
    return held.select("account", "person", *HELD)


def _as_written(parties: pl.DataFrame, held: pl.DataFrame, residents: Residents) -> pl.DataFrame:
    """Give each party its name: as that account's clerk writes it, or as a later version puts it."""
    true = residents.persons.select(
        "person", "household", "role", *(pl.col(name).alias(f"true_{name}") for name in HELD)
    )
    heads = residents.persons.filter(pl.col("slot") == 0).select("household", husband="surname")
    frame = parties.join(held, on=["account", "person"], how="left").join(true, on="person", how="left")
    frame = frame.join(heads, on="household", how="left").sort("account", "version", "party")
    put_right = pl.col("how") == "full"
    corrected = [pl.when(put_right).then(f"true_{name}").otherwise(name).alias(name) for name in HELD]
    married = pl.col("how") == "married"
    wife = pl.col("husband").str.replace("(sk|ck)i$", "${1}a")
    return frame.with_columns(corrected).with_columns(
        surname=pl.when(married).then(wife).otherwise("surname"),
        title=pl.when(married).then(pl.lit("Mrs")).otherwise("title"),
    )


def _one_field(
    parties: pl.DataFrame, noise: Noise, accounts: int, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write the one field of each version, and forget the forenames that it does not give."""
    chances = pl.DataFrame({name: rng.random(accounts) for name in ("form", "link", "couple")})
    died = (pl.col("how") == "decd").fill_null(False)
    name = pl.concat_str("title", "forename", "middle_names", "surname", separator=" ", ignore_nulls=True)
    texts = parties.with_columns(
        text=pl.when(died).then(name.str.to_uppercase() + " DECD").otherwise("text"), record="account"
    )
    wide = widen(texts).sort("record", "version")
    wide = wide.hstack(chances[wide["record"]])
    together = couple_of_one_title("couple", noise.joined_titles)
    fields = wide.select(account="record", version="version", written=written(together), together=together)
    parties = parties.join(fields.drop("written"), on=["account", "version"], how="left")
    lost = pl.col("together") & (pl.col("party") == 2)
    parties = parties.with_columns(
        forename=pl.when(~lost).then("forename"), middle_names=pl.when(~lost).then("middle_names")
    )
    return fields.select("account", "version", liable_party="written"), parties


def hold_council_tax(
    world: World, residents: Residents, outsiders: list[int], events: pl.DataFrame, seed: int, nights: int, noise: Noise
) -> Holding:
    """Draw what Council Tax holds on every night.

    Records have, besides those of RECORD, liable_party (the one field), liability_start, liability_end, forwarding
    ("dwelling", "uk", "overseas" or null) and forwarding_dwelling.
    """
    accounts, parties = draw_accounts(world, residents, outsiders, noise, generator(seed, "council tax"))
    first_night = accounts.height
    whole = pl.concat_str("title", "forename", "surname", separator=" ")
    people = residents.persons.select("person", "household", "slot", "role", name=whole)
    accounts, parties = change_accounts(accounts, parties, events.select(EVENTS.keys()), people, nights)
    references = _references(accounts, first_night, generator(seed, "council tax references"))
    named = _as_written(parties, _held(parties, residents, noise, seed), residents)
    fields, named = _one_field(named, noise, references.height, generator(seed, "council tax fields"))
    records = accounts.join(fields, on=["account", "version"]).join(references, on="account")
    records = records.rename({"start": "liability_start", "end": "liability_end"})
    records = in_force(records.with_columns(to_night=pl.lit(None, pl.Int8)))
    kept = named.join(references, on="account").select(PARTIES.keys()).cast(dict(PARTIES))  # type: ignore[arg-type]
    return Holding(
        "council_tax",
        records.select(COLUMNS.keys()).cast(COLUMNS).sort("record", "version"),  # type: ignore[arg-type]
        kept.sort("record", "version", "party"),
    )

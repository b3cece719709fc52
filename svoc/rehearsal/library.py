"""A third system of the rehearsal town: library members, with dates of birth, telephones and old addresses."""

import numpy as np
import polars as pl

from svoc.rehearsal.handwriting import Hand, write_names
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.people import Residents, age_on
from svoc.rehearsal.place_schema import FIRST_NIGHT, generator
from svoc.rehearsal.systems import PARTIES, RECORD, Holding

MEMBERS = 0.28
"""Share of residents of sixteen and over who are members."""

TWICE = 0.02
"""Share of members who have two cards."""

NOBODYS_AREA = "01632 "
"""An area code that no telephone has: Ofcom keeps it for fiction."""

FIRST_CARD, STEP = 2_400_113, 7

COLUMNS = {
    **RECORD,
    "dob": pl.Date(),
    "phone": pl.String(),
    "email": pl.String(),
    "since": pl.Date(),
}


def _members(residents: Residents, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """Draw the members; recent movers lag here as they do on the register."""
    living = residents.households.filter(pl.col("until").is_null(), pl.col("dwelling").is_not_null())
    people = residents.persons.join(living.select("household", "dwelling", "came_from", "since"), on="household")
    people = people.filter(age_on(FIRST_NIGHT) >= 16).sort("person")
    people = people.filter(pl.Series(rng.random(people.height) < MEMBERS))
    lags = pl.Series(rng.random(people.height) < noise.register_lag) & people["came_from"].is_not_null()
    people = people.with_columns(dwelling=pl.when(lags).then("came_from").otherwise("dwelling"))
    again = people.filter(pl.Series(rng.random(people.height) < TWICE))
    return pl.concat([people, again])


def hold_library(residents: Residents, seed: int, noise: Noise) -> Holding:
    """Draw the library's members, the same on every night.

    Records have, besides those of RECORD, dob (missing for one in ten), phone and email (each for about half), since.
    """
    rng = generator(seed, "library")
    members = _members(residents, noise, rng)
    count = members.height
    hand = Hand(middle_name_dropped=min(1.0, noise.middle_name_dropped * 1.6), missing_title=noise.missing_title)
    held = write_names(members, hand, noise, generator(seed, "library hand"))
    order = pl.Series(FIRST_CARD + rng.permutation(count) * STEP).cast(pl.String)
    # one telephone and one address of mail a person, so that two cards agree
    number = (pl.col("person").cast(pl.Int64) * 7919 + 13) % 1_000_000
    phone, mail, born = (pl.Series(rng.random(count)) for _ in range(3))
    held = held.with_columns(
        record=order,
        version=pl.lit(1, pl.Int16),
        from_night=pl.lit(0, pl.Int8),
        to_night=pl.lit(None, pl.Int8),
        dob=pl.when(born < 0.9).then("dob"),
        phone=pl.when(phone < 0.55).then(pl.lit(NOBODYS_AREA) + number.cast(pl.String).str.zfill(6)),
        email=pl.when(mail < 0.45).then(pl.concat_str(pl.lit("reader"), number, pl.lit("@example.org"))),
    )
    parties = held.with_columns(party=pl.lit(1, pl.Int16), kind=pl.lit("person"), text=pl.lit(None, pl.String)).select(
        PARTIES.keys()
    )
    return Holding(
        "library",
        held.select(COLUMNS.keys()).cast(COLUMNS).sort("record"),  # type: ignore[arg-type]
        parties.cast(dict(PARTIES)).sort("record"),  # type: ignore[arg-type]
    )


def library_file(holding: Holding, addresses: pl.DataFrame) -> pl.DataFrame:
    """Write one row a member; `addresses` has one row a record: record, address_1 to address_5, postcode, uprn."""
    rows = holding.records.join(holding.parties, on="record").join(addresses, on="record", how="left").sort("record")
    return rows.select(
        CardNo="record",
        Title="title",
        Forename="forename",
        MiddleNames="middle_names",
        Surname="surname",
        DateOfBirth=pl.col("dob").dt.to_string("%d/%m/%Y"),
        **{f"Address{line}": pl.col(f"address_{line}") for line in range(1, 6)},
        Postcode="postcode",
        UPRN="uprn",
        Phone="phone",
        Email="email",
    )

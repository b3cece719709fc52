"""Forwarding addresses: another home of the town, one elsewhere in the country, or one abroad.

Who owns several properties has letters about all of them sent to one home, as far as that is elsewhere; one in eight
accounts still has an older address of the owner's.
"""

import numpy as np
import polars as pl

from svoc.rehearsal.council_tax_files import FORWARDING
from svoc.rehearsal.names import table
from svoc.rehearsal.place_schema import generator
from svoc.rehearsal.systems import Holding

OUTDATED = 1 / 8
"""Assumed: the share of accounts of owners elsewhere whose forwarding address was never updated."""


def forwarding_addresses(holding: Holding, addresses: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Give every record that has one its forwarding address, in the town, elsewhere in the country or abroad."""
    records = holding.records.select("record", "version", "forwarding", "forwarding_dwelling").filter(
        pl.col("forwarding").is_not_null()
    )
    home = addresses.select(
        *(pl.col(f"address_{line}").alias(f"home_{line}") for line in range(1, 5)),
        home_postcode="postcode",
        forwarding_dwelling="dwelling",
    )
    rows = records.join(home, on="forwarding_dwelling", how="left").sort("record", "version")
    owner = holding.parties.filter(pl.col("party") == 1).select("record", "person").unique("record", keep="first")
    rows = rows.join(owner, on="record", how="left", maintain_order="left")
    outdated = pl.Series(generator(seed, "outdated").random(rows.height) < OUTDATED)
    by_record, by_owner = pl.lit("record/") + pl.col("record"), pl.col("person").cast(pl.String)
    rows = rows.with_columns(home=pl.when(outdated).then(by_record).otherwise(pl.coalesce(by_owner, by_record)))
    rows = rows.with_columns(pl.col("home").first().over("record", order_by="version"))
    away = _elsewhere(rows.select("home", "forwarding").unique(maintain_order=True), seed)
    rows = rows.join(away, on=["home", "forwarding"], how="left")
    within = pl.col("forwarding") == "dwelling"
    pairs = [*((f"home_{line}", f"away_{line}") for line in range(1, 5)), ("home_postcode", "away_postcode")]
    chosen = [
        pl.when(within).then(home).otherwise(away).alias(name)
        for name, (home, away) in zip(FORWARDING, pairs, strict=True)
    ]
    return rows.select("record", "version", *chosen)


def _elsewhere(homes: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Invent an address outside the town for each home."""
    rng, places = generator(seed, "elsewhere"), table("elsewhere")
    frames = []
    for kind in ("uk", "overseas"):
        some, known = homes.filter(pl.col("forwarding") == kind), places.filter(pl.col("kind") == kind)
        drawn = known[rng.integers(0, known.height, some.height)]
        number, inward = rng.integers(1, 160, some.height), rng.integers(0, 4000, some.height)
        letters = np.array(list("ABDEFGHJLN"))
        unit = [f"{value % 9 + 1}{letters[value // 10 % 10]}{letters[value // 100 % 10]}" for value in inward.tolist()]
        lines = drawn.select(
            away_1=pl.Series(number).cast(pl.String) + " " + pl.col("street"),
            away_2=pl.col("line_2"), away_3=pl.col("line_3"), away_4=pl.col("line_4"),
            away_postcode=pl.when(pl.col("outcode") != "").then(pl.col("outcode") + " " + pl.Series(unit)),
        )  # fmt: skip
        frames.append(some.hstack(lines))
    return pl.concat(frames)

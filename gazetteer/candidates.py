"""Gathers, for each parsed address, the variants that deserve a look."""

import polars as pl

from gazetteer.evidence import OURS, THEIRS, weighed
from gazetteer.index import Gazetteer
from gazetteer.keys import asking_keys, exact_keys, numbers
from gazetteer.likeness import nearest_streets
from gazetteer.parse import Parsed

# A key with more variants than this says too little to be worth following.
_CAP = 1500
_RARE = 60
# Candidates are weighed this many addresses at a time, so that memory stays bounded.
_BATCH = 20_000


def parsed_frame(parsed: list[Parsed]) -> pl.DataFrame:
    """Writes parsed addresses as a frame: `row` UInt32 and the columns that keys and evidence are made of."""
    last = [one.names[-1] if one.names else "" for one in parsed]
    frame = pl.DataFrame(
        {
            "unit": [one.unit for one in parsed],
            "kind": [one.units[-1].kind if one.units else "" for one in parsed],
            "paired": [any(unit.paired for unit in one.units) for one in parsed],
            "relation": [one.relation for one in parsed],
            "number": [one.number for one in parsed],
            "name": last,
            "names": ["|".join(one.names) for one in parsed],
            "street": [one.street for one in parsed],
            "known_street": [one.known_street for one in parsed],
            "places": ["|".join(one.places) for one in parsed],
            "locality": [one.places[-2] if len(one.places) > 1 else "" for one in parsed],
            "town": [one.places[-1] if one.places else "" for one in parsed],
            "postcode": [one.postcode for one in parsed],
            "trouble": [one.trouble for one in parsed],
            "country": [one.country for one in parsed],
        },
        schema_overrides={
            **dict.fromkeys(("unit", "kind", "relation", "number", "name", "street", "locality", "town"), pl.String),
            **dict.fromkeys(("known_street", "paired"), pl.Boolean),
            **dict.fromkeys(("names", "places", "postcode", "trouble", "country"), pl.String),
        },
    )
    return frame.with_columns(_listed("names"), _listed("places"), *numbers()).with_row_index("row")


def _listed(name: str) -> pl.Expr:
    """Splits what was joined by "|"; building a list column from Python lists takes many times as long."""
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return pl.when(pl.col(name) == "").then(nothing).otherwise(pl.col(name).str.split("|")).alias(name)


def exact_hits(rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Finds the addresses that one property alone answers to by exact key: row, variant, order; sorted by row.

    Where a property's approved address and another's historic one share a key, the approved one stands.
    """
    several = pl.col("names").list.len() > 1
    whole = rows.filter(~several)
    part = rows.filter(several & (pl.col("unit") == "")).with_columns(unit="N:" + pl.col("names").list.first())
    asked = exact_keys(pl.concat([whole, part]), "row")
    # Without its postcode a key may only stand for an address that gives none.
    placeless = rows.filter(pl.col("postcode").is_null()).select("row")
    asked = pl.concat(
        [asked.filter(pl.col("order") < 3), asked.filter(pl.col("order") >= 3).join(placeless, on="row", how="semi")]
    )
    found = gazetteer.exact.find(asked["key"])
    facts = gazetteer.facts.select("uprn", "rank", "names", "number", "parts", variant=pl.col("variant").cast(pl.Int64))
    hits = asked.with_row_index("ask").join(found.rename({"row": "ask", "value": "variant"}), on="ask")
    hits = hits.join(facts, on="variant")
    asking = rows.select("row", "name", my_number="number", my_unit="unit")
    hits = hits.join(asking, on="row").filter(
        # A name that the property does not bear, or another number beside the name, wants weighing, not a key.
        pl.when(pl.col("order").is_in([0, 3]))
        .then((pl.col("name") == "") | (pl.col("name") == pl.col("names")))
        .otherwise((pl.col("my_number") == "") | (pl.col("my_number") == pl.col("number")))
    )
    best = hits.filter(pl.col("order") == pl.col("order").min().over("row"))
    best = best.filter(pl.col("rank") == pl.col("rank").min().over("row"))
    alone = best.filter(pl.col("uprn").n_unique().over("row") == 1)
    return (
        alone.sort("row", "variant")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "variant", "order", named=pl.col("name") != "")
    )


def candidates(rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Weighs every candidate of every address: row, variant, both sides' facts, levels of evidence, bits, rung."""
    unknown = sorted(set(rows.filter(~pl.col("known_street") & (pl.col("street") != ""))["street"]))
    near = nearest_streets(unknown, gazetteer.lexicon)
    streets = [[street, *near.get(street, [])] if street else [] for street in rows["street"]]
    rows = rows.with_columns(pl.Series("streets", streets, pl.List(pl.String)))
    batches = [_weighed_batch(batch, gazetteer) for batch in rows.iter_slices(_BATCH)]
    return pl.concat(batches) if batches else _weighed_batch(rows, gazetteer)


def _weighed_batch(rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    asked = asking_keys(rows)
    rare = asked["key"].str.starts_with("5|")
    found = [
        part.with_row_index("ask").join(
            gazetteer.blocks.find(part["key"], cap=cap).rename({"row": "ask", "value": "variant"}), on="ask"
        )
        for part, cap in ((asked.filter(rare), _RARE), (asked.filter(~rare), _CAP))
    ]
    pairs = pl.concat(found).select("row", "variant").unique().sort("row", "variant")
    return weighed(pairs_for(pairs, rows, gazetteer))


def pairs_for(pairs: pl.DataFrame, rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Sets the facts of both sides (m_ the address, v_ the variant) beside pairs of row and variant."""
    mine = rows.select("row", *(pl.col(name).alias(f"m_{name}") for name in OURS))
    yours = gazetteer.facts.select(
        pl.col("variant").cast(pl.Int64), *(pl.col(name).alias(f"v_{name}") for name in THEIRS)
    )
    pairs = pairs.join(mine, on="row", how="left", maintain_order="left")
    pairs = pairs.join(yours, on="variant", how="left", maintain_order="left")
    return pairs.with_columns(
        m_sao_named=pl.col("m_names").list.contains(pl.col("v_sao_name")) & (pl.col("v_sao_name") != ""),
        m_names=pl.col("m_names").list.join("|"),
    )

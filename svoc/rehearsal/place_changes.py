"""Changes the town by night: homes are built, split and merged, streets renamed; and it has a past."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from svoc.rehearsal.place_schema import CHANGES, PROPERTIES, RENAMES, STREETS, conform, generator, night_date
from svoc.rehearsal.place_words import place_words

BUILT_A_NIGHT = 0.0003  # share of the dwellings
SPLIT_A_NIGHT = 0.00005
MERGED_A_NIGHT = 0.00005
DEMOLISHED = 0.0005
ONCE_RENAMED = 0.01  # share of the streets
_NEW_UPRN = 99_900_000_000  # above every UPRN of the first night that has eleven digits


@dataclass(frozen=True, slots=True)
class Places:
    """Carry the frames that change together: PROPERTIES, STREETS, CHANGES and RENAMES."""

    properties: pl.DataFrame
    streets: pl.DataFrame
    changes: pl.DataFrame
    renames: pl.DataFrame

    def with_properties(self, rows: pl.DataFrame) -> "Places":
        """Add properties, with UPRNs of their own and the Council Tax and register numbers that go with them."""
        count = self.properties.height
        number = pl.int_range(pl.len(), dtype=pl.Int64)
        home = pl.col("kind").is_in(["house", "conversion"])
        rows = rows.with_columns(
            uprn=number + count + _NEW_UPRN,
            council_tax_ref=pl.when(home).then((number + count + 9_900_000_000).cast(pl.String)),
            register_ref=pl.when(home).then((number + count + 9_900_000).cast(pl.String)),
            building=pl.col("building").fill_null(number + count),
            dwelling=None,
        )
        return replace(self, properties=pl.concat([self.properties, conform(rows, PROPERTIES)]))

    def with_changes(self, night: int, change: str, rows: pl.DataFrame) -> "Places":
        """Add what became of the properties named in `uprn`, and in `successor` where there is one."""
        rows = conform(rows.with_columns(night=pl.lit(night), change=pl.lit(change)), CHANGES)
        return replace(self, changes=pl.concat([self.changes, rows]))

    def closing(self, night: int, uprns: pl.Series) -> "Places":
        """Let properties stand no longer from a night on."""
        gone = pl.col("uprn").is_in(uprns.to_list())
        closes = pl.when(gone).then(pl.lit(night, dtype=pl.Int8)).otherwise("closes").alias("closes")
        return replace(self, properties=self.properties.with_columns(closes))


def change_places(seed: int, nights: int, properties: pl.DataFrame, streets: pl.DataFrame) -> Places:
    """Add to a town what happened before its first night and what happens on the later ones.

    Dwellings that come later are numbered after those of the first night, in the order in which they open.
    The properties come back sorted by `uprn`.
    """
    rng = generator(seed, "changes")
    dwellings = properties["dwelling"].count()
    streets = conform(streets.with_columns(opens=pl.lit(0), start=pl.lit(date(1990, 1, 1))), STREETS)
    none = (pl.DataFrame(schema=dict(schema)) for schema in (CHANGES, RENAMES))
    places = _demolished(rng, _once_renamed(rng, Places(properties, streets, *none)))
    places = _built(rng, places, nights, 3 + dwellings // 5000, kind="planned")
    for night in range(1, nights):
        places = _built(rng, places, night, _some(dwellings * BUILT_A_NIGHT))
        places = _split(rng, places, night, _some(dwellings * SPLIT_A_NIGHT))
        places = _merged(rng, places, night, _some(dwellings * MERGED_A_NIGHT))
    if nights > 1:
        places = _renamed(rng, places, nights - 1)
    return replace(places, properties=_numbered(places.properties))


def _some(expected: float) -> int:
    return max(1, round(expected))


def _numbered(properties: pl.DataFrame) -> pl.DataFrame:
    """Number the later dwellings on from the first ones."""
    later = pl.col("dwelling").is_null() & pl.col("kind").is_in(["house", "conversion"])
    first = properties["dwelling"].count()
    rows = properties.filter(later).sort("opens", "uprn")
    rows = rows.with_columns(dwelling=first + pl.int_range(pl.len(), dtype=pl.Int32))
    return pl.concat([properties.filter(~later), rows]).sort("uprn")


def _drawn(rng: np.random.Generator, rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """Draw some rows, in their own order."""
    count = min(count, rows.height)
    return rows[np.sort(rng.choice(rows.height, size=count, replace=False))]


def _built(rng: np.random.Generator, places: Places, night: int, count: int, *, kind: str = "house") -> Places:
    """Build houses at the ends of streets; the gazetteer lists them, as planned, from the first night."""
    properties = places.properties
    standing = properties.filter(pl.col("kind") == "house", pl.col("closes").is_null(), pl.col("opens") == 0)
    top = properties.group_by("usrn").agg(top=pl.max_horizontal(pl.max("pao_start"), pl.max("pao_end")))
    ends = standing.join(top, on="usrn").sort("usrn", "pao_start").unique("usrn", keep="last", maintain_order=True)
    rows = _drawn(rng, ends, count).with_columns(
        **_blank("sao_start", "sao_text", "pao_start_suffix", "pao_end", "pao_text", "parent_uprn"),
        pao_start=pl.col("top") + 2,
        kind=pl.lit(kind),
        building=pl.lit(None, dtype=pl.Int32),
        start=pl.lit(date(2025, 6, 2)),
        opens=pl.lit(night),
        x=pl.col("x") + 18,
    )
    before = places.properties.height
    places = places.with_properties(rows)
    return places if kind == "planned" else places.with_changes(night, "built", places.properties[before:])


def _blank(*names: str) -> dict[str, pl.Expr]:
    return {name: pl.lit(None) for name in names}


def _split(rng: np.random.Generator, places: Places, night: int, count: int) -> Places:
    """Divide houses in two: 14 becomes FLAT 1, 14 and FLAT 2, 14."""
    houses = _drawn(rng, places.properties.filter(_whole_houses()), count)
    halves = pl.concat([houses.with_columns(sao_text=pl.lit(f"FLAT {unit}")) for unit in (1, 2)])
    halves = halves.with_columns(kind=pl.lit("conversion"), blpu_class=pl.lit("RD06"), holds=pl.lit(2))
    before = places.properties.height
    places = places.with_properties(_coming(halves, night)).closing(night, houses["uprn"])
    successors = pl.DataFrame(
        {"uprn": pl.concat([houses["uprn"]] * 2), "successor": places.properties["uprn"][before:]}
    )
    return places.with_changes(night, "split", successors)


def _whole_houses() -> pl.Expr:
    alone = pl.len().over("building") == 1
    plain = (pl.col("kind") == "house") & pl.col("pao_text").is_null() & pl.col("dwelling").is_not_null()
    return plain & alone & pl.col("closes").is_null()


def _coming(rows: pl.DataFrame, night: int) -> pl.DataFrame:
    return rows.with_columns(opens=pl.lit(night), listed=pl.lit(night), start=pl.lit(night_date(night)))


def _merged(rng: np.random.Generator, places: Places, night: int, count: int) -> Places:
    """Make one house again of a building of two flats; the shell goes too."""
    flats = (pl.col("kind") == "conversion") & pl.col("closes").is_null() & pl.col("parent_uprn").is_not_null()
    pairs = places.properties.filter(flats).filter(pl.len().over("parent_uprn") == 2)
    above = pl.col("uprn").is_in(pairs["parent_uprn"].unique().to_list())
    shells = places.properties.filter(above, pl.col("pao_end_suffix").is_null())
    shells = _drawn(rng, shells.sort("uprn"), count)
    house = shells.with_columns(kind=pl.lit("house"), blpu_class=pl.lit("RD02"), holds=pl.lit(5))
    before = places.properties.height
    places = places.with_properties(_coming(house, night))
    heirs = pl.DataFrame({"parent_uprn": shells["uprn"], "successor": places.properties["uprn"][before:]})
    gone = pairs.select("uprn", "parent_uprn").join(heirs, on="parent_uprn").sort("uprn")
    closed = pl.concat([gone["uprn"], shells["uprn"]])
    return places.closing(night, closed).with_changes(night, "merged", gone)


def _demolished(rng: np.random.Generator, places: Places) -> Places:
    """Remember houses that made way for blocks, at the number that the block has now."""
    blocks = places.properties.filter(
        pl.col("kind") == "shell", pl.col("pao_start").is_not_null(), pl.col("pao_end_suffix").is_null()
    )
    blocks = _drawn(rng, blocks, _some(places.properties["dwelling"].count() * DEMOLISHED))
    houses = blocks.with_columns(
        **_blank("pao_text", "pao_end", "organisation"),
        kind=pl.lit("demolished"),
        blpu_class=pl.lit("RD02"),
        start=pl.lit(date(2001, 3, 1)),
        closes=pl.lit(0),
    )
    before = places.properties.height
    places = places.with_properties(houses)
    heirs = pl.DataFrame({"uprn": places.properties["uprn"][before:], "successor": blocks["uprn"]})
    return places.with_changes(0, "demolished", heirs)


def _once_renamed(rng: np.random.Generator, places: Places) -> Places:
    """Give some streets an old name, long out of use, under a USRN of its own."""
    chosen = _lived_in(rng, places, _some(ONCE_RENAMED * places.streets.height))
    old = _renames(rng, places, chosen).with_columns(closes=pl.lit(0, dtype=pl.Int8))
    return _with_renamed(places, 0, old, old=old["usrn"], new=chosen["usrn"])


def _renamed(rng: np.random.Generator, places: Places, night: int) -> Places:
    """Rename a street: the old name closes with its USRN, the new one opens with another."""
    chosen = _lived_in(rng, places, 1)
    opened = pl.lit(night, dtype=pl.Int8)
    new = _renames(rng, places, chosen).with_columns(opens=opened, start=pl.lit(night_date(night)))
    closes = pl.when(pl.col("usrn").is_in(chosen["usrn"].to_list())).then(opened).otherwise("closes").alias("closes")
    places = replace(places, streets=places.streets.with_columns(closes))
    places = _with_renamed(places, night, new, old=chosen["usrn"], new=new["usrn"])
    moved = pl.col("dwelling").is_not_null() & pl.col("usrn").is_in(chosen["usrn"].to_list())
    return places.with_changes(night, "renamed", places.properties.filter(moved).select("uprn"))


def _lived_in(rng: np.random.Generator, places: Places, count: int) -> pl.DataFrame:
    """Draw streets of a moderate length that have had one name only."""
    homes = places.properties.filter(pl.col("dwelling").is_not_null()).group_by("usrn").len("homes")
    known = pl.concat([places.renames["old"], places.renames["new"]]).to_list()
    streets = places.streets.filter(pl.col("welsh").is_null(), ~pl.col("usrn").is_in(known))
    lived = streets.join(homes, on="usrn").sort("usrn")
    moderate = lived.filter(pl.col("homes").is_between(3, 40))
    return _drawn(rng, moderate if moderate.height else lived, count)


def _renames(rng: np.random.Generator, places: Places, chosen: pl.DataFrame) -> pl.DataFrame:
    """Give each street another name and USRN, no name that the town already has."""
    taken = set(places.streets["street"].to_list())
    names = [name for word in place_words().street_words if (name := f"{word} RISE") not in taken]
    drawn = [names[int(n)] for n in rng.permutation(len(names))[: chosen.height]]
    usrn = pl.Series(range(chosen.height), dtype=pl.Int64) + places.streets["usrn"].to_list()[-1] + 1
    return conform(chosen.with_columns(usrn=usrn, street=pl.Series(drawn)), STREETS)


def _with_renamed(places: Places, night: int, added: pl.DataFrame, *, old: pl.Series, new: pl.Series) -> Places:
    rows = conform(pl.DataFrame({"night": [night] * added.height, "old": old, "new": new}), RENAMES)
    return replace(
        places,
        streets=pl.concat([places.streets, added]).sort("usrn"),
        renames=pl.concat([places.renames, rows]),
    )

"""How each system writes a property's address: its own abbreviations, order, slips and gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from svoc.rehearsal.address_slips import DIVIDED, chance, with_slips
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.place_schema import ADDRESS_FIELDS
from svoc.rehearsal.place_words import place_words
from svoc.rehearsal.places import World
from svoc.rehearsal.written_addresses import letter_is_free

WRITTEN: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "dwelling": pl.Int32(),
        "address_1": pl.String(),
        "address_2": pl.String(),
        "address_3": pl.String(),
        "address_4": pl.String(),
        "address_5": pl.String(),
        "address_6": pl.String(),
        "postcode": pl.String(),
        "uprn": pl.Int64(),  # as the system holds it: null when missing, sometimes wrong
        "true_uprn": pl.Int64(),
    }
)
"""One written address a row."""


@dataclass(frozen=True, slots=True)
class AddressStyle:
    """Say how one system writes addresses when nothing goes wrong."""

    lines: int
    """At most so many address lines."""
    short: Mapping[str, str]
    """What it makes of the last word of a street."""
    capitals: bool = True
    one_line_units: bool = False
    """Whether the unit stands on the same line as the building or the street."""
    organisations: bool = False
    """Whether a care home or hall is given by its full name."""


_COUNCIL_TAX = {
    "ROAD": "RD",
    "STREET": "ST",
    "AVENUE": "AVE",
    "LANE": "LN",
    "CLOSE": "CL",
    "CRESCENT": "CRES",
    "GARDENS": "GDNS",
    "TERRACE": "TERR",
    "DRIVE": "DR",
    "PLACE": "PL",
    "SQUARE": "SQ",
    "GROVE": "GRO",
}
_HOUSING = {"ROAD": "RD.", "STREET": "STR", "AVENUE": "AV", "CRESCENT": "CRESC", "GARDENS": "GDS", "COURT": "CRT"}

STYLES: Mapping[str, AddressStyle] = MappingProxyType(
    {
        "council_tax": AddressStyle(4, _COUNCIL_TAX),
        "electoral": AddressStyle(6, {}, capitals=False, organisations=True),
        "housing": AddressStyle(5, _HOUSING, one_line_units=True),
    }
)
_MISSING_UPRN = {
    "council_tax": "council_tax_missing_uprn",
    "electoral": "register_missing_uprn",
    "housing": "housing_missing_uprn",
}
_SHORT_WORDS = r"^(GFF|FFF|SFF|TFF|LGF FLAT|\d.*|GF ?\d)$"


def write_address(
    world: World,
    dwellings: pl.Series,
    style: str,
    rng: np.random.Generator,
    noise: Noise,
    *,
    night: int = 0,
) -> pl.DataFrame:
    """Write the addresses of dwellings as one system holds them.

    Gives one row per entry of `dwellings` (numbers of `world.dwellings`, in any order, repeated if wished), in
    that order, with the columns of WRITTEN. A system holds one address per property, whoever lives there: so
    call it once for all dwellings of a system and join accounts and electors to the answer.

    `style` is "council_tax" (at most four lines), "electoral" (at most six) or "housing" (at most five). Street
    names are those of the night. Raises `KeyError` for another style.

    >>> from svoc.rehearsal.places import build_world, generator
    >>> town = build_world(7, 40)
    >>> written = write_address(town, town.on(0)["dwelling"], "electoral", generator(7, "register"), Noise.none())
    >>> written.select((pl.col("uprn") == pl.col("true_uprn")).all()).item()
    True
    """
    own = STYLES[style]
    rows = _chosen(rng, world, dwellings, noise, night)
    rows = with_slips(rng, _in_parts(rows, own), noise)
    lines = _in_lines(rng, rows, own, noise)
    return lines.with_columns(
        postcode=_postcodes(rng, world, rows, noise),
        uprn=_uprns(rng, world, rows, noise, getattr(noise, _MISSING_UPRN[style])),
        true_uprn=rows["uprn"],
        dwelling=rows["dwelling"],
    ).select(*WRITTEN)


def _chosen(rng: np.random.Generator, world: World, dwellings: pl.Series, noise: Noise, night: int) -> pl.DataFrame:
    """Choose which of a property's addresses the system holds: its own, an alternative, or an old one."""
    columns = ["uprn", "dwelling", "kind", *ADDRESS_FIELDS]
    rows = world.addressed(night)[dwellings.cast(pl.Int64).to_numpy()].select(columns)
    others = world.lpis.filter(pl.col("opens") == 0, pl.col("closes").is_null())
    for wanted, rate in (
        (pl.col("status") == 8, noise.old_address),
        ((pl.col("status") == 3) | (pl.col("language") == "CYM"), noise.alternative_address),
    ):
        other = others.filter(wanted).unique("uprn", keep="first", maintain_order=True)
        joined = rows.select("uprn").join(other, on="uprn", how="left", maintain_order="left")
        hit = chance(rng, rows, rate) & joined["key"].is_not_null()
        fields = [name for name in ADDRESS_FIELDS if name != "organisation"]
        rows = rows.with_columns(joined[name].zip_with(hit, rows[name]) for name in fields)
    return rows.with_columns(letter_free=letter_is_free(rows, world.properties))


def _in_parts(rows: pl.DataFrame, own: AddressStyle) -> pl.DataFrame:
    """Divide an address into unit, name, number, street, locality, town and county, all text."""
    flat = (
        pl.when(pl.col("kind") == "caravan")
        .then(pl.format("{}", "sao_start"))
        .otherwise(pl.format("FLAT {}", "sao_start"))
    )
    institution = pl.col("kind").is_in(["care_home", "student_hall"]) & pl.col("organisation").is_not_null()
    return rows.with_columns(
        unit=pl.coalesce("sao_text", flat),
        name=pl.when(institution & own.organisations).then("organisation").otherwise("pao_text"),
        number=pl.concat_str(
            pl.col("pao_start").cast(pl.String),
            pl.col("pao_start_suffix").fill_null(""),
            pl.when(pl.col("pao_end").is_null())
            .then(pl.lit(""))
            .otherwise(pl.format("-{}{}", "pao_end", pl.col("pao_end_suffix").fill_null(""))),
        ),
        county=pl.lit(place_words().county),
    )


def _in_lines(rng: np.random.Generator, rows: pl.DataFrame, own: AddressStyle, noise: Noise) -> pl.DataFrame:
    """Set the parts in lines, in the system's own way or, now and then, in another's."""
    other = chance(rng, rows, noise.house_style)
    glued = chance(rng, rows, noise.glued) & pl.col("number").str.contains(r"^\d+$")
    after = other & pl.Series(rng.random(rows.height) < 0.5)
    short = pl.when(other).then(_shortened({} if own.short else _COUNCIL_TAX)).otherwise(_shortened(own.short))
    gap = pl.when(glued).then(pl.lit("")).otherwise(pl.lit(" "))
    rows = rows.with_columns(street=short).with_columns(
        _capitals(own, part) for part in ("unit", "name", "street", "locality", "county")
    )
    rows = rows.with_columns(_capitals(own, "town"), way=pl.coalesce(pl.concat_str("number", gap, "street"), "street"))
    repeated = chance(rng, rows, noise.repeated_line)
    parts = [
        pl.when(~after).then("unit"),
        pl.col("name"),
        pl.when(repeated).then("way"),
        pl.col("way"),
        pl.when(after).then("unit"),
        pl.col("locality"),
        pl.col("town"),
        pl.col("county"),
    ]
    return _fitted(rows.select(pl.concat_list(parts).list.drop_nulls().alias("parts"), "unit", after=after), own)


def _shortened(short: Mapping[str, str]) -> pl.Expr:
    """Shorten the last word of a street of two words or more, THE CRESCENT and the like excepted."""
    street = pl.col("street")
    if not short:
        return street
    last = street.str.extract(r" (\S+)$")
    shorter = last.replace_strict(dict(short), default=last, return_dtype=pl.String)
    able = last.is_not_null() & ~street.str.starts_with("THE ")
    return pl.when(able).then(street.str.replace(r"\S+$", "") + shorter).otherwise(street)


def _capitals(own: AddressStyle, part: str) -> pl.Expr:
    if own.capitals:
        return pl.col(part)
    kept = pl.col(part).str.contains(_SHORT_WORDS)
    return pl.when(kept).then(part).otherwise(pl.col(part).str.to_titlecase()).alias(part)


def _fitted(rows: pl.DataFrame, own: AddressStyle) -> pl.DataFrame:
    """Fit the parts into the lines there are: the first two are joined where there are too many, then the last."""
    first_two = pl.concat_list(pl.col("parts").list.head(2).list.join(" "), pl.col("parts").list.slice(2))
    crowded = pl.col("parts").list.len() > own.lines
    if own.one_line_units:
        crowded = crowded | (pl.col("unit").is_not_null() & ~pl.col("after"))
    joined = pl.when(crowded).then(first_two).otherwise("parts")
    rows = rows.with_columns(parts=joined)
    over = pl.col("parts").list.len() > own.lines
    last = pl.col("parts").list.slice(own.lines - 1).list.join(", ")
    cut = pl.concat_list(pl.col("parts").list.head(own.lines - 1), last)
    rows = rows.with_columns(parts=pl.when(over).then(cut).otherwise("parts"))
    return rows.select(
        pl.col("parts").list.get(line, null_on_oob=True).alias(f"address_{line + 1}") for line in range(6)
    )


def _postcodes(rng: np.random.Generator, world: World, rows: pl.DataFrame, noise: Noise) -> pl.Series:
    """Give the postcode; none, a neighbouring one, or the right one untidily typed where something goes wrong."""
    known = world.properties["postcode"].drop_nulls().unique().sort()
    own = known.search_sorted(rows["postcode"].fill_null(known[0])).to_numpy().astype(np.int64)
    step = rng.integers(1, 6, rows.height) * rng.choice([-1, 1], rows.height)
    near = known.gather((own + step) % known.len())
    way = pl.Series(rng.integers(0, 4, rows.height))
    right = pl.col("postcode")
    untidy = (
        pl.when(way == 0)
        .then(right.str.to_lowercase())
        .when(way == 1)
        .then(right.str.replace(" ", ""))
        .when(way == 2)
        .then(right.str.replace(" ", "  "))
        .otherwise(right.str.replace("0", "O"))
    )
    return rows.select(
        pl.when(chance(rng, rows, noise.missing_postcode))
        .then(None)
        .when(chance(rng, rows, noise.wrong_postcode))
        .then(near)
        .when(chance(rng, rows, noise.untidy_postcode))
        .then(untidy)
        .otherwise(right)
    ).to_series()


def _uprns(rng: np.random.Generator, world: World, rows: pl.DataFrame, noise: Noise, missing: float) -> pl.Series:
    """Give the UPRN the system holds: missing more often for flats than for houses, and sometimes a neighbour's."""
    weight = np.where(rows["kind"].is_in(list(DIVIDED)).to_numpy(), 2.0, 1.0)
    gone = pl.Series(rng.random(rows.height) < missing * weight / weight.mean())
    dwellings = world.dwellings["uprn"]
    step = rng.integers(1, 4, rows.height) * rng.choice([-1, 1], rows.height)
    near = dwellings.gather((rows["dwelling"].to_numpy().astype(np.int64) + step) % dwellings.len())
    wrong = chance(rng, rows, noise.wrong_uprn)
    return rows.select(pl.when(gone).then(None).when(wrong).then(near).otherwise("uprn")).to_series()

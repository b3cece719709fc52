"""Builds the streets up: which buildings stand on them, how many homes each holds, and their numbers."""

import numpy as np
import polars as pl

from svoc.rehearsal.place_schema import generator
from svoc.rehearsal.place_words import place_words

# What stands on a street of each character: share of its buildings by kind.
MIX: dict[str, dict[str, float]] = {
    "terrace": {"house": 0.88, "conversion": 0.06, "shared_house": 0.03, "bedsits": 0.005, "shop": 0.025},
    "suburb": {"house": 0.975, "with_annexe": 0.008, "conversion": 0.01, "shared_house": 0.004, "land": 0.003},
    "high_street": {"over_shop": 0.5, "shop": 0.25, "conversion": 0.12, "pub": 0.05, "house": 0.08},
    "villas": {"house": 0.52, "conversion": 0.36, "block": 0.04, "shared_house": 0.06, "bedsits": 0.02},
    "estate": {"house": 0.72, "block": 0.23, "shop": 0.03, "land": 0.02},
    "lane": {"named_house": 0.74, "house": 0.17, "with_annexe": 0.05, "land": 0.04},
    "close": {"house": 0.965, "block": 0.025, "with_annexe": 0.01},
    "tenement": {"tenement": 0.82, "over_shop": 0.18},
}

# The homes under one roof: least and most.
HOMES: dict[str, tuple[int, int]] = {
    "house": (1, 1),
    "named_house": (1, 1),
    "with_annexe": (2, 2),
    "conversion": (2, 5),
    "shared_house": (1, 1),
    "bedsits": (3, 6),
    "block": (4, 32),
    "tenement": (6, 9),
    "over_shop": (1, 2),
    "pub": (1, 1),
    "shop": (0, 0),
    "land": (0, 0),
    "care_home": (1, 1),
    "hall": (6, 24),
    "site": (8, 30),
}

# Large single places: one for so many dwellings, from a town of so many dwellings on.
SINGLES = {"care_home": (2500, 100), "hall": (12_000, 400), "site": (12_000, 400)}

# The letters of a postcode's last part, which the real ones use too.
_UNIT = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
_OWN_POSTCODE = 15  # a building of so many homes has a postcode of its own


def raise_buildings(seed: int, streets: pl.DataFrame, dwellings: int) -> pl.DataFrame:
    """Build the streets up until the town holds exactly so many dwellings.

    Gives one row per building, sorted by `building` (Int32, 0, 1, 2, ...): the street's usrn, street, locality,
    town, ward, profile, built String (a key of HOMES), homes Int32, number, last Int32 (null for one number),
    suffix String, name String, style Int64 (a die of 12 for its units' names), postcode String, x, y Float64.
    """
    rng = generator(seed, "buildings")
    rows = _spread(rng, streets, dwellings)
    rows = _numbered(rng, rows)
    rows = _named(rng, rows)
    rows = _with_postcodes(rng, rows)
    rows = _on_the_map(rng, rows).with_columns(style=pl.Series(rng.integers(0, 12, rows.height)))
    # Where a 12A is squeezed in beside 12, the homes in 12 cannot be 12A, 12B, ...
    beside = pl.col("suffix").is_not_null().any().over("usrn", "number")
    return rows.with_columns(style=pl.when(beside).then(pl.col("style") % 10).otherwise("style")).sort("building")


def _spread(rng: np.random.Generator, streets: pl.DataFrame, dwellings: int) -> pl.DataFrame:
    """Draw the buildings of each street, and cut the town off at the wanted number of dwellings.

    Where chance leaves a small town short of homes, the streets are made longer and drawn again.
    """
    mean = {profile: sum(share * sum(HOMES[built]) / 2 for built, share in mix.items()) for profile, mix in MIX.items()}
    expected = streets["profile"].replace_strict(mean, return_dtype=pl.Float64).to_numpy()
    count = np.ceil(streets["room"].to_numpy() / expected).clip(2).astype(np.int64)
    built, homes = _built_up(rng, streets, count, dwellings)
    while homes.sum() < dwellings:
        count = count + 1 + count // 3
        built, homes = _built_up(rng, streets, count, dwellings)
    street = np.repeat(np.arange(streets.height), count)
    before = np.cumsum(homes) - homes
    kept = np.minimum(homes, np.clip(dwellings - before, 0, None))
    stands = (before < dwellings) & ((kept > 0) | (homes == 0))
    rows = streets[street].with_columns(built=pl.Series(built), homes=pl.Series(kept, dtype=pl.Int32))
    return rows.filter(pl.Series(stands)).with_row_index("building").cast({"building": pl.Int32})


def _built_up(
    rng: np.random.Generator, streets: pl.DataFrame, count: np.ndarray, dwellings: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw what stands on each street and how many homes each building has."""
    built = _drawn(rng, np.repeat(streets["profile"].to_numpy(), count))
    built = _with_singles(rng, built, dwellings)
    least, most = (np.array([HOMES[one][end] for one in built]) for end in (0, 1))
    return built, rng.integers(least, most + 1)


def _drawn(rng: np.random.Generator, profiles: np.ndarray) -> np.ndarray:
    built = np.empty(len(profiles), dtype=object)
    chance = rng.random(len(profiles))
    for profile, mix in MIX.items():
        here = np.flatnonzero(profiles == profile)
        edges = np.cumsum(list(mix.values()))
        kinds = np.array(list(mix), dtype=object)
        built[here] = kinds[np.searchsorted(edges / edges[-1], chance[here], side="right").clip(0, len(kinds) - 1)]
    return built


def _with_singles(rng: np.random.Generator, built: np.ndarray, dwellings: int) -> np.ndarray:
    """Put the care homes, halls and caravan sites in place of some buildings, early enough to be kept."""
    wanted = [
        kind
        for kind, (every, least) in SINGLES.items()
        for _ in range(max(1, dwellings // every) if dwellings >= least else 0)
    ]
    spots = rng.choice(len(built) // 2, size=len(wanted), replace=False)
    built[spots] = wanted
    return built


def _numbered(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Number the buildings: odd and even sides, or in order in a close; some ranges, some 12A squeezed in."""
    chance = pl.Series(rng.random(rows.height))
    odd = pl.Series(rng.random(rows.height) < 0.5)
    in_order = pl.col("profile").is_in(["close", "lane"])
    unnumbered = pl.col("built").is_in(["named_house", "land", "site"])
    wide = pl.col("built").is_in(["block", "over_shop", "hall"]) & (chance < 0.25)
    squeezed = (pl.col("built") == "house") & (chance < 0.015)
    rows = rows.with_columns(
        side=pl.when(in_order).then(2).otherwise(pl.lit(odd).cast(pl.Int32)),
        squeezed=squeezed,
        width=pl.when(unnumbered | squeezed).then(0).when(wide).then(2).otherwise(1),
    )
    reach = pl.col("width").cum_sum().over("usrn", "side", order_by="building")
    # Nothing can be squeezed in before the first number of its side.
    rows = rows.with_columns(squeezed=squeezed & (reach > 0)).with_columns(
        width=pl.when(squeezed & ~pl.col("squeezed")).then(1).otherwise("width")
    )
    upper = pl.when(in_order).then(reach).otherwise(2 * reach - pl.col("side"))
    lower = upper - pl.when(in_order).then(1).otherwise(2) * (pl.col("width") > 1)
    rows = rows.with_columns(
        number=pl.when(unnumbered).then(None).when(pl.col("squeezed")).then(upper).otherwise(lower).cast(pl.Int32),
        last=pl.when(pl.col("width") > 1).then(upper).cast(pl.Int32),
    )
    return rows.with_columns(suffix=_letters()).drop("width", "side", "squeezed")


def _letters() -> pl.Expr:
    """Letter the squeezed-in: the first beside 12 is 12A, the next 12B."""
    count = pl.col("squeezed").cum_sum().over("usrn", "number", order_by="building")
    letter = count.replace_strict(dict(enumerate("ABCDEF", 1)), default="G", return_dtype=pl.String)
    return pl.when("squeezed").then(letter)


def _named(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Name the houses, blocks, homes, halls and parks, no name twice in a street; and give businesses theirs."""
    words = place_words()
    chance = pl.Series(rng.random(rows.height))
    blocks = [f"{word} {words.block_types[n % 10]}" for n, word in enumerate(words.block_words)]
    named = {
        "named_house": list(words.house_names),
        "house": list(words.house_names),
        "block": blocks,
        "care_home": list(words.care_names),
        "hall": [f"{name} HALL" for name in words.hall_names],
        "site": [f"{name} CARAVAN PARK" for name in words.site_names],
    }
    share = pl.col("built").replace_strict(
        {"named_house": 1.0, "house": 0.06, "block": 0.8, "care_home": 1.0, "hall": 1.0, "site": 1.0},
        default=0.0,
    )
    rows = rows.with_columns(named=chance < share)
    # Wherever a list is begun in a street it runs on from there, so no name comes twice before it is used up.
    turn = pl.col("named").cum_sum().over("usrn", order_by="building") + pl.col("usrn") * 17
    name = pl.lit(None, dtype=pl.String)
    for built, names in named.items():
        drawn = (turn % len(names)).replace_strict(dict(enumerate(names)), return_dtype=pl.String)
        name = pl.when(pl.col("built") == built).then(drawn).otherwise(name)
    rows = rows.with_columns(name=pl.when("named").then(name)).drop("named")
    again = pl.int_range(pl.len()).over("usrn", "name", order_by="building")
    prefix = again.clip(0, 4).replace_strict(dict(enumerate(["", "NEW ", "OLD ", "UPPER ", "LOWER "])))
    return rows.with_columns(name=prefix + pl.col("name"), organisation=_organisations(rng, rows))


def _organisations(rng: np.random.Generator, rows: pl.DataFrame) -> pl.Series:
    words = place_words()
    built = rows["built"]
    shops, pubs, types = (
        pl.Series(rng.choice(np.array(names), rows.height))
        for names in (words.shop_names, words.pub_names, words.care_types)
    )
    return rows.select(
        pl.when(built.is_in(["shop", "over_shop"]))
        .then(shops)
        .when(built == "pub")
        .then(pubs)
        .when(built == "care_home")
        .then(pl.col("name") + " " + types)
        .when(built.is_in(["hall", "site"]))
        .then(pl.col("name"))
        .alias("organisation")
    ).to_series()


def _with_postcodes(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Give each 12 to 24 homes along a street a postcode, and each large building one of its own."""
    own = pl.col("homes") >= _OWN_POSTCODE
    sizes = pl.Series(rng.integers(12, 25, rows.height)).gather(rows["usrn"].rank("dense").to_numpy() - 1)
    along = pl.when(own).then(0).otherwise("homes").cum_sum().over("usrn", order_by="building")
    chunk = pl.when(own).then(-1 - pl.col("building")).otherwise((along - 1).clip(0) // sizes)
    rows = rows.with_columns(chunk=chunk)
    groups = rows.group_by("district", "usrn", "chunk").agg(pl.col("building").min()).sort("building")
    order = pl.int_range(pl.len()).over("district", order_by="building")
    district = pl.col("district") + 10 * (order // 2800)
    unit = (order % 280) * 1.4
    first, second = ((unit // divisor % 20).cast(pl.Int64) for divisor in (20, 1))
    letters = {n: str(letter) for n, letter in enumerate(_UNIT)}
    postcode = pl.format(
        "ZQ{} {}{}{}",
        district,
        order % 2800 // 280,
        first.replace_strict(letters, return_dtype=pl.String),
        second.replace_strict(letters, return_dtype=pl.String),
    )
    groups = groups.select("usrn", "chunk", postcode=postcode)
    return rows.join(groups, on=["usrn", "chunk"], how="left").sort("building").drop("chunk", "district")


def _on_the_map(rng: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Set the buildings along their street, about nine metres apart and some metres off its middle."""
    along = 9.0 * pl.int_range(pl.len()).over("usrn", order_by="building")
    off = pl.Series(rng.normal(0, 8, rows.height))
    return rows.with_columns(
        x=(pl.col("x") + along * pl.col("east") - off * pl.col("north")).round(2),
        y=(pl.col("y") + along * pl.col("north") + off * pl.col("east")).round(2),
    ).drop("east", "north", "room", "welsh")

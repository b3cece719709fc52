"""Lays the town's streets: their names, localities, wards and character."""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from svoc.errors import SettingsError
from svoc.rehearsal.place_schema import generator
from svoc.rehearsal.place_words import place_words

FIRST_USRN = 99_800_001
MEAN_DWELLINGS = 36  # a street's, before care homes and halls

# The character of a street, its share of streets, and the words its name may end with.
PROFILES: dict[str, tuple[float, tuple[str, ...]]] = {
    "terrace": (0.25, ("STREET", "ROAD", "TERRACE", "STREET", "ROAD", "PLACE")),
    "suburb": (0.28, ("ROAD", "AVENUE", "DRIVE", "WAY", "CRESCENT", "GARDENS")),
    "high_street": (0.05, ("STREET", "ROAD")),
    "villas": (0.13, ("ROAD", "AVENUE", "GROVE", "PARK", "VILLAS", "HILL")),
    "estate": (0.08, ("CLOSE", "WAY", "ROAD", "WALK", "SQUARE")),
    "lane": (0.06, ("LANE", "HILL", "LANE")),
    "close": (0.12, ("CLOSE", "COURT", "MEWS", "GREEN", "CLOSE")),
    "tenement": (0.03, ("STREET", "ROAD", "PLACE")),
}
# Streets of many flats are shorter than their homes would make them.
SHORT = {"high_street": 0.7, "tenement": 0.5, "villas": 0.7, "estate": 0.8}
# What streets are told apart by where a city has used a name up.
APART = ("NORTH", "SOUTH", "EAST", "WEST", "UPPER", "LOWER", "OLD", "NEW", "GREAT", "LITTLE")
# The first streets take one of each, so that the smallest town has every character.
_FIRST = tuple(PROFILES)


def lay_streets(seed: int, dwellings: int) -> pl.DataFrame:
    """Lay out enough streets for the dwellings.

    Gives one row per street, sorted by `usrn`: usrn Int64, street, locality, town, ward, profile String,
    room Int32 (about how many dwellings it has room for), district Int32 (of its postcodes), welsh String,
    x, y Float64 (metres, British National Grid) and east, north Float64 (the street's direction).
    """
    rng = generator(seed, "streets")
    count = max(len(_FIRST), math.ceil(dwellings / MEAN_DWELLINGS))
    profile = _characters(rng, count)
    place = _localities(rng, count)
    room = rng.lognormal(0, 0.5, count) * [SHORT.get(str(character), 1.0) for character in profile]
    angle = rng.uniform(0, 2 * math.pi, count)
    streets = pl.DataFrame(
        {
            "usrn": np.arange(count, dtype=np.int64) + FIRST_USRN,
            "street": _names(rng, profile, place),
            "profile": profile,
            "place": place,
            "room": np.ceil(room * dwellings * 1.2 / room.sum()).astype(np.int32) + 1,
            "east": np.cos(angle),
            "north": np.sin(angle),
        }
    )
    return _with_places(rng, _with_welsh(rng, streets))


def _characters(rng: np.random.Generator, count: int) -> np.ndarray:
    shares = np.array([share for share, _ in PROFILES.values()])
    drawn = rng.choice(np.array(_FIRST), size=count, p=shares / shares.sum())
    drawn[: len(_FIRST)] = _FIRST
    return drawn


def _localities(rng: np.random.Generator, count: int) -> np.ndarray:
    """Number each street's locality: 0 is the middle of the town, which has no name of its own."""
    most = min(len(place_words().localities), 2 + count // 60)
    outside = rng.integers(1, most + 1, count)
    return np.where(rng.random(count) < 0.45, 0, outside)


def _names(rng: np.random.Generator, profile: np.ndarray, place: np.ndarray) -> list[str]:
    """Name the streets: the same name may recur in another locality, as it does, but never in the same one."""
    words = place_words()
    ranks = 1 / (np.arange(len(words.street_words)) + 4.0)
    first = rng.choice(len(words.street_words), size=(len(profile), 40), p=ranks / ranks.sum())
    last = rng.integers(0, 1 << 30, (len(profile), 40))
    whole = rng.random(len(profile)) < np.where(profile == "high_street", 0.35, 0.006)
    shared = rng.random(len(profile)) < 0.12
    taken: set[tuple[int, str]] = set()
    known: set[str] = set()
    names = []
    for row, character in enumerate(profile):
        endings = PROFILES[str(character)][1]
        here = int(place[row])
        drawn = zip(first[row], last[row], strict=True)
        tries = [f"{words.street_words[word]} {endings[end % len(endings)]}" for word, end in drawn]
        if whole[row]:
            tries.insert(0, words.whole_streets[int(last[row][0]) % len(words.whole_streets)])
        free = [one for one in tries if (here, one) not in taken]
        free = free or [_unused(here, taken, endings, int(last[row][0]))]
        name = next((one for one in free if shared[row] or one not in known), free[0])
        taken.add((here, name))
        known.add(name)
        names.append(name)
    return names


def _unused(here: int, taken: set[tuple[int, str]], endings: Sequence[str], start: int) -> str:
    """Name a street of a locality where all that came to mind is taken, as in a city.

    Towns with as many names as they need are what they were.
    """
    words = place_words().street_words
    for before in ("", *(f"{word} " for word in APART)):
        every = [f"{before}{word} {ending}" for ending in endings for word in words]
        turned = (every[(start + at) % len(every)] for at in range(len(every)))
        if name := next((one for one in turned if (here, one) not in taken), None):
            return name
    raise SettingsError("--dwellings: there are no names for so many streets: rehearse a smaller town")


def _with_welsh(rng: np.random.Generator, streets: pl.DataFrame) -> pl.DataFrame:
    """Give about one street in eighty, and at least one, a Welsh name beside its English one."""
    parts = streets["street"].str.split(" ")
    ending = parts.list.last().replace_strict(dict(place_words().welsh_streets), default=None)
    chance = pl.Series(rng.random(streets.height)) < 0.0125
    able = ending.is_not_null() & (parts.list.len() == 2)
    chosen = able & chance
    if not chosen.any():
        chosen = able & (pl.Series(np.arange(streets.height)) == able.arg_max())
    welsh = ending + " " + parts.list.first()
    return streets.with_columns(pl.when(chosen).then(welsh).alias("welsh"))


def _with_places(rng: np.random.Generator, streets: pl.DataFrame) -> pl.DataFrame:
    words = place_words()
    count, place = streets.height, streets["place"].to_numpy()
    centres = rng.uniform(-6000, 6000, (len(words.localities) + 1, 2))
    centres[0] = 0
    spot = centres[place] + rng.normal(0, 700, (count, 2))
    # Every fourth locality has a post town of its own.
    town = np.where((place > 0) & (place % 4 == 0), words.towns[1], words.towns[0])
    named = np.array(["", *words.localities])[place]
    wards = np.array(words.wards)[(place * 3 + rng.integers(0, 3, count)) % len(words.wards)]
    return streets.with_columns(
        pl.Series("locality", named).replace("", None),
        pl.Series("town", town),
        pl.Series("ward", wards),
        pl.Series("district", place // 3 + 1, dtype=pl.Int32),
        pl.Series("x", (400_000 + spot[:, 0]).round(1)),
        pl.Series("y", (300_000 + spot[:, 1]).round(1)),
    ).drop("place")

"""The names of the rehearsal town: forenames by decade of birth, surnames with a long tail, several naming customs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import polars as pl

Texts = npt.NDArray[np.object_]

CUSTOMS: Mapping[str, float] = MappingProxyType(
    {
        "british": 0.815,
        "muslim": 0.055,
        "african": 0.025,
        "hindu": 0.020,
        "polish": 0.020,
        "sikh": 0.015,
        "chinese": 0.012,
        "romanian": 0.012,
        "iberian": 0.010,
        "baltic": 0.006,
        "somali": 0.006,
        "italian": 0.002,
        "turkish": 0.002,
    }
)
"""The share of households that follow each naming custom."""

FIRST_DECADE, LAST_DECADE = 1930, 2000

TAIL = 0.60
"""Share of British surnames that come from the composed tail, so that the commonest is borne by 13 in 1,000."""

TAIL_STEEPNESS, TAIL_SHIFT = 0.75, 250
"""How fast the composed surnames thin out: a weight of (rank + shift) to the negative steepness."""

DOUBLE_BARRELLED = 0.015
"""Share of British families with two surnames, joined by a hyphen."""

NOT_FAMILY_NAMES = ("Begum", "Bibi", "Khatun")
"""What many Muslim women bear in place of a family name."""

OFTEN_A_MIDDLE_NAME: Mapping[str, float] = MappingProxyType(
    {"british": 0.78, "african": 0.6, "iberian": 0.3, "muslim": 0.3}
)
"""Share of people of a custom who have a middle name of their own choosing; of others, one in eight."""

LATVIAN = "berzins|kalnins|ozols|jansons|ozolins|liepins"


@dataclass(frozen=True, slots=True)
class Urn:
    """Hold names with their weights, to draw from."""

    names: Texts
    cumulative: npt.NDArray[np.float64]

    @classmethod
    def of(cls, frame: pl.DataFrame, name: str) -> "Urn":
        """Fill an urn from a frame's column `name` and its `weight`."""
        weights = frame["weight"].cast(pl.Float64).to_numpy()
        return cls(frame[name].to_numpy().astype(object), np.cumsum(weights) / weights.sum())

    def at(self, chances: npt.NDArray[np.float64]) -> Texts:
        """Give the name at each chance from 0 to 1."""
        return self.names[np.minimum(np.searchsorted(self.cumulative, chances), len(self.names) - 1)]


def table(name: str) -> pl.DataFrame:
    """Read one of the town's own lists, every column as text and nothing as null.

    >>> table("nicknames").columns
    ['forename', 'nickname']
    """
    text = (files("svoc.rehearsal") / "data" / f"{name}.csv").read_bytes()
    return pl.read_csv(text, infer_schema=False).fill_null("")


@cache
def _forename_urns() -> dict[tuple[str, str, str], Urn]:
    groups = table("forenames").partition_by("custom", "sex", "decade", as_dict=True, maintain_order=True)
    return {(str(key[0]), str(key[1]), str(key[2])): Urn.of(group, "forename") for key, group in groups.items()}


def _composed_surnames() -> pl.DataFrame:
    """Compose the long tail: every first part with every last part, shuffled, thinning out by rank."""
    parts = table("surname_parts").with_columns(pl.col("weight").cast(pl.Float64))
    first = parts.filter(pl.col("place") == "first").select(first="part")
    last = parts.filter(pl.col("place") == "last").select(last="part", share="weight")
    names = (
        first.join(last, how="cross")
        .with_columns(
            surname=pl.col("first") + pl.col("last"),
            # any fixed, well mixed order serves, as long as it is the same for every town
            order=pl.Series(np.random.default_rng(1).random(first.height * last.height)) / pl.col("share"),
        )
        .unique("surname", keep="first", maintain_order=True)
    )
    rank = pl.int_range(1, pl.len() + 1).cast(pl.Float64)
    tail = names.sort("order").select("surname", weight=(rank + TAIL_SHIFT).pow(-TAIL_STEEPNESS))
    return tail.with_columns(pl.col("weight") / pl.col("weight").sum() * TAIL)


@cache
def _surname_urns() -> dict[str, Urn]:
    listed = table("surnames").with_columns(pl.col("weight").cast(pl.Float64))
    urns = {
        custom: Urn.of(listed.filter(pl.col("custom") == custom), "surname")
        for custom in CUSTOMS
        if custom != "british"
    }
    british = listed.filter(pl.col("custom") == "british").select(
        "surname", weight=pl.col("weight") / pl.col("weight").sum() * (1 - TAIL)
    )
    tail = _composed_surnames().filter(~pl.col("surname").is_in(british["surname"].implode()))
    return {**urns, "british": Urn.of(pl.concat([british, tail]), "surname")}


def draw_customs(count: int, rng: np.random.Generator) -> Texts:
    """Draw naming customs in the shares of `CUSTOMS`."""
    names = np.array(list(CUSTOMS), dtype=object)
    return names[rng.choice(len(names), size=count, p=np.array(list(CUSTOMS.values())))]


def draw_forenames(custom: Texts, sex: Texts, born: npt.NDArray[np.int64], rng: np.random.Generator) -> Texts:
    """Draw a forename for each person, by custom, sex ("F" or "M") and year of birth.

    >>> rng = np.random.default_rng(0)
    >>> men = draw_forenames(np.full(1000, "british", object), np.full(1000, "M", object), np.full(1000, 1938), rng)
    >>> "John" in men, "Kyle" in men
    (True, False)
    """
    chances, drawn = rng.random(len(custom)), np.empty(len(custom), dtype=object)
    decade = np.clip(born // 10 * 10, FIRST_DECADE, LAST_DECADE)
    for (group, one_sex, when), urn in _forename_urns().items():
        rows = (custom == group) & (sex == one_sex)
        if when:
            rows &= decade == int(when)
        drawn[rows] = urn.at(chances[rows])
    return drawn


def draw_surnames(custom: Texts, rng: np.random.Generator) -> Texts:
    """Draw a family name for each household, in the form that a man bears; "" where the custom has none."""
    chances, drawn = rng.random(len(custom)), np.empty(len(custom), dtype=object)
    for group, urn in _surname_urns().items():
        rows = custom == group
        drawn[rows] = urn.at(chances[rows])
    somali = np.flatnonzero(custom == "somali")  # a grandfather's name stands where others have a surname
    drawn[somali] = _forename_urns()["somali", "M", ""].at(chances[somali])
    second = np.flatnonzero((custom == "british") & (rng.random(len(custom)) < DOUBLE_BARRELLED))
    drawn[second] = drawn[second] + "-" + _surname_urns()["british"].at(rng.random(len(second)))
    spanish = np.flatnonzero((custom == "iberian") & (rng.random(len(custom)) < 0.5))
    drawn[spanish] = drawn[spanish] + " " + _surname_urns()["iberian"].at(rng.random(len(spanish)))
    return drawn


def _feminine(family: pl.Expr, married: pl.Expr) -> pl.Expr:
    """Give a Polish, Czech, Lithuanian or Latvian family name the ending that a woman's has."""
    lithuanian = pl.when(married).then(pl.lit("iene")).otherwise(pl.lit("aite"))
    stem = family.str.replace("(as|us|is)$", "")
    return (
        pl.when(family.str.contains("(sk|ck|dzk)i$"))
        .then(family.str.replace("i$", "a"))
        .when(family.str.contains("(?i)^(" + LATVIAN + ")$"))
        .then(family.str.replace("s$", "a"))
        .when(family.str.contains("(as|us|is)$"))
        .then(stem + lithuanian)
        .when(family.str.contains("ny$"))
        .then(family.str.replace("y$", "a"))
        .when(family.is_in(["Novak", "Dvorak"]))
        .then(family + "ova")
        .when(family == "Svoboda")
        .then(pl.lit("Svobodova"))
        .otherwise(family)
    )


def borne(family: str = "family") -> pl.Expr:
    """Give the surname that each person bears, by custom, sex and family name.

    Needs columns custom, sex, married Boolean, own_style Float64 (a chance from 0 to 1, fixed for the person) and
    `family`, the name in the form that a man bears.

    >>> pl.DataFrame({"custom": ["polish", "sikh"], "sex": "F", "married": True, "own_style": 0.9,
    ...               "family": ["Kowalski", ""]}).select(borne())["surname"].to_list()
    ['Kowalska', 'Kaur']
    """
    name, style = pl.col(family), pl.col("own_style")
    woman, custom = pl.col("sex") == "F", pl.col("custom")
    title = pl.when(style < 0.25).then(pl.lit("Begum")).when(style < 0.38).then(pl.lit("Bibi"))
    return (
        pl.when(woman & custom.is_in(["polish", "baltic"]))
        .then(_feminine(name, pl.col("married")))
        .when(woman & (custom == "muslim") & (style < 0.45))
        .then(title.otherwise(pl.lit("Khatun")))
        .when((custom == "sikh") & (name == ""))
        .then(pl.when(woman).then(pl.lit("Kaur")).otherwise(pl.lit("Singh")))
        .otherwise(name)
        .alias("surname")
    )


def draw_middle_names(people: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """Draw each person's middle names as the custom has them; null where there are none.

    Needs columns custom, sex, family, forename and born (year of birth).
    """
    custom, sex = people["custom"].to_numpy().astype(object), people["sex"].to_numpy().astype(object)
    born = people["born"].to_numpy().astype(np.int64)
    drawn = draw_forenames(custom, sex, born - 10, rng)
    father = draw_forenames(custom, np.full(len(sex), "M", dtype=object), born - 30, rng)
    has = rng.random(people.height)
    often = pl.col("custom").replace_strict(OFTEN_A_MIDDLE_NAME, default=0.12, return_dtype=pl.Float64)
    sikh, hindu = pl.col("custom") == "sikh", pl.col("custom") == "hindu"
    middle = (
        pl.when(pl.col("custom") == "somali")
        .then("father")
        .when(sikh & (pl.col("family") != ""))
        .then(pl.when(pl.col("sex") == "F").then(pl.lit("Kaur")).otherwise(pl.lit("Singh")))
        .when(hindu & (pl.col("has") < 0.4))
        .then("father")
        .when(~sikh & ~hindu & (pl.col("has") < often) & (pl.col("drawn") != pl.col("forename")))
        .then("drawn")
    )
    given = pl.DataFrame({"father": father.tolist(), "drawn": drawn.tolist(), "has": has})
    return (
        people.select("custom", "sex", "family", "forename").hstack(given).select(middle_names=middle)["middle_names"]
    )

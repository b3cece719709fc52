"""A made-up set of people with a known truth: UK-like names, households, twins, juniors, and what goes wrong in files.

Three rows in ten are faulty copies of another. What makes it hard is meant: four persons in five who join a household
take its surname and address; of those one in twenty-five bears the forename of its head; one joiner in fifty is a
twin with the head's date of birth; people move, marry, are written down by nickname or initial, by ear or by scanner.

Columns, all text: id, cluster (the truth), forename, surname, sex, dob (YYYY-MM-DD), postcode, address, town. The same
rows and seed give the same file.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from svoc.rehearsal.names import CUSTOMS, Urn, table

SEED = 20261123
COPIES = 0.30
JOINS, SHARES_SURNAME, JUNIOR, TWIN = 0.55, 0.80, 0.04, 0.02
TOPONYMIC = 0.15
MISSING = {
    "forename": 0.015,
    "surname": 0.008,
    "sex": 0.05,
    "dob": 0.05,
    "postcode": 0.08,
    "address": 0.08,
    "town": 0.12,
}
AREAS = [
    "AB", "AL", "B", "BA", "BD", "BH", "BN", "BR", "BS", "CA", "CB", "CF", "CH", "CM", "CO", "CR", "CT", "CV", "DA",
    "DD", "DE", "DH", "DL", "DN", "DT", "EH", "EX", "FY", "GL", "GU", "HD", "HG", "HP", "HR", "HU", "IP", "KA",
    "KT", "KY", "LA", "LE", "LL", "LN", "LS", "LU", "ME", "MK", "ML", "NE", "NG", "NN", "NP", "NR", "OL", "OX",
    "PE", "PH", "PL", "PO", "PR", "RG", "RH", "SA", "SG", "SK", "SL", "SN", "SO", "SP", "SR", "SS", "ST", "SW",
    "SY", "TA", "TF", "TN", "TQ", "TR", "TS", "TW", "UB", "WA", "WD", "WF", "WN", "WR", "WS", "WV", "YO",
]  # fmt: skip
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
STREET_KINDS = ["street", "road", "lane", "avenue", "close", "drive", "way", "crescent", "gardens", "grove", "terrace"]
SHORTENED = {" street": " st", " road": " rd", " avenue": " ave", " lane": " ln", " gardens": " gdns", " close": " cl"}
SCANNED = [("rn", "m"), ("m", "rn"), ("cl", "d"), ("l", "i"), ("h", "b"), ("e", "c"), ("u", "v"), ("w", "vv")]
# What goes wrong in a copy, and how often: each copy has one such fault, some have a second or third.
FAULTS = {
    "forename typed": 0.17, "surname typed": 0.17, "nickname or initial": 0.08, "digit of dob": 0.08,
    "day and month": 0.04, "postcode typed": 0.09, "address typed": 0.09, "address shortened": 0.04, "moved": 0.10,
    "married": 0.05, "names exchanged": 0.02, "town typed": 0.07,
}  # fmt: skip
COLUMNS = tuple(MISSING)

Draw = npt.NDArray[np.float64]


def write(path: Path, rows: int, seed: int = SEED) -> None:
    """Make the set and write it as Parquet."""
    made(rows, seed).write_parquet(path)


def made(rows: int, seed: int = SEED) -> pl.DataFrame:
    """Make the set: originals, their faulty copies, shuffled, with values gone missing."""
    chance = np.random.default_rng(seed)
    copies = round(rows * COPIES)
    world = _World(chance, rows - copies)
    originals = world.people()
    of = _copied(chance, rows - copies, copies)
    faulty = world.spoiled(originals[of])
    both = pl.concat([originals, faulty])[chance.permutation(rows)]
    kept = {c: pl.Series(chance.random(rows) >= share) for c, share in MISSING.items()}
    return both.select(
        pl.row_index().cast(pl.String).alias("id"),
        "cluster",
        *(pl.when(pl.lit(kept[c]) & (pl.col(c) != "")).then(pl.col(c)).alias(c) for c in COLUMNS),
    )


def _copied(chance: np.random.Generator, people: int, copies: int) -> npt.NDArray[np.int64]:
    """Draw whom the copies copy: one copy of most, seldom up to five."""
    times = np.minimum(chance.geometric(0.7, copies), 5)
    return np.repeat(chance.permutation(people)[:copies], times)[:copies]


class _World:
    """The names and streets from which people are made and to which they move."""

    def __init__(self, chance: np.random.Generator, people: int) -> None:
        self.chance, self.count = chance, people
        forenames, surnames = table("forenames"), table("surnames")
        weighed = _by_custom(forenames).with_columns(pl.col("forename").str.to_lowercase())
        self.forenames = {
            sex: Urn.of(
                weighed.filter(sex=sex).group_by("forename").agg(pl.col("weight").sum()).sort("forename"), "forename"
            )
            for sex in ("M", "F")
        }
        self.surnames = Urn.of(_surnames(surnames, chance), "surname")
        streets = max(50, people // 32)
        words = table("surname_parts")
        first, last = (
            words.filter(place=place)["part"].drop_nulls().str.to_lowercase().to_numpy().astype(object)
            for place in ("first", "last")
        )

        def picked(values: npt.NDArray[np.object_], size: int) -> npt.NDArray[np.object_]:
            return values[chance.integers(0, len(values), size)]

        area = chance.integers(0, len(AREAS), streets)
        letters = np.array(list(INWARD), dtype=object)
        district, sector = (chance.integers(1, top, streets).astype(str).astype(object) for top in (29, 10))
        self.postcode = np.array(AREAS, dtype=object)[area] + district + " " + sector
        self.postcode = self.postcode + picked(letters, streets) + picked(letters, streets)
        towns = picked(first, 4 * len(AREAS)) + picked(last, 4 * len(AREAS))
        self.town = towns[4 * area + chance.integers(0, 4, streets)]
        rank = (chance.random(streets) ** 2 * len(first)).astype(np.int64)
        self.street = first[rank] + " " + picked(np.array(STREET_KINDS, dtype=object), streets)

    def people(self) -> pl.DataFrame:
        """Everybody once, as they should be written."""
        chance, n = self.chance, self.count
        joins = chance.random(n) < JOINS
        joins[0] = False
        heads = np.flatnonzero(~joins)
        head = np.arange(n)
        head[joins] = heads[chance.integers(0, len(heads), int(joins.sum()))]
        kin = joins & (chance.random(n) < SHARES_SURNAME)
        male = chance.random(n) < 0.49
        junior = kin & (chance.random(n) < JUNIOR) & (male == male[head])
        twin = joins & ~junior & (chance.random(n) < TWIN)
        forename = np.where(male, self.forenames["M"].at(chance.random(n)), self.forenames["F"].at(chance.random(n)))
        surname = self.surnames.at(chance.random(n))
        age = np.clip(chance.gamma(4.2, 10.5, n), 0, 104)
        born = np.datetime64("2026-01-01") - (age * 365.25).astype(np.int64) - chance.integers(0, 366, n)
        born = np.where(twin, born[head], born)
        street, number = chance.integers(0, len(self.street), n)[head], chance.integers(1, 32, n)[head]
        return pl.DataFrame({
            "cluster": [f"p{i}" for i in range(n)],
            "forename": np.where(junior, forename[head], forename),
            "surname": np.where(kin, surname[head], surname),
            "sex": np.where(male, "m", "f"),
            "dob": born.astype("datetime64[D]").astype(str),
            **self._homes(street, number),
        }, schema_overrides=dict.fromkeys(("forename", "surname"), pl.String)).with_columns(
            pl.col("forename", "surname", "address", "town").str.to_lowercase()
        )  # fmt: skip

    def _homes(self, street: npt.NDArray[np.int64], number: npt.NDArray[np.int64]) -> dict[str, pl.Series]:
        homes = {
            "postcode": self.postcode[street],
            "address": number.astype(str).astype(object) + " " + self.street[street],
            "town": self.town[street],
        }
        return {name: pl.Series(name, values, dtype=pl.String) for name, values in homes.items()}

    def spoiled(self, people: pl.DataFrame) -> pl.DataFrame:
        """Copy people with one to three faults each."""
        chance, n = self.chance, people.height
        edges = np.cumsum([*FAULTS.values()])
        for share in (1.0, 0.45, 0.15):
            kind = np.searchsorted(edges / edges[-1], chance.random(n))
            kind[chance.random(n) >= share] = -1
            people = self._once(people, kind)
        return people

    def _once(self, people: pl.DataFrame, kind: npt.NDArray[np.int64]) -> pl.DataFrame:
        n = people.height
        at = {name: pl.lit(pl.Series(kind == i)) for i, name in enumerate(FAULTS)}
        home = self._homes(self.chance.integers(0, len(self.street), n), self.chance.integers(1, 32, n))
        born = pl.col("dob").str.split("-").list
        fresh = pl.Series(self.surnames.at(self.chance.random(n)), dtype=pl.String).str.to_lowercase()
        spoiled = {
            "forename": pl.when(at["forename typed"]).then(self._typed("forename", n))
            .when(at["nickname or initial"]).then(self._familiar(people["forename"]))
            .when(at["names exchanged"]).then("surname").otherwise("forename"),
            "surname": pl.when(at["surname typed"]).then(self._typed("surname", n))
            .when(at["married"]).then(pl.lit(fresh)).when(at["names exchanged"]).then("forename").otherwise("surname"),
            "dob": pl.when(at["digit of dob"]).then(self._wrong_digit(people["dob"]))
            .when(at["day and month"] & (born.get(2).cast(pl.Int64) <= 12))
            .then(born.get(0) + "-" + born.get(2) + "-" + born.get(1)).otherwise("dob"),
            "postcode": pl.when(at["moved"]).then(pl.lit(home["postcode"]))
            .when(at["postcode typed"]).then(self._typed("postcode", n).str.to_uppercase()).otherwise("postcode"),
            "address": pl.when(at["moved"]).then(pl.lit(home["address"]))
            .when(at["address shortened"]).then(pl.col("address").str.replace_many(SHORTENED))
            .when(at["address typed"]).then(self._typed("address", n)).otherwise("address"),
            "town": pl.when(at["moved"]).then(pl.lit(home["town"]))
            .when(at["town typed"]).then(self._typed("town", n)).otherwise("town"),
        }  # fmt: skip
        return people.with_columns(value.alias(name) for name, value in spoiled.items())

    def _draws(self, n: int) -> pl.Expr:
        return pl.lit(pl.Series(self.chance.random(n)))

    def _typed(self, column: str, n: int) -> pl.Expr:
        """Write with a slip: a letter wrong, added, dropped, doubled or exchanged, or two misread by a scanner."""
        word = pl.col(column)
        place = (self._draws(n) * word.str.len_chars()).cast(pl.Int64)
        letter = pl.lit(pl.Series(np.array(list("aeiourstlnmhd"))[self.chance.integers(0, 13, n)]))
        before, here, after = word.str.head(place), word.str.slice(place, 1), word.str.slice(place + 1)
        slip, scan = self._draws(n), pl.lit(pl.Series(self.chance.integers(0, len(SCANNED), n)))
        scanned = word
        for i, (seen, read) in enumerate(SCANNED):
            scanned = pl.when(scan == i).then(word.str.replace(seen, read, literal=True)).otherwise(scanned)
        return (
            pl.when(slip < 0.25).then(before + letter + after)
            .when(slip < 0.45).then(before + letter + here + after)
            .when(slip < 0.65).then(before + after)
            .when(slip < 0.82).then(before + after.str.head(1) + here + after.str.slice(1))
            .when((slip < 0.92) & (scanned != word)).then(scanned)
            .otherwise(before + here + here + after)
        )  # fmt: skip

    def _wrong_digit(self, dates: pl.Series) -> pl.Series:
        """Write a digit of the day, the month or the year's end wrong; what is then no date is left right."""
        n = len(dates)
        place = pl.lit(pl.Series(np.array([2, 3, 5, 6, 8, 9])[self.chance.integers(0, 6, n)]))
        date = pl.col(dates.name)
        digit = (
            (date.str.slice(place, 1).cast(pl.Int64) + pl.lit(pl.Series(self.chance.integers(1, 10, n)))) % 10
        ).cast(pl.String)
        wrong = date.str.head(place) + digit + date.str.slice(place + 1)
        return (
            dates.to_frame()
            .select(pl.when(wrong.str.to_date(strict=False).is_not_null()).then(wrong).otherwise(date))
            .to_series()
        )

    def _familiar(self, forenames: pl.Series) -> pl.Series:
        """Write the nickname where there is one, else the initial."""
        pet = (
            table("nicknames")
            .select(pl.all().str.to_lowercase())
            .group_by("forename", maintain_order=True)
            .agg("nickname")
        )
        names = forenames.to_frame().join(pet, on="forename", how="left", maintain_order="left")
        among = (self._draws(len(forenames)) * pl.col("nickname").list.len()).cast(pl.Int64)
        return names.select(
            pl.coalesce(pl.col("nickname").list.get(among, null_on_oob=True), pl.col("forename").str.head(1))
        ).to_series()


def _by_custom(names: pl.DataFrame) -> pl.DataFrame:
    """Weigh names by their share of a custom, and the custom by its share of the people."""
    weight = pl.col("weight").cast(pl.Float64)
    share = pl.col("custom").replace_strict(dict(CUSTOMS), return_dtype=pl.Float64)
    return names.with_columns(weight=weight / weight.sum().over("custom") * share)


def _surnames(listed: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    """The listed surnames, thinned out like a nation's, and a tail of composed place-names."""
    weights = _by_custom(listed).group_by("surname").agg(pl.col("weight").sum())
    parts = table("surname_parts")
    first, last = (parts.filter(place=place)["part"] for place in ("first", "last"))
    first, last = first.drop_nulls(), last.drop_nulls()
    tail = (
        pl.DataFrame({"a": first})
        .join(pl.DataFrame({"b": last}), how="cross")
        .select(surname=pl.col("a") + pl.col("b"))
    )
    tail = tail.unique().sort("surname")[chance.permutation(tail["surname"].n_unique())]
    tail = tail.with_columns(weight=(1 / (1 + pl.row_index())) ** 0.7)
    return pl.concat([
        weights.sort("surname").with_columns(pl.col("weight") / pl.col("weight").sum() * (1 - TOPONYMIC)),
        tail.with_columns(pl.col("weight") / pl.col("weight").sum() * TOPONYMIC),
    ])  # fmt: skip

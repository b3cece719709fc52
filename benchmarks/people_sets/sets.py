"""The sets: where their files are, and what each column of them is."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from people_sets import made_up


@dataclass(frozen=True, slots=True)
class Nature:
    """What the columns of a set are, and nothing else about it: all that our settings may depend on.

    `identifier` is one number a person has for life. `born` holds the date of birth, or its year, month and day.
    `postcode` is the finest place that stands in a column of its own, `address` a line, `towns` are wider places;
    `traits` (sex, occupation) tell little.
    """

    forename: str
    surname: str
    born: tuple[str, ...]
    postcode: str | None = None
    address: str | None = None
    number: str | None = None
    towns: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    identifier: str | None = None
    full_name: str | None = None


@dataclass(frozen=True, slots=True)
class PeopleSet:
    """One set: its files and the nature of its columns; two files are linked, one is cleared of duplicates."""

    files: tuple[str, ...]
    nature: Nature
    rows: int = 0

    def paths(self, samples: Path, made: Path) -> list[Path]:
        """Find the files, making those that are made up."""
        if not self.rows:
            return [samples / "people" / f"{file}.parquet" for file in self.files]
        path = made / f"{self.files[0]}.parquet"
        if not path.exists():
            made_up.write(path, self.rows)
        return [path]


_FEBRL = Nature(
    forename="given_name",
    surname="surname",
    born=("date_of_birth",),
    postcode="postcode",
    address="address_1",
    number="street_number",
    towns=("suburb",),
    identifier="soc_sec_id",
)
_MADE_UP = Nature(
    forename="forename",
    surname="surname",
    born=("dob",),
    postcode="postcode",
    address="address",
    towns=("town",),
    traits=("sex",),
)
SETS = {
    "febrl3": PeopleSet(("febrl3",), _FEBRL),
    "febrl4": PeopleSet(("febrl4a", "febrl4b"), _FEBRL),
    "historical_50k": PeopleSet(
        ("historical_50k",),
        Nature(
            forename="first_name",
            surname="surname",
            full_name="full_name",
            born=("dob",),
            postcode="postcode_fake",
            towns=("birth_place",),
            traits=("occupation",),
        ),
    ),
    "rldata10000": PeopleSet(
        ("rldata10000",), Nature(forename="fname_c1", surname="lname_c1", born=("by", "bm", "bd"))
    ),
    "made_up_200k": PeopleSet(("made_up_200k",), _MADE_UP, 200_000),
    "made_up_1m": PeopleSet(("made_up_1m",), _MADE_UP, 1_000_000),
}


def read(paths: list[Path]) -> pl.DataFrame:
    """Read one file, or two one under the other with the column `file` saying which."""
    if len(paths) == 1:
        return pl.read_parquet(paths[0])
    return pl.concat([pl.read_parquet(path).with_columns(file=pl.lit(i)) for i, path in enumerate(paths)])

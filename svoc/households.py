"""Measure how well the nights keep apart people who live together, where it is known who they are."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from matchers import evaluate
from svoc.errors import Fault, InputFaults
from svoc.sources.tables import pick, read_table

__all__ = ["AtHome", "at_home", "read_people"]

PEOPLE = ("person", "household", "forename", "surname", "born")

SETS = pl.Schema(
    {
        "set": pl.String(),
        "pairs": pl.Int64(),  # of people
        "apart": pl.Int64(),
        "joined": pl.Int64(),
        "asked": pl.Int64(),
        "true": pl.Int64(),  # pairs of records of these people
        "found": pl.Int64(),
        "recall": pl.Float64(),
    }
)
"""How people fare who live together and are called alike."""


@dataclass(frozen=True, slots=True)
class AtHome:
    """How people who live together were kept apart.

    `people`, `households`: how many the truth names; `joined`: pairs of people of one household made one person;
    `cases`: what waits for a steward; `sets`: frame of `SETS`.
    """

    people: int
    households: int
    joined: int
    cases: int
    sets: pl.DataFrame

    @property
    def joined_of_10000(self) -> float | None:
        """Pairs of people of one household that were joined, for each 10,000 people."""
        return round(10_000 * self.joined / self.people, 4) if self.people else None

    @property
    def cases_a_household(self) -> float | None:
        """Cases as a share of households."""
        return round(self.cases / self.households, 6) if self.households else None

    def figures(self) -> dict[str, object]:
        """Give everything as plain values."""
        counts = {name: getattr(self, name) for name in ("people", "households", "joined", "cases")}
        shares = {"joined_of_10000": self.joined_of_10000, "cases_a_household": self.cases_a_household}
        return {**counts, **shares, "sets": self.sets.to_dicts()}

    def words(self) -> str:
        """Write it for a reader: a line for each set."""
        head = f"{'':44} {'pairs':>7} {'apart':>7} {'joined':>7} {'asked':>7} {'recall':>8}"
        lines = [
            f"{row['set']:44} {row['pairs']:7} {row['apart']:7} {row['joined']:7} {row['asked']:7} "
            + ("" if row["recall"] is None else f"{row['recall']:8.4f}")
            for row in self.sets.to_dicts()
        ]
        told = [
            f"{self.joined} pairs of people of one household were joined: {self.joined_of_10000} of 10,000 people",
            f"{self.cases} cases for {self.households} households: {self.cases_a_household} each",
        ]
        return "\n".join([*told, head, *(line.rstrip() for line in lines)])


def read_people(path: Path) -> pl.DataFrame:
    """Read `person,household,forename,surname,born`: who lives with whom, each person once.

    Gives those columns, `born` Date, the rest String. Raises `SettingsError` where the file or a column is not there,
    `InputFaults` with every line without a person or a household, with a person of before, or with what is no date.
    """
    table = read_table(path, known=PEOPLE)
    text = pick(table, {name: name for name in PEOPLE}, setting="people")
    rows = text.with_columns(day=pl.col("born").str.to_date("%Y-%m-%d", strict=False))
    wrong = {
        "person": (pl.col("person").is_null() | pl.col("person").is_duplicated(), "each person once"),
        "household": (pl.col("household").is_null(), "the household that the person lives in"),
        "born": (pl.col("day").is_null() & pl.col("born").is_not_null(), "a date as 2026-11-02, or nothing"),
    }
    faults = [
        Fault(path.name, line, column, expected)
        for column, (fault, expected) in wrong.items()
        for line in rows.filter(fault)["line"]
    ]
    if faults:
        raise InputFaults(sorted(faults))
    return rows.select(*PEOPLE[:-1], born="day")


def at_home(members: pl.DataFrame, truth: pl.DataFrame, people: pl.DataFrame, cases: pl.DataFrame) -> AtHome:
    """Count who of one household was made one person, who was asked about, and how those fare who are called alike.

    `members`: as `svoc.exporting.exported` gives them, with `mention`; `truth`: as `svoc.evaluating.read_truth` gives
    it; `people`: as `read_people` gives it; `cases`: frame of `svoc.words.decisions.CASES`. Three sets are reported on
    their own, those of them whose two people the truth names: twins bear one surname and were born on one day; the
    others, a father and his son for the most part, bear one surname and one forename, or one surname and one initial.
    """
    true = truth.drop_nulls("person")
    key = ["source", "record", "party"]
    made = true.join(members.select(*key, "mention", "person_id"), on=key).select("mention", "person", "person_id")
    living = people.join(true.select("person").unique(), on="person", how="semi")
    pairs = _living_together(living)
    joined = _sharing(made.select("person", shared="person_id").drop_nulls())
    asked = _sharing(
        cases.explode("mentions").join(made, left_on="mentions", right_on="mention").select("person", shared="case")
    )
    told = pairs.join(joined.with_columns(joined=True), on=["one", "other"], how="left")
    told = told.join(asked.with_columns(asked=True), on=["one", "other"], how="left").fill_null(value=False)
    kinds = {
        "twins": pl.col("twins"),
        "one forename": ~pl.col("twins") & pl.col("one_forename"),
        "one initial": ~pl.col("twins") & ~pl.col("one_forename") & pl.col("one_initial"),
    }
    sets = [(name, *_fared(told.filter(among), made)) for name, among in kinds.items()]
    return AtHome(
        people=true["person"].n_unique(),
        households=living["household"].n_unique(),
        joined=int(told["joined"].sum()),
        cases=cases.height,
        sets=pl.DataFrame(sets, schema=SETS, orient="row"),
    )


def _living_together(people: pl.DataFrame) -> pl.DataFrame:
    """Give the pairs of people of each household, and how they are alike."""
    both = people.join(people, on="household", suffix="_other").filter(pl.col("person") < pl.col("person_other"))
    surname, forename, born = ((pl.col(name), pl.col(f"{name}_other")) for name in ("surname", "forename", "born"))
    initials = (part.str.to_uppercase().str.head(1) for part in forename)
    alike = {
        "twins": born[0] == born[1],
        "one_forename": forename[0].str.to_uppercase() == forename[1].str.to_uppercase(),
        "one_initial": next(initials) == next(initials),
    }
    of_one_name = surname[0].str.to_uppercase() == surname[1].str.to_uppercase()
    return both.select(
        one="person",
        other="person_other",
        **{name: (test & of_one_name).fill_null(value=False) for name, test in alike.items()},
    )


def _sharing(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the pairs of persons who share something: one, other."""
    once = rows.unique()
    both = once.join(once, on="shared", suffix="_other").filter(pl.col("person") < pl.col("person_other"))
    return both.select(one="person", other="person_other").unique()


def _fared(pairs: pl.DataFrame, made: pl.DataFrame) -> tuple[int, int, int, int, int, int, float | None]:
    joined = int(pairs["joined"].sum())
    asked = pairs.filter(pl.col("asked") & ~pl.col("joined")).height
    of = pl.concat([pairs["one"], pairs["other"]]).unique()
    own = made.filter(pl.col("person").is_in(of.implode()))
    scores = evaluate(own.select(id="mention", cluster="person_id").drop_nulls(), own.select("person", id="mention"))
    recall = scores.scores.filter(pl.col("measure") == "recall").row(0, named=True)
    return (
        pairs.height, pairs.height - joined - asked, joined, asked, recall["total"], recall["hits"], recall["value"],
    )  # fmt: skip

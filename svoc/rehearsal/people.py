"""Who lives in the rehearsal town: households of named people in its dwellings, and where they lived before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import polars as pl

from svoc.rehearsal.households import FAMILIES, SHARED_HOUSE, STUDENT_FLAT, STUDENT_HOUSE, Household, Member, care_home
from svoc.rehearsal.names import borne, draw_customs, draw_forenames, draw_middle_names, draw_surnames
from svoc.rehearsal.occupancy import place_households
from svoc.rehearsal.place_schema import FIRST_NIGHT, generator

PERSONS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "person": pl.Int32(),
        "household": pl.Int32(),
        "slot": pl.Int16(),  # place in the household, 0 for its head
        "role": pl.String(),
        "custom": pl.String(),
        "sex": pl.String(),
        "dob": pl.Date(),
        "title": pl.String(),
        "forename": pl.String(),
        "middle_names": pl.String(),
        "surname": pl.String(),
        "earlier_surname": pl.String(),
        "married": pl.Boolean(),
    }
)
"""One person a row."""

OTHER_CUSTOM = 0.07
"""Share of partners who come from another naming custom than the head's household."""

LEARNED = (("Dr", 0.985), ("Prof", 0.988), ("Rev", 0.991), ("Sir", 0.9915), ("Cllr", 0.993))

Texts = npt.NDArray[np.object_]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Residents:
    """The people of the town.

    persons      PERSONS, sorted by person
    households   HOUSEHOLDS, sorted by household
    parental     person Int32, dwelling Int32: students whose parents' home is in the town
    """

    persons: pl.DataFrame
    households: pl.DataFrame
    parental: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Heads:
    """What the other members of a household take from its head, one entry a household of one kind."""

    household: Whole
    custom: Texts
    family: Texts
    age: Whole
    sex: Texts
    forename: Texts

    def at(self, rows: npt.NDArray[np.bool_]) -> "_Heads":
        return _Heads(
            self.household[rows],
            self.custom[rows],
            self.family[rows],
            self.age[rows],
            self.sex[rows],
            self.forename[rows],
        )


def _sexes(wanted: str, of_head: Texts | None, count: int, age: Whole, rng: np.random.Generator) -> Texts:
    # women outlive men: among the oldest, two of three
    any_sex = np.where(rng.random(count) < np.clip(0.5 + (age - 70) * 0.012, 0.5, 0.75), "F", "M").astype(object)
    if wanted == "any" or of_head is None:
        return any_sex if wanted == "any" else np.full(count, wanted, dtype=object)
    other = np.where(of_head == "F", "M", "F").astype(object)
    return {"opposite": other, "same": of_head}.get(wanted, np.full(count, wanted, dtype=object))


def _heads(household: Whole, member: Member, rng: np.random.Generator) -> _Heads:
    count = len(household)
    age = rng.integers(member.ages[0], member.ages[1] + 1, count)
    custom, sex = draw_customs(count, rng), _sexes(member.sex, None, count, age, rng)
    forename = draw_forenames(custom, sex, FIRST_NIGHT.year - age, rng)
    return _Heads(household, custom, draw_surnames(custom, rng), age, sex, forename)


def _like_initial(first: Texts, custom: Texts, sex: Texts, born: Whole, rng: np.random.Generator) -> Texts:
    """Draw forenames again and again until most begin with the wanted letter."""
    drawn = draw_forenames(custom, sex, born, rng)
    for _ in range(40):
        wrong = np.array([a[:1] != b[:1] or a == b for a, b in zip(drawn, first, strict=True)], dtype=bool)
        if not wrong.any():
            break
        drawn[wrong] = draw_forenames(custom[wrong], sex[wrong], born[wrong], rng)
    return drawn


def _member(heads: _Heads, member: Member, slot: int, rng: np.random.Generator) -> pl.DataFrame:
    """Draw one member of each household that has one."""
    count = len(heads.household)
    if member.relative:
        age = np.clip(heads.age + rng.integers(member.ages[0], member.ages[1] + 1, count), 16, 104)
    else:
        age = rng.integers(member.ages[0], member.ages[1] + 1, count)
    kin = member.surname != "own"
    mixed = rng.random(count) < (OTHER_CUSTOM if member.role == "partner" else 0.0)
    custom = np.where(mixed | (not kin and member.role != "partner"), draw_customs(count, rng), heads.custom)
    sex = _sexes(member.sex, heads.sex, count, age, rng)
    own = draw_surnames(custom, rng)
    takes = kin & (rng.random(count) < (0.7 if member.surname == "either" else 1.0))
    born = FIRST_NIGHT.year - age
    forename = draw_forenames(custom, sex, born, rng)
    if member.forename == "head":
        forename = heads.forename.copy()
    elif member.forename == "initial":
        forename = _like_initial(heads.forename, custom, sex, born, rng)
    return _frame(
        heads.household, slot, member.role,
        custom=np.where(takes, heads.custom, custom), sex=sex, age=age, forename=forename,
        family=np.where(takes, heads.family, own), maiden=own,
        married=np.full(count, member.role == "partner" and kin) & takes,
    )  # fmt: skip


def _frame(household: Whole, slot: int, role: str, **columns: npt.NDArray[np.generic]) -> pl.DataFrame:
    values = {name: pl.Series(values.tolist()) for name, values in columns.items()}
    frame = pl.DataFrame({"household": household, **values})
    return frame.with_columns(slot=pl.lit(slot, pl.Int16), role=pl.lit(role))


def _settle(household: Whole, kind: Household, rng: np.random.Generator) -> list[pl.DataFrame]:
    """Draw all the members of the households of one kind."""
    first = kind.members[0]
    heads = _heads(household, first, rng)
    married = np.full(len(household), any(member.surname != "own" for member in kind.members[1:2]))
    drawn = [
        _frame(
            household, 0, first.role, custom=heads.custom, sex=heads.sex, age=heads.age, forename=heads.forename,
            family=heads.family, maiden=heads.family, married=married,
        )
    ]  # fmt: skip
    model = heads
    for slot, member in enumerate(kind.members[1:], start=1):
        there = model if member.beside_child else heads
        some = there.at(rng.random(len(there.household)) < member.present)
        drawn.append(_member(some, member, slot, rng))
        if member.role == "child":
            model = _heads_of(drawn[-1])
    return drawn


def _heads_of(frame: pl.DataFrame) -> _Heads:
    texts = {name: frame[name].to_numpy().astype(object) for name in ("custom", "family", "sex", "forename")}
    numbers = {name: frame[name].to_numpy().astype(np.int64) for name in ("household", "age")}
    return _Heads(household=numbers["household"], age=numbers["age"], **texts)


def _titles(people: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    chance, learned = pl.Series("chance", rng.random(people.height)), pl.Series("learned", rng.random(people.height))
    age = pl.col("age")
    woman = (
        pl.when(pl.col("married") & (pl.col("chance") < 0.85) | (age > 65) & (pl.col("chance") < 0.8))
        .then(pl.lit("Mrs"))
        .when((age < 32) & (pl.col("chance") < 0.75))
        .then(pl.lit("Miss"))
        .otherwise(pl.lit("Ms"))
    )
    title = pl.when(pl.col("sex") == "F").then(woman).otherwise(pl.lit("Mr"))
    for word, above in LEARNED:
        unfit = (age < 28) | ((pl.col("sex") == "F") & pl.lit(word == "Sir"))
        title = pl.when((pl.col("learned") > above) & ~unfit).then(pl.lit(word)).otherwise(title)
    return people.with_columns(chance, learned).select(title=title)["title"]


def _name(drawn: Sequence[pl.DataFrame], rng: np.random.Generator) -> pl.DataFrame:
    """Finish people: dates of birth, middle names, the surnames they bear and those they bore before, titles."""
    people = pl.concat(drawn).sort("household", "slot")
    count = people.height
    people = people.with_columns(
        born=FIRST_NIGHT.year - pl.col("age"),
        own_style=pl.Series(rng.random(count)),
        # the age is the one they have reached on the first night
        dob=pl.lit(FIRST_NIGHT) - pl.duration(days=pl.col("age") * 365.25 + pl.Series(rng.integers(1, 365, count))),
        divorced=pl.Series(rng.random(count) < 0.35),
    )
    twin = (pl.col("role") == "twin") & (pl.col("household") == pl.col("household").shift(1))
    people = people.with_columns(dob=pl.when(twin).then(pl.col("dob").shift(1)).otherwise("dob"))
    people = people.with_columns(draw_middle_names(people, rng), _titles(people, rng))
    other = draw_surnames(people["custom"].to_numpy().astype(object), rng)
    maiden = people.select("custom", "sex", "own_style", family="maiden", married=pl.lit(False)).select(borne())
    people = people.with_columns(borne(), maiden=maiden["surname"], other=pl.Series(other.tolist()))
    woman = pl.col("sex") == "F"
    earlier = (
        pl.when(woman & pl.col("married") & (pl.col("maiden") != pl.col("surname")))
        .then("maiden")
        .when(woman & ~pl.col("married") & (pl.col("age") > 35) & pl.col("divorced"))
        .then("other")
    )
    return people.with_columns(earlier_surname=earlier, dob=pl.col("dob").cast(pl.Date)).with_row_index("person")


def _composition(kind: str) -> Household:
    if kind.startswith("care_home"):
        return care_home(int(kind.rsplit("_", 1)[1]))
    known = (*FAMILIES, SHARED_HOUSE, STUDENT_HOUSE, STUDENT_FLAT)
    return next(household for household in known if household.kind == kind)


def _give_students_parents(
    people: pl.DataFrame, households: pl.DataFrame, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make a third of the students children of families of the town."""
    students = people.filter(pl.col("role") == "student").select("person")
    local = students.filter(pl.Series(rng.random(students.height) < 0.34, dtype=pl.Boolean))
    kinds = ["couple", "couple_adult_children", "lone_parent_adult_child", "twins", "three_generations"]
    homes = households.filter(pl.col("kind").is_in(kinds), pl.col("dwelling").is_not_null(), pl.col("until").is_null())
    heads = people.filter(pl.col("slot") == 0, pl.col("age").is_between(40, 58)).join(homes, on="household")
    if heads.height == 0 or local.height == 0:
        return people, pl.DataFrame(schema={"person": pl.Int32, "dwelling": pl.Int32})
    chosen = heads.sort("person")[rng.integers(0, heads.height, local.height)]
    parents = local.with_columns(chosen["dwelling"], parent_family=chosen["family"], parent_custom=chosen["custom"])
    people = people.join(parents.drop("dwelling"), on="person", how="left", maintain_order="left").with_columns(
        family=pl.coalesce("parent_family", "family"), custom=pl.coalesce("parent_custom", "custom")
    )
    people = people.with_columns(surname=pl.when(pl.col("parent_family").is_null()).then("surname").otherwise(borne()))
    return people, parents.select(pl.col("person").cast(pl.Int32), pl.col("dwelling").cast(pl.Int32))


def settle(dwellings: pl.DataFrame, seed: int, *, arrivals: int = 0) -> Residents:
    """People the dwellings that stand on the first night.

    `dwellings` needs dwelling Int32, kind String and holds Int16. `arrivals` households more are drawn who have
    no dwelling yet: they come on later nights. The same seed gives the same people.

    >>> homes = pl.DataFrame({"dwelling": range(50), "kind": "house", "holds": 5})
    >>> settle(homes, 7).persons.equals(settle(homes, 7).persons)
    True
    """
    rng = generator(seed, "households")
    households = place_households(dwellings, arrivals, rng)
    drawn: list[pl.DataFrame] = []
    for (kind,), group in sorted(households.partition_by("kind", as_dict=True).items()):
        numbers = group["household"].to_numpy().astype(np.int64)
        drawn += _settle(numbers, _composition(str(kind)), generator(seed, f"people {kind}"))
    people = _name(drawn, generator(seed, "names"))
    people, parental = _give_students_parents(people, households, generator(seed, "students"))
    persons = people.select(PERSONS.keys()).cast(dict(PERSONS)).sort("person")  # type: ignore[arg-type]
    return Residents(persons, households.sort("household"), parental.sort("person"))


def age_on(day: date) -> pl.Expr:
    """Give each person's age in whole years on a day, from column dob."""
    had = (pl.col("dob").dt.month() * 100 + pl.col("dob").dt.day()) <= day.month * 100 + day.day
    return day.year - pl.col("dob").dt.year() - pl.when(had).then(0).otherwise(1)

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest

from svoc.rehearsal import Noise, Town, rehearse
from svoc.rehearsal.forwarding import forwarding_addresses
from svoc.rehearsal.joint_names import PARTS, couple_of_one_title, widen, written
from svoc.rehearsal.systems import PARTIES, Holding, in_force

SIZE, NIGHTS = 1200, 4


@cache
def town(noise: Noise | None = None) -> Town:
    return rehearse(Path(mkdtemp()) / "town", dwellings=SIZE, seed=5, nights=NIGHTS, noise=noise)


def holdings() -> tuple[Holding, Holding]:
    return town().council_tax, town().register


@pytest.mark.parametrize("index", [0, 1])
def test_one_version_of_a_record_is_in_force(index: int) -> None:
    holding = holdings()[index]
    for night in range(NIGHTS):
        now = holding.on(night)
        assert now.records["record"].is_unique().all()
        assert dict(now.parties.schema) == dict(PARTIES)
        orders = now.parties.group_by("record").agg(pl.col("party").sort())
        assert all(parties == list(range(1, len(parties) + 1)) for parties in orders["party"].to_list())


@pytest.mark.parametrize("index", [0, 1])
def test_most_of_a_system_stays_as_it_was_overnight(index: int) -> None:
    holding = holdings()[index]
    for night in range(1, NIGHTS):
        before, after = (holding.on(n).records.drop("from_night", "to_night", "version") for n in (night - 1, night))
        same = before.join(after, on=before.columns, how="semi", nulls_equal=True).height
        assert before.height * 0.97 < same <= before.height
    first, last = (holding.on(n).records.drop("from_night", "to_night", "version") for n in (0, NIGHTS - 1))
    assert first.join(last, on=first.columns, how="semi", nulls_equal=True).height < first.height


def test_a_dwelling_has_at_most_one_live_account() -> None:
    for night in range(NIGHTS):
        live = town().council_tax.on(night).records.filter(pl.col("liability_end").is_null())
        assert live["dwelling"].is_unique().all()


def test_nobody_is_twice_at_one_dwelling_of_a_register() -> None:
    for night in range(NIGHTS):
        now = town().register.on(night)
        entries = now.parties.join(now.records.select("record", "dwelling"), on="record").drop_nulls("dwelling")
        assert entries.select("person", "dwelling").is_unique().all()


def test_the_field_names_its_parties_in_order() -> None:
    now = town().council_tax.on(0)
    named = now.parties.filter(pl.col("text").is_null()).join(now.records.select("record", "liable_party"), on="record")
    assert (
        named.filter(~pl.col("liable_party").str.contains(pl.col("surname").str.to_uppercase(), literal=True)).height
        == 0
    )
    at = pl.col("liable_party").str.find(pl.col("forename").str.to_uppercase(), literal=True)
    long = named.filter(pl.col("forename").str.len_chars() > 3).with_columns(at=at).sort("record", "party")
    rising = long.filter(pl.len().over("record") == 2).group_by("record", maintain_order=True).agg("at", "forename")
    assert all(
        first <= second for first, second in rising.filter(pl.col("forename").list.n_unique() == 2)["at"].to_list()
    )


def test_what_is_no_person_has_none() -> None:
    parties = pl.concat([town().council_tax.parties, town().register.parties])
    assert parties.filter((pl.col("kind") == "person") != pl.col("person").is_not_null()).height == 0
    assert {"person", "organisation", "executor", "void"} <= set(parties["kind"])


def test_closed_accounts_say_where_people_went() -> None:
    records = town().council_tax.on(0).records
    closed = records.filter(pl.col("liability_end").is_not_null())
    assert closed.height > SIZE * 0.03
    assert (closed["liability_end"] >= closed["liability_start"]).all()
    assert {"dwelling", "uk", None} <= set(closed["forwarding"].to_list())


def test_landlords_live_elsewhere_and_may_have_two_accounts() -> None:
    now = town().council_tax.on(0)
    live = now.records.filter(pl.col("liability_end").is_null())
    owned = now.parties.join(live.select("record"), on="record").drop_nulls("person")["person"].value_counts()
    assert owned.filter(pl.col("count") > 1).height > 3
    assert {"overseas", "uk", "dwelling"} <= set(live["forwarding"].to_list())


def test_an_owners_letters_go_to_one_home_elsewhere_but_for_some_that_went_out_of_date() -> None:
    tax = town().council_tax
    lines = pl.DataFrame(schema={**{f"address_{n}": pl.String for n in range(1, 5)}, "postcode": pl.String})
    no_dwelling = lines.with_columns(dwelling=pl.lit(None, tax.records.schema["forwarding_dwelling"]))
    away = tax.records.filter((pl.col("version") == 1) & (pl.col("forwarding") == "uk"))
    owners = tax.parties.filter((pl.col("version") == 1) & (pl.col("party") == 1)).drop_nulls("person")
    owned = away.join(owners, on="record").filter(pl.len().over("person") > 1).select("record", "person")
    home = pl.concat_str(pl.col("^forwarding_.*$"), separator=", ", ignore_nulls=True)
    others = 0
    for seed in range(40):
        sent = forwarding_addresses(tax, no_dwelling, seed).filter(pl.col("version") == 1).select("record", home=home)
        homes = owned.join(sent, on="record").group_by("person").agg(pl.col("home").n_unique())
        others += int((homes["home"] > 1).sum())
    pairs = 40 * owned["person"].n_unique()
    assert 0.1 < others / pairs < 0.4


def test_only_attainers_have_a_date_of_birth() -> None:
    entries = town().register.on(0).records
    share = entries["dob"].drop_nulls().len() / entries.height
    assert 0 < share < 0.03


def test_anonymous_electors_have_neither_name_nor_address() -> None:
    register = town(Noise.none()).register
    for each in (register, town().register):
        hidden = each.records.filter(pl.col("markers").str.contains("N").fill_null(False))
        assert hidden["dwelling"].null_count() == hidden.height
        assert each.parties.join(hidden, on="record", how="semi").height == 0


def test_some_movers_are_still_registered_where_they_were() -> None:
    now, people = town().register.on(0), town().people
    moved = people.households.filter(pl.col("came_from").is_not_null(), pl.col("until").is_null())
    movers = people.persons.join(moved.select("household", "came_from"), on="household")
    old = now.parties.join(now.records.select("record", "dwelling"), on="record").join(movers, on="person")
    lagging = old.filter(pl.col("dwelling") == pl.col("came_from"))
    assert 0.2 < lagging["household"].n_unique() / moved.height < 0.75


def test_without_noise_every_name_is_the_true_one() -> None:
    clean = town(Noise.none())
    for holding in (clean.council_tax, clean.register):
        named = holding.on(0).parties.filter(pl.col("text").is_null())
        true = named.join(clean.people.persons, on="person", suffix="_true")
        for part in ("title", "forename", "surname"):
            assert (true[part] == true[f"{part}_true"]).all()


def test_more_noise_makes_more_wrong() -> None:
    def right(noise: Noise) -> float:
        made = town(noise)
        now = made.council_tax.on(0).parties.join(made.people.persons, on="person", suffix="_true")
        return float((now["surname"] == now["surname_true"]).mean() or 0)  # type: ignore[arg-type]

    plain = Noise()
    assert right(replace(plain, surname_typo=0.3)) < right(plain) - 0.1


def wide(*people: tuple[str | None, ...], form: float = 0.1) -> pl.DataFrame:
    rows = [
        {"record": 1, "version": 1, "party": party, **dict(zip(PARTS, person, strict=True))}
        for party, person in enumerate(people, start=1)
    ]
    frame = widen(pl.DataFrame(rows, schema_overrides=dict.fromkeys(PARTS, pl.String)))
    return frame.with_columns(form=pl.lit(form), link=pl.lit(0.6), couple=pl.lit(0.0))


JOHN = ("Mr", "John", None, "Smith", None)
ANN = ("Mrs", "Ann", "L", "Smith", None)
KAY = ("Ms", "Kay", None, "O'Neill", None)
FIRM = (None, None, None, None, "ACME LETTINGS LTD")


@pytest.mark.parametrize(
    ("people", "form", "field"),
    [
        ((JOHN,), 0.1, "MR JOHN SMITH"),
        ((JOHN,), 0.95, "SMITH,MR JOHN"),
        ((JOHN, ANN), 0.1, "MR JOHN & MRS ANN L SMITH"),
        ((JOHN, ANN), 0.5, "MR JOHN SMITH & MRS ANN L SMITH"),
        ((JOHN, ANN), 0.92, "SMITH,MR JOHN & MRS ANN L"),
        ((JOHN, KAY), 0.98, "MR JOHN SMITH & MS KAY O'NEILL"),
        ((JOHN, KAY, ANN), 0.1, "MR JOHN SMITH & MS KAY O'NEILL & MRS ANN L SMITH"),
        ((FIRM,), 0.95, "ACME LETTINGS LTD"),
    ],
)
def test_joint_names_are_written_in_many_ways(
    people: tuple[tuple[str | None, ...], ...], form: float, field: str
) -> None:
    assert wide(*people, form=form).select(written(pl.lit(False))).item() == field


def test_a_couple_may_be_written_under_one_title() -> None:
    together = couple_of_one_title("couple", 0.5)
    assert wide(JOHN, ANN).select(written(together)).item() == "MR & MRS JOHN SMITH"
    assert wide(JOHN, KAY).select(written(together)).item() == "MR JOHN SMITH & MS KAY O'NEILL"


def test_the_forename_that_a_field_does_not_give_is_not_held() -> None:
    now = town().council_tax.on(0)
    joined = now.records.filter(pl.col("liable_party").str.starts_with("MR & MRS "))
    wives = now.parties.filter(pl.col("party") == 2).join(joined, on="record", how="semi")
    assert wives.height > 10
    assert wives["forename"].null_count() == wives.height
    assert wives["person"].null_count() == 0


def test_a_version_ends_when_the_next_begins() -> None:
    frame = pl.DataFrame(
        {"record": ["a", "a", "b"], "version": [1, 2, 1], "from_night": [0, 2, 1], "to_night": [None, None, 3]}
    )
    assert in_force(frame)["to_night"].to_list() == [2, None, 3]


def test_a_revised_register_gives_the_same_people_other_numbers(tmp_path: Path) -> None:
    made = rehearse(tmp_path, dwellings=400, seed=5, nights=4, revised=2)
    nights = [made.register.on(night) for night in range(4)]
    homes = [night.records.select("record", "dwelling").drop_nulls() for night in nights]
    entries = [
        night.parties.select("record", "person").join(home, on="record")
        for night, home in zip(nights, homes, strict=True)
    ]
    assert all(each["record"].is_unique().all() for each in entries)
    before, after = entries[1], entries[2]
    both = before.join(after, on=["person", "dwelling"])
    assert both.height > 0.95 * before.height
    assert (both["record"] != both["record_right"]).sum() > 0.99 * both.height
    reused = before.join(after, on="record").filter(pl.col("person") != pl.col("person_right"))
    assert reused.height > 0.95 * before.height  # a number is no key of a person
    assert (
        (entries[0].join(entries[1], on="record").select(pl.col("person") == pl.col("person_right"))).to_series().all()
    )

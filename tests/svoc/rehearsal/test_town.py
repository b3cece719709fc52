import json
import tomllib
from pathlib import Path

import polars as pl
import pytest

from gazetteer.formats import read_tables
from svoc.rehearsal import Noise, Town, rehearse
from svoc.settings import CouncilSettings
from svoc.sources.catalogue import read_extract
from svoc.sources.life_events import as_records, read_events

DAYS = ("2026-11-02", "2026-11-03", "2026-11-04")
KEY = ["source", "record", "party"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return rehearse(tmp_path_factory.mktemp("rehearsal") / "town", dwellings=500, seed=9)


def table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_everything_a_night_reads_is_there(town: Town) -> None:
    names = set(everything(town.folder))
    extracts = {f"extracts/{source}_{day}.csv" for source in ("council_tax", "electoral_register") for day in DAYS}
    events = {f"life_events/deaths_{day}.{form}" for day in DAYS[1:] for form in ("xml", "json")}
    gazetteer = {"llpg.csv", "addressbase.csv", *(f"llpg_changes_{day}.csv" for day in DAYS[1:])}
    truths = {"truth.csv", "people.csv", "life_events_truth.csv", *(f"truth_{day}.csv" for day in DAYS)}
    registrar = {f"life_events/registrar_{day}.csv" for day in DAYS[1:]}
    assert names == {"council.toml"} | extracts | events | gazetteer | truths | registrar


def test_the_same_town_has_the_same_bytes(town: Town, tmp_path: Path) -> None:
    again = rehearse(tmp_path, dwellings=500, seed=9)
    assert everything(again.folder) == everything(town.folder)


def test_noise_of_one_is_the_calibrated_town(town: Town, tmp_path: Path) -> None:
    again = rehearse(tmp_path, dwellings=500, seed=9, noise=Noise().times(1))
    assert everything(again.folder) == everything(town.folder)


def test_everybody_named_is_somebody_of_a_household(town: Town) -> None:
    people, truth = table(town.folder / "people.csv"), table(town.folder / "truth.csv")
    assert people.columns == ["person", "household", "forename", "surname", "born"]
    assert people["person"].is_unique().all()
    assert set(truth["person"].drop_nulls()) <= set(people["person"])
    assert 1.5 < people.height / people["household"].n_unique() < 3
    together = people.group_by("household", "surname", "born").len().filter(pl.col("len") > 1)
    assert together.height > 0, "a town has twins"


def test_seed_and_noise_make_other_towns(town: Town, tmp_path: Path) -> None:
    other = rehearse(tmp_path / "seed", dwellings=500, seed=10)
    calm = rehearse(tmp_path / "noise", dwellings=500, seed=9, noise=Noise.none())
    for each in (other, calm):
        assert table(each.folder / "extracts/council_tax_2026-11-02.csv").height > 450
        assert (
            everything(each.folder)["extracts/council_tax_2026-11-02.csv"]
            != everything(town.folder)["extracts/council_tax_2026-11-02.csv"]
        )


def test_the_truth_of_the_last_night_is_the_truth(town: Town) -> None:
    assert everything(town.folder)["truth.csv"] == everything(town.folder)[f"truth_{DAYS[-1]}.csv"]
    truth = table(town.folder / "truth.csv")
    assert truth.columns == [*KEY, "person", "uprn"]
    assert truth.select(KEY).is_unique().all()
    assert truth.height == town.truth.height


def test_settings_are_read_without_a_fault(town: Town) -> None:
    settings = CouncilSettings.read(town.settings)
    assert [source.name for source in settings.sources] == ["council_tax", "electoral_register"]
    assert settings.life_events.path == "life_events/*"
    for path in settings.gazetteer.path:
        assert (town.folder / path).exists()


def test_registers_are_headed_as_the_settings_say(town: Town) -> None:
    data = tomllib.loads(town.settings.read_text())
    for source, name in zip(data["sources"], ("council_tax", "electoral_register"), strict=True):
        wanted = {
            heading for each in source["columns"].values() for heading in ([each] if isinstance(each, str) else each)
        }
        assert wanted <= set(table(town.folder / f"extracts/{name}_2026-11-02.csv").columns)


def read_back(folder: Path, day: str = DAYS[0]) -> pl.DataFrame:
    """Set what svoc reads of a night beside the truth of it."""
    settings = CouncilSettings.read(folder / "council.toml")
    extracts = [
        read_extract(source, next(folder.glob(f"extracts/{source.name}_{day}*"))) for source in settings.sources
    ]
    truth = table(folder / f"truth_{day}.csv").with_columns(pl.col("party").cast(pl.Int16))
    read = pl.concat([extract.records for extract in extracts])
    return truth.join(read.select(*KEY, "kind", "surname", "supplied_uprn"), on=KEY, how="full", coalesce=True)


@pytest.mark.parametrize(
    ("council_tax", "register"),
    [("columns", "columns"), ("nfi", "xpress13"), ("nfi", "xpress14"), ("columns", "eros"), ("columns", "pdcode")],
)
def test_every_party_of_the_truth_is_read(tmp_path: Path, council_tax: str, register: str) -> None:
    layouts = {"council_tax": council_tax, "electoral_register": register}
    made = rehearse(tmp_path, dwellings=400, seed=4, nights=2, layouts=layouts)
    for day in DAYS[:2]:
        found = read_back(made.folder, day)
        assert found["kind"].null_count() == 0  # nobody of the truth is overlooked
        assert found["uprn"].null_count() < 20  # and nobody is read who is not in it (overseas electors have no home)
        assert found.filter((pl.col("kind") == "person") != pl.col("person").is_not_null()).height == 0


def test_academy_writes_its_tables(tmp_path: Path) -> None:
    made = rehearse(tmp_path, dwellings=400, seed=4, nights=2, layouts={"council_tax": "academy"})
    folder = made.folder / "extracts/council_tax_2026-11-03"
    account, liable = table(folder / "ctaccount.csv"), table(folder / "ctliability.csv")
    assert sorted(path.stem for path in folder.iterdir()) == ["ctaccount", "ctliability", "ctoccupation", "ctproperty"]
    lengths = [int(name.str.len_chars().max() or 0) for name in (account["lead_liab_name"], liable["liab_name"])]  # type: ignore[arg-type]
    assert max(lengths) == 32
    truth = table(made.folder / "truth_2026-11-03.csv").filter(pl.col("source") == "council_tax")
    assert (
        liable.select(record="account_ref", party="liab_pers_occ")
        .sort("record", "party")
        .equals(truth.select("record", "party").sort("record", "party"))
    )
    read = read_back(made.folder)
    assert read["kind"].null_count() == 0


def test_uprns_are_mostly_there_and_mostly_right(town: Town) -> None:
    found = read_back(town.folder).filter(pl.col("uprn").is_not_null())
    missing = found["supplied_uprn"].null_count() / found.height
    assert 0.04 < missing < 0.16
    held = found.drop_nulls("supplied_uprn")
    wrong = held.filter(pl.col("supplied_uprn").cast(pl.String) != pl.col("uprn")).height / held.height
    assert 0 < wrong < 0.02


def test_true_uprns_are_in_the_gazetteer(town: Town) -> None:
    listed = read_tables(town.folder / "llpg.csv").properties["uprn"].cast(pl.String)
    first = table(town.folder / "truth_2026-11-02.csv")["uprn"].drop_nulls()
    assert first.is_in(listed.implode()).all()


def test_life_events_are_read_and_are_about_whom_the_truth_says(town: Town) -> None:
    files = sorted((town.folder / "life_events").iterdir())
    told = [read_events(path) for path in files]
    assert [list(each.faults) for each in told] == [[] for _ in files]
    truth = table(town.folder / "life_events_truth.csv")
    events = pl.concat([each.events for each in told])
    assert set(as_records(events)["record"]) <= set(truth["record"])
    deaths = truth.filter(pl.col("kind") == "death", pl.col("person").is_not_null())
    assert {record.split(":")[0] for record in deaths["record"]} == {"gro", "govuk", "registrar"}
    people = town.people.persons.with_columns(code=pl.format("P{}", pl.col("person").cast(pl.String).str.zfill(7)))
    born = events.select(pl.concat_str("sender", pl.lit(":"), "reference").alias("record"), "dob", "surname")
    both = truth.join(born, on="record").join(people, left_on="person", right_on="code")
    assert (both["dob"] == both["dob_right"]).all()
    assert both.height >= truth["person"].drop_nulls().len()


def test_one_death_is_taken_back_on_the_last_night(town: Town) -> None:
    truth = table(town.folder / "life_events_truth.csv")
    cancelled = truth.filter(pl.col("cancelled") == "true")
    assert cancelled["night"].to_list() == ["2"]
    first = truth.filter(pl.col("record") == cancelled["record"].item(), pl.col("cancelled") == "false")
    assert first["night"].to_list() == ["1"]
    xml = (town.folder / f"life_events/deaths_{DAYS[2]}.xml").read_text()
    assert "<RecordUpdateReason>4</RecordUpdateReason>" in xml
    dead = town.events.filter(pl.col("kind") == "death")["person"].drop_nulls().to_list()
    assert int(cancelled["person"].item()[1:]) not in dead


def test_events_of_the_nights_show_in_the_extracts(town: Town) -> None:
    kinds = set(town.events["kind"])
    assert {"move", "leave", "arrive", "death", "marriage", "correction"} <= kinds
    first, last = (table(town.folder / f"extracts/council_tax_{day}.csv") for day in (DAYS[0], DAYS[2]))
    new = last.join(first, on="account_ref", how="anti")
    changed = last.join(first, on=last.columns, how="anti", nulls_equal=True)
    assert 4 <= new.height < changed.height < 60
    closed = changed.filter(pl.col("liability_end").is_in(DAYS[1:]))
    assert closed.height >= 4


def test_govuk_events_are_security_event_tokens(town: Town) -> None:
    events = json.loads((town.folder / f"life_events/deaths_{DAYS[1]}.json").read_text())
    assert all({"iss", "iat", "jti", "events"} == set(event) for event in events)


def test_a_night_alone_needs_no_events(tmp_path: Path) -> None:
    made = rehearse(tmp_path, dwellings=20, seed=1, nights=1)
    assert made.events.height == 0
    assert not list((made.folder / "life_events").iterdir())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"dwellings": 19}, "at least 20"),
        ({"nights": 0}, "one night"),
        ({"layouts": {"council_tax": "xpress13"}}, "columns, academy, nfi"),
        ({"layouts": {"libraries": "columns"}}, "no such layout"),
    ],
)
def test_towns_that_cannot_be_are_refused(tmp_path: Path, wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rehearse(tmp_path / "none", **wrong)  # type: ignore[arg-type]
    assert not (tmp_path / "none").exists()


def test_a_library_is_a_third_source(tmp_path: Path) -> None:
    made = rehearse(tmp_path, dwellings=300, seed=6, nights=2, library=True)
    found = read_back(made.folder).filter(pl.col("source") == "library")
    assert found.height > 80
    assert found.null_count().select("kind", "person", "uprn").sum_horizontal().item() == 0
    cards = table(made.folder / "extracts/library_2026-11-02.csv")
    known = cards.join(table(made.folder / "truth.csv"), left_on="CardNo", right_on="record")
    phones = known.drop_nulls("Phone").group_by("person").agg(pl.col("Phone").n_unique())
    assert (phones["Phone"] == 1).all()
    assert 0.02 < cards["DateOfBirth"].null_count() / cards.height < 0.25

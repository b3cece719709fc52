"""From files that nobody described to a committed first night: `svoc init`, then `svoc night`."""

import csv
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from svoc.beginning.recognise import recognise
from svoc.beginning.start import begin
from svoc.cli import app
from svoc.errors import SettingsError
from tests.svoc.beginning.test_headings import written

BARCHESTER = Path(__file__).parents[2] / "docs" / "barchester"
ACCOUNTS = {
    "account_ref": "Acct No",
    "liable_party": "Charge Payer",
    **{f"address_{n}": f"Dwelling Ln{n}" for n in range(1, 5)},
    "postcode": "P/Code",
    "uprn": "LLPG UPRN",
    "liability_start": "Liable From",
    "liability_end": "Liable To",
}
ELECTORS = {
    "ElectorKey": "RollKey",
    "ElectorTitle": "Ttl",
    "ElectorSurname": "Family Name",
    "ElectorForename": "Given Names",
    "ElectorMiddleName": "Mid Name",
    "ElectorDOB": "Birth Dt",
    "Markers": "Franchise",
    **{f"Address{n}": f"Reg Addr {n}" for n in range(1, 7)},
    "Postcode": "PCD",
}


def renamed(source: Path, target: Path, headings: dict[str, str]) -> Path:
    """Copy an extract under other headings."""
    first, _, rest = source.read_text(encoding="utf-8").partition("\n")
    named = [headings.get(heading, heading) for heading in next(csv.reader([first]))]
    target.write_text(",".join(named) + "\n" + rest, encoding="utf-8")
    return target


@pytest.fixture
def strange(tmp_path: Path) -> list[str]:
    """Give the small Barchester with column names that no supplier has."""
    files = [
        BARCHESTER / "llpg.csv",
        renamed(BARCHESTER / "council_tax.csv", tmp_path / "ct_dump.csv", ACCOUNTS),
        renamed(BARCHESTER / "register.csv", tmp_path / "people_dump.csv", ELECTORS),
    ]
    return [str(file) for file in files]


def test_two_extracts_with_unfamiliar_columns_go_to_a_committed_night(tmp_path: Path, strange: list[str]) -> None:
    home = tmp_path / "home"
    begun = CliRunner().invoke(app, ["init", str(home), "--name", "Barchester", *strange])
    assert begun.exit_code == 0, begun.output
    assert "council.toml is sound" in begun.output
    night = CliRunner().invoke(app, ["night", str(home / "council.toml")])
    assert night.exit_code == 0, night.output
    assert "8 new" in night.output
    assert "5 persons" in night.output


def test_nothing_is_overwritten(tmp_path: Path, strange: list[str]) -> None:
    (tmp_path / "council.toml").write_text("mine", encoding="utf-8")
    refused = CliRunner().invoke(app, ["init", str(tmp_path), *strange])
    assert refused.exit_code == 2
    assert (tmp_path / "council.toml").read_text(encoding="utf-8") == "mine"


def test_no_value_of_a_file_is_shown(tmp_path: Path, strange: list[str]) -> None:
    begun = CliRunner().invoke(app, ["init", str(tmp_path / "home"), "--json", *strange])
    told = json.loads(begun.stdout)
    assert told["fault"] is None
    text = begun.stdout + (tmp_path / "home" / "council.toml").read_text(encoding="utf-8")
    assert not [word for word in ("Okoro", "OKORO", "SMITH", "King St", "PL4") if word in text]


def test_what_cannot_be_told_is_asked(tmp_path: Path) -> None:
    """A file whose columns point to two kinds alike is asked about, and the answer holds."""
    file = tmp_path / "list.csv"
    file.write_text("Liable,Elector,Ref,Surname,Address\n1,2,A1,Fern,1 Fern Road\n3,4,A2,Ash,2 Fern Road\n", "utf-8")
    questions: list[str] = []

    def asked(question: str, answers: object) -> str:
        questions.append(question)
        return "generic" if answers else "Barchester"

    begun = begin(tmp_path / "home", [file], ask=asked)
    assert [found.kind for found in begun.found] == ["generic"]
    assert len(questions) == 2
    assert 'name = "Barchester"' in begun.settings.read_text(encoding="utf-8")


def test_a_kind_that_is_given_counts_for_more_than_what_a_file_looks_like(tmp_path: Path) -> None:
    file = written(tmp_path, "tenants")
    (found,) = recognise([file], {file.name: "council_tax"})
    assert found.kind == "council_tax"
    with pytest.raises(SettingsError, match=r"did you mean tenants\.csv"):
        begin(tmp_path / "home", [file], kinds={"tenant.csv": "generic"})


def test_a_file_of_each_night_is_one_source(tmp_path: Path) -> None:
    for day in ("2026-11-02", "2026-11-03"):
        renamed(BARCHESTER / "council_tax.csv", tmp_path / f"ct_{day}.csv", ACCOUNTS)
    begun = begin(tmp_path, [tmp_path], name="Barchester")
    assert 'path = "ct_*.csv"' in begun.settings.read_text(encoding="utf-8")
    assert len(begun.found) == 1


LAYOUTS = ("council_tax=academy", "council_tax=nfi", "electoral_register=eros", "electoral_register=xpress14")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layouts_of_suppliers_are_known_without_a_word(layout: str, tmp_path: Path) -> None:
    """A town whose files lie elsewhere, in a supplier's layout, is sound as it is found."""
    town = tmp_path / "town"
    made = CliRunner().invoke(
        app, ["rehearse", str(town), "--dwellings", "80", "--seed", "3", "--nights", "1", "--layout", layout]
    )
    assert made.exit_code == 0, made.output
    files = [str(file) for file in (town / "extracts").rglob("*") if file.is_file()]
    begun = CliRunner().invoke(app, ["init", str(tmp_path / "home"), "--name", "B", str(town / "llpg.csv"), *files])
    assert begun.exit_code == 0, begun.output
    text = (tmp_path / "home" / "council.toml").read_text(encoding="utf-8")
    assert f'layout = "{layout.partition("=")[2].rstrip("0123456789")}"' in text
    assert 'mode = "update"' not in text


def test_a_file_without_headings_is_not_shown_as_if_it_had_some(tmp_path: Path) -> None:
    file = tmp_path / "bare.csv"
    file.write_text("17,Zebedee,Fern,1 Fern Road,ZQ1 1AA\n18,Ann,Ash,2 Fern Road,ZQ1 1AA\n", encoding="utf-8")
    begun = begin(tmp_path / "home", [file], name="Barchester")
    assert "Zebedee" not in begun.words + begun.settings.read_text(encoding="utf-8")
    assert "first row does not look like headings" in begun.words


SAMPLES = Path(os.environ.get("SVOC_SAMPLES", "/nowhere"))


@pytest.mark.skipif(not (SAMPLES / "electoral").is_dir(), reason="the folder of samples (SVOC_SAMPLES) is not here")
def test_real_files_are_known_for_what_they_are() -> None:
    """Lists of polling stations are no register, supplies are gazetteers, a registrar's file tells of events."""
    polling = [file for file in (SAMPLES / "electoral").iterdir() if file.suffix.casefold() == ".csv"]
    assert {found.kind for found in recognise(polling, {})} == {""}
    supplies = sorted((SAMPLES / "gazetteer").glob("abp_v*.csv"))
    assert {found.kind for found in recognise(supplies, {})} == {"gazetteer"}
    (told,) = recognise([SAMPLES / "life_events" / "DWP_D_20220301.xml"], {})
    assert told.kind == "life_events"

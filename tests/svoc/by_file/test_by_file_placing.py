"""Places files of addresses without a council: what is found unaided, what is refused, and what is written."""

import csv
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gazetteer import Gazetteer, resolve
from svoc.by_file import place_file
from svoc.by_file.summary import summary
from svoc.errors import InputFaults, SettingsError

LLPG = """uprn,address,postcode
10000000001,"1 MARKET STREET, OAKBY",ZZ9 9AA
10000000002,"2 MARKET STREET, OAKBY",ZZ9 9AA
10000000003,"FLAT 1, 3 MARKET STREET, OAKBY",ZZ9 9AA
10000000004,"FLAT 2, 3 MARKET STREET, OAKBY",ZZ9 9AA
10000000005,"ROSE COTTAGE, CHURCH LANE, OAKBY",ZZ9 9AB
"""
ADDED = ["outcome", "uprn", "rung", "certainty", "reason", "matched", "rivals"]
TOOK = ("seconds", "seconds_placing")


@pytest.fixture(scope="module")
def llpg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("gazetteer") / "llpg.csv"
    file.write_text(LLPG, encoding="utf-8")
    return file


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def placed(
    llpg: Path,
    addresses: Path,
    *,
    address: list[str] | None = None,
    postcode: str | None = None,
    uprn: str | None = None,
    form: str = "csv",
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    out = addresses.parent / f"placed.{form}"
    figures = place_file(llpg, addresses, out, address=address or [], postcode=postcode, uprn=uprn)
    if form == "parquet":
        return figures, pl.read_parquet(out).to_dicts()
    with out.open(encoding="utf-8", newline="") as opened:
        return figures, list(csv.DictReader(opened))


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("address,postcode", '"2 Market Street, Oakby",zz99aa'),
        ("Full Address", '"2 Market Street, Oakby, ZZ9 9AA"'),
        ("address_1,address_2,post_code", "2 Market St,Oakby,ZZ9 9AA"),
        ("Address1,Address2,Address3,Postcode", "2,Market Street,Oakby,ZZ9 9AA"),
        ("AddressLine1,AddressLine2,POST CODE", "2 Market Street,Oakby,ZZ9 9AA"),
        ("Address Line 2,Address Line 1,Postcode", "Oakby,2 Market Street,ZZ9 9AA"),
        ("Address,Address 2,Town,Postcode", "2 Market Street,,Oakby,ZZ9 9AA"),
        ("add1,add2,postcode", "2 Market Street,Oakby,ZZ9 9AA"),
    ],
)
def test_columns_are_found_by_headings_that_are_well_known(llpg: Path, tmp_path: Path, headings: str, row: str) -> None:
    _, rows = placed(llpg, written(tmp_path, "a.csv", f"ref,{headings}\nA1,{row}\n"))
    assert (rows[0]["ref"], rows[0]["outcome"], rows[0]["uprn"]) == ("A1", "exact", "10000000002")


@pytest.mark.parametrize("name", ["a.tsv", "a.txt", "a.csv"])
def test_columns_may_be_parted_by_tabs(llpg: Path, tmp_path: Path, name: str) -> None:
    text = "ref\taddress\tpostcode\nA1\t2 Market Street, Oakby\tZZ9 9AA\n"
    _, rows = placed(llpg, written(tmp_path, name, text))
    assert (rows[0]["ref"], rows[0]["uprn"]) == ("A1", "10000000002")


def test_columns_that_are_named_are_read_in_their_order(llpg: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "road,no,code,address\nMarket Street,1,ZZ9 9AA,nowhere at all\n")
    figures, rows = placed(llpg, file, address=["NO", "road"], postcode="code")
    assert rows[0]["uprn"] == "10000000001"
    assert (figures["address from"], figures["postcode from"]) == ("no, road", "code")
    assert "uprn from" not in figures


@pytest.mark.parametrize("option", ["address", "postcode", "uprn"])
def test_a_named_column_that_is_not_there_is_refused_with_the_nearest(llpg: Path, tmp_path: Path, option: str) -> None:
    file = written(tmp_path, "a.csv", "address,postcode,uprn\n1 Market Street,ZZ9 9AA,\n")
    named: dict[str, Any] = {option: [f"{option}x"] if option == "address" else f"{option}x"}
    with pytest.raises(
        SettingsError, match=rf"a\.csv: has no column {option}x \(--{option}\); did you mean {option}\?"
    ):
        placed(llpg, file, **named)
    assert not (tmp_path / "placed.csv").exists()


def test_a_file_in_which_no_address_is_known_says_what_it_has(llpg: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="name it with --address; it has whereabouts, uprn"):
        placed(llpg, written(tmp_path, "a.csv", "whereabouts,uprn\n1 Market Street,1\n"))


def test_every_row_and_column_stays_in_its_order(llpg: Path, tmp_path: Path) -> None:
    lines = ["z,address,a", "3,ROSE COTTAGE CHURCH LANE OAKBY,x", "1,,y", "2,3 Market Street Oakby ZZ9 9AA,z"]
    figures, rows = placed(llpg, written(tmp_path, "a.csv", "\n".join(lines)))
    assert list(rows[0]) == ["z", "address", "a", *ADDED]
    assert [row["z"] for row in rows] == ["3", "1", "2"]
    assert [row["outcome"] for row in rows] == ["exact", "none", rows[2]["outcome"]]
    assert rows[2]["outcome"] in {"building", "ambiguous"}
    assert figures["addresses"] == 3
    assert (figures["outcome_exact"], figures["outcome_none"], figures["rung_empty"]) == (1, 1, 1)
    assert sum(n for name, n in figures.items() if name.startswith("outcome_")) == 3
    assert sum(n for name, n in figures.items() if name.startswith("rung_")) == 3
    assert sum(n for rungs in figures["outcomes"].values() for n in rungs.values()) == 3
    assert figures["outcomes"]["none"] == {"empty": 1}
    assert figures["seconds"] >= figures["seconds_placing"] > 0


def test_a_supplied_uprn_is_used_and_keeps_its_column(llpg: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "address,postcode,uprn\n1 Market Street,ZZ9 9AA,010000000001.0\n")
    figures, rows = placed(llpg, file)
    assert (rows[0]["supplied_uprn"], rows[0]["uprn"]) == ("010000000001.0", "10000000001")
    assert rows[0]["rung"] == "supplied_uprn"
    assert figures["uprn from"] == "uprn"


def test_what_was_placed_can_be_placed_again(llpg: Path, tmp_path: Path) -> None:
    first = written(tmp_path, "a.csv", "address,uprn,supplied_uprn\n1 Market Street Oakby ZZ9 9AA,,7\n")
    _, rows = placed(llpg, first)
    again = (tmp_path / "placed.csv").rename(tmp_path / "b.csv")
    _, twice = placed(llpg, again)
    assert rows[0]["uprn"] == twice[0]["uprn"] == "10000000001"
    assert [name for name in twice[0] if "uprn" in name] == [
        "supplied_uprn_",
        "supplied_uprn",
        "supplied_uprn__",
        "uprn",
    ]


def test_rivals_are_joined_by_spaces_in_csv_and_a_list_in_parquet(llpg: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "address,uprn\n1 Market Street Oakby ZZ9 9AA,10000000005\n")
    _, told = placed(llpg, file)
    _, kept = placed(llpg, file, form="parquet")
    assert told[0]["outcome"] == kept[0]["outcome"] == "ambiguous"
    assert kept[0]["rivals"]
    assert told[0]["rivals"] == " ".join(map(str, kept[0]["rivals"]))


def test_parquet_in_keeps_its_dtypes(llpg: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    given = pl.DataFrame({"n": [7, 8], "address": ["1 Market Street, Oakby", None], "uprn": [10000000001, None]})
    given.write_parquet(file)
    out = tmp_path / "out.parquet"
    place_file(llpg, file, out, address=[], postcode=None, uprn=None)
    frame = pl.read_parquet(out)
    assert frame.select("n", "address", uprn="supplied_uprn").equals(given)
    assert frame.schema["uprn"] == pl.Int64
    assert frame["uprn"].to_list() == [10000000001, None]


def test_columns_that_no_csv_can_hold_are_refused(llpg: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pl.DataFrame({"deep": [{"x": 1}], "tags": [[1, 2]], "address": ["1 Market Street"]}).write_parquet(file)
    with pytest.raises(SettingsError, match=r"columns deep do not fit"):
        placed(llpg, file)
    pl.read_parquet(file).drop("deep").write_parquet(tmp_path / "b.parquet")
    assert placed(llpg, tmp_path / "b.parquet")[1][0]["tags"] == "1 2"


def test_batches_give_what_one_piece_gives(llpg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svoc.by_file.placing.BATCH", 2)
    texts = ["1 Market Street, Oakby", "2 Market St", "Flat 2, 3 Market Street", "", "Rose Cotage, Church Lane"]
    file = tmp_path / "a.parquet"
    pl.DataFrame({"address": texts, "postcode": ["ZZ9 9AA"] * 4 + ["ZZ9 9AB"]}).write_parquet(file)
    _, rows = placed(llpg, file, form="parquet")
    whole = resolve(pl.read_parquet(file), Gazetteer.read(llpg))
    assert [row["uprn"] for row in rows] == whole["uprn"].to_list()
    assert [row["rung"] for row in rows] == whole["rung"].to_list()


def test_a_file_without_rows_is_placed_in_no_time(llpg: Path, tmp_path: Path) -> None:
    figures, rows = placed(llpg, written(tmp_path, "a.csv", "address,postcode\n"))
    assert "\nall                    0  100.0%\n" in summary(figures)
    assert (figures["addresses"], rows) == (0, [])
    assert (tmp_path / "placed.csv").read_text(encoding="utf-8").startswith("address,postcode,outcome,uprn")


def test_a_text_that_a_spreadsheet_would_run_is_written_harmless(llpg: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "note,more,address\n=1+1,-x,1 Market Street Oakby ZZ9 9AA\n")
    row = placed(llpg, file)[1][0]
    assert (row["note"], row["more"], row["uprn"]) == ("'=1+1", "'-x", "10000000001")
    assert placed(llpg, file, form="parquet")[1][0]["note"] == "=1+1"


def test_a_property_list_of_an_electoral_system_is_recognised(llpg: Path, tmp_path: Path) -> None:
    """The supplier repeats headings for the polling place: the first address is the property's."""
    lines = [
        "HouseID,AddressLine1,AddressLine2,Postcode,UPRN,PollingVenueID,line,Postcode",
        "",
        "1,2 Market Street,Oakby,ZZ9 9AA,10000000002,V1,a,ZZ1 1ZZ",
        "2,Flat 2,3 Market Street,ZZ9 9AA,,V1,b,ZZ1 1ZZ",
    ]
    figures, rows = placed(llpg, written(tmp_path, "a.csv", "\n".join(lines)))
    assert figures["read as"] == "Halarose"
    assert [row["uprn"] for row in rows] == ["10000000002", "10000000004"]
    assert [row["Postcode_8"] for row in rows] == ["ZZ1 1ZZ"] * 2
    assert [row["line"] for row in rows] == ["a", "b"]


def test_samples_of_property_lists_are_placed_row_by_row(llpg: Path, tmp_path: Path, samples: Path) -> None:
    files = sorted(p for p in (samples / "electoral").glob("ems-*") if p.suffix.lower() == ".csv")
    assert files
    for file in files:
        figures = place_file(llpg, file, tmp_path / "out.csv", address=[], postcode=None, uprn=None)
        assert figures["read as"]
        assert figures["addresses"] == pl.read_csv(tmp_path / "out.csv", infer_schema=False).height > 0
        assert "rung_empty" not in figures


def test_a_saved_gazetteer_answers_as_its_file_does(llpg: Path, tmp_path: Path) -> None:
    saved = Gazetteer.read(llpg).save(tmp_path / "saved")
    file = written(tmp_path, "a.csv", "address\nFlat 1 3 Market Street Oakby ZZ9 9AA\n")
    (figures, rows), (others, again) = placed(saved, file), placed(llpg, file)
    assert rows == again
    assert {k: v for k, v in figures.items() if k not in TOOK} == {k: v for k, v in others.items() if k not in TOOK}


def test_a_gazetteer_that_is_not_there_is_refused_with_the_nearest(llpg: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "address\n1 Market Street\n")
    with pytest.raises(SettingsError, match=r"llpgg\.csv; did you mean llpg\.csv\?"):
        placed(llpg.with_name("llpgg.csv"), file)


def test_a_broken_gazetteer_tells_all_its_faults(tmp_path: Path) -> None:
    broken = written(tmp_path, "llpg.csv", 'uprn,address,postcode\nx,"1 MARKET STREET",ZZ9 9AA\ny,"2 MARKET STREET",\n')
    file = written(tmp_path, "a.csv", "address\n1 Market Street\n")
    with pytest.raises(InputFaults) as caught:
        placed(broken, file)
    assert {fault.line for fault in caught.value.faults} >= {2, 3}


def test_a_broken_file_of_addresses_tells_all_its_faults(llpg: Path, tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as caught:
        placed(llpg, written(tmp_path, "a.csv", "address,postcode\n1,2,3\nx,y\n4,5,6\n"))
    assert [fault.line for fault in caught.value.faults] == [2, 4]
    assert not (tmp_path / "placed.csv").exists()
    with pytest.raises(InputFaults, match="expected a Parquet file"):
        placed(llpg, written(tmp_path, "a.parquet", "address\n"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("out.xlsx", r"ends in \.csv or \.parquet"),
        ("nowhere/out.csv", "there is no folder nowhere"),
        ("a.csv", "expected another file"),
        ("folder.csv", "no folder"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_refused_first(
    llpg: Path, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    file = written(tmp_path, "a.csv", "address\n1 Market Street\n")
    with pytest.raises(SettingsError, match=words):
        place_file(llpg, file, tmp_path / name, address=[], postcode=None, uprn=None)
    assert file.read_text(encoding="utf-8") == "address\n1 Market Street\n"


def test_a_file_that_is_not_there_or_no_table_is_refused(llpg: Path, tmp_path: Path) -> None:
    written(tmp_path, "addresses.csv", "address\n1 Market Street\n")
    with pytest.raises(SettingsError, match=r"did you mean addresses\.csv\?"):
        placed(llpg, tmp_path / "adresses.csv")
    with pytest.raises(SettingsError, match="save the sheet as CSV"):
        placed(llpg, written(tmp_path, "a.xlsx", "PK"))


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX")
def test_the_answer_is_its_owners_and_leaves_no_draft(llpg: Path, tmp_path: Path) -> None:
    placed(llpg, written(tmp_path, "a.csv", "address\n1 Market Street\n"))
    assert (tmp_path / "placed.csv").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "placed.csv"]


def test_no_bar_is_drawn_where_nobody_watches(llpg: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    placed(llpg, written(tmp_path, "a.csv", "address\n1 Market Street\n"))
    assert capfd.readouterr() == ("", "")


def test_what_people_confirmed_and_how_sure_an_answer_must_be_are_named_beside(llpg: Path, tmp_path: Path) -> None:
    asked = written(
        tmp_path,
        "asked.csv",
        "address,postcode\nThe Old Forge,ZZ9 9AA\n2 Markett Street,ZZ9 9AA\n1 Market Street,ZZ9 9AA\n",
    )
    told = written(tmp_path, "told.csv", "address,postcode,uprn\nthe old forge,zz99aa,10000000001\n")
    ours = written(tmp_path, "ours.json", '{"version": 1, "certainty": {"spelling": [0.5, 0.5, 0.5, 0.5]}}')
    out = tmp_path / "out.csv"
    chosen: dict[str, Any] = {"address": [], "postcode": None, "uprn": None}
    figures = place_file(llpg, asked, out, **chosen, tuning=ours, feedback=told, wanted=0.9)
    assert (figures["rung_confirmed"], figures["outcome_exact"], figures["outcome_ambiguous"]) == (1, 2, 1)
    rows = pl.read_csv(out, schema_overrides={"rivals": pl.String}).to_dicts()
    assert [row["uprn"] for row in rows] == [10000000001, None, 10000000001]
    assert (rows[1]["reason"], rows[1]["rivals"]) == ("below the wanted certainty", "10000000002")


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("tuning", '{"version": 1, "enogh": 3}', "tuning.txt: setting enogh is unknown; did you mean enough?"),
        ("feedback", "address,uprn\n1 High Street,x\n", "tuning.txt, line 2, column uprn"),
    ],
)
def test_figures_and_feedback_that_will_not_do_are_refused(
    llpg: Path, tmp_path: Path, file: str, text: str, words: str
) -> None:
    asked = written(tmp_path, "asked.csv", "address,postcode\n1 Market Street,ZZ9 9AA\n")
    beside: dict[str, Any] = {file: written(tmp_path, "tuning.txt", text)}
    with pytest.raises((SettingsError, InputFaults)) as fault:
        place_file(llpg, asked, tmp_path / "out.csv", address=[], postcode=None, uprn=None, **beside)
    assert words in str(fault.value)
    assert not (tmp_path / "out.csv").exists()


def test_more_certainty_than_is_ever_stated_cannot_be_wanted(llpg: Path, tmp_path: Path) -> None:
    asked = written(tmp_path, "asked.csv", "address,postcode\n1 Market Street,ZZ9 9AA\n")
    with pytest.raises(SettingsError, match=r"wanted: expected a figure from 0 to 0\.9995"):
        place_file(llpg, asked, tmp_path / "out.csv", address=[], postcode=None, uprn=None, wanted=1.0)

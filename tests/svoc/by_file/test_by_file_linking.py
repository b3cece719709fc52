"""Links files of records without a council: within one, between two, as pairs and as clusters."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from matchers import Close, Model, Same, SameDate, block_on
from svoc.by_file import link_files
from svoc.errors import InputFaults, SettingsError

PEOPLE = """id,forename,surname,dob,postcode
a1,Rosalind,Quartermaine,1961-04-05,ZZ9 9AA
a2,ROSALIND,Quartermaine,05/04/1961,zz99aa
a3,Rosalind,Quartermain,5 April 1961,
b1,Idris,Featherstonehaugh,1980-12-01,ZZ9 9AB
b2,Idris,Featherstonehaugh,1980-12-01,ZZ9 9AB
c1,Amina,Okonjo,1999-09-09,ZZ9 9AC
"""


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def linked(
    records: Path,
    others: Path | None = None,
    *,
    model: Path | None = None,
    id_column: str = "id",
    clusters: bool = False,
    form: str = "csv",
) -> tuple[dict[str, Any], pl.DataFrame]:
    out = records.parent / f"linked.{form}"
    figures = link_files(records, others, out, model=model, id_column=id_column, clusters=clusters)
    return figures, pl.read_csv(out, infer_schema=False) if form == "csv" else pl.read_parquet(out)


def own_model(folder: Path) -> Path:
    """Train a small model of a developer's own on two lists of a hundred invented people."""
    names = [(f"Given{n % 10}", f"Family{n // 10}", f"19{40 + n % 60}-01-{1 + n % 28:02d}") for n in range(100)]
    rows = [
        {"id": f"{copy}{n}", "forename": given, "surname": family, "dob": dob, "uprn": n // 3}
        for copy in "ab"
        for n, (given, family, dob) in enumerate(names)
    ]
    people = pl.DataFrame(rows)
    model = Model(
        comparisons=[Close("forename"), Close("surname"), SameDate("dob"), Same("uprn")],
        blocks=[block_on("surname", "dob"), block_on("uprn")],
    )
    file = folder / "model.json"
    model.trained_on(people).write(file)
    return file


def test_the_shipped_model_finds_who_is_one_whatever_way_dates_are_written(tmp_path: Path) -> None:
    figures, pairs = linked(written(tmp_path, "people.csv", PEOPLE))
    found = {(row["left"], row["right"]): row for row in pairs.to_dicts()}
    assert set(found) == {("a1", "a2"), ("a1", "a3"), ("a2", "a3"), ("b1", "b2")}
    assert {row["answer"] for row in found.values()} == {"same"}
    assert found["a1", "a2"]["dob"] == "the same"
    assert found["a1", "a2"]["phone"] is None
    assert (figures["records"], figures["same"], figures["ask"], figures["clusters"]) == (6, 4, 0, 3)
    assert figures["people.csv lacks"].startswith("middle_names, previous_surname, alternative_surname, title, phone")


def test_pairs_come_likeliest_first_with_weight_and_probability(tmp_path: Path) -> None:
    _, pairs = linked(written(tmp_path, "people.csv", PEOPLE), form="parquet")
    assert pairs.columns[:6] == ["left", "right", "answer", "probability", "weight", "context"]
    assert (pairs.schema["weight"], pairs.schema["probability"]) == (pl.Int32(), pl.Float64())
    assert pairs["weight"].is_sorted(descending=True)
    assert pairs["probability"].is_between(0.5, 1).all()


def test_clusters_name_every_record_once(tmp_path: Path) -> None:
    _, members = linked(written(tmp_path, "people.csv", PEOPLE), clusters=True)
    assert members.rows() == [("a1", "a1"), ("a2", "a1"), ("a3", "a1"), ("b1", "b1"), ("b2", "b1"), ("c1", "c1")]
    assert members.columns == ["id", "cluster"]


def test_the_answer_follows_the_models_thresholds(tmp_path: Path) -> None:
    file = own_model(tmp_path)
    people = written(
        tmp_path, "people.csv", "id,forename,surname,dob,uprn\n1,Given1,Family1,1951-01-12,3\n2,Given1,Family1,,3\n"
    )
    weight = linked(people, model=file, form="parquet")[1]["weight"][0]
    assert weight > 0
    for same, ask, answer in ((weight, 0, "same"), (weight + 1, weight, "ask"), (weight + 2, weight + 1, "possible")):
        text = file.read_text(encoding="utf-8")
        limits = Model.from_json(text).thresholds
        now = text.replace(f'"same": {limits.same}', f'"same": {same}').replace(f'"ask": {limits.ask}', f'"ask": {ask}')
        figures, pairs = linked(people, model=written(tmp_path, "now.json", now))
        assert pairs["answer"].to_list() == [answer]
        assert figures[answer] == 1
        assert figures["clusters"] == (1 if answer == "same" else 2)


def test_two_files_are_linked_with_each_other_only(tmp_path: Path) -> None:
    """The two may use the same ids: the left is always the first file's."""
    one = written(tmp_path, "one.csv", PEOPLE)
    rows = [
        "key,First Name,Last Name,Date of Birth",
        "a1,Amina,Okonjo,09/09/1999",
        "z9,Idris,Featherstonehaugh,19801201",
    ]
    frame = pl.read_csv("\n".join(rows).encode(), infer_schema=False).rename({"key": "ID"})
    other = tmp_path / "other.parquet"
    frame.with_columns(pl.col("Date of Birth").replace("09/09/1999", "1999-09-09")).write_parquet(other)
    figures, pairs = linked(one, other)
    assert sorted(pairs.select("left", "right").rows()) == [("b1", "z9"), ("b2", "z9"), ("c1", "a1")]
    assert figures["records"] == 8
    assert "email" in figures["other.parquet lacks"]
    _, members = linked(one, other, clusters=True)
    assert members.columns == ["source", "id", "cluster"]
    assert members.filter(pl.col("cluster") == "1/c1").select("source", "id").rows() == [
        ("one.csv", "c1"),
        ("other.parquet", "a1"),
    ]
    assert members.height == 8


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    one, two = written(tmp_path, "people.csv", PEOPLE), written(tmp_path / "new", "people.csv", PEOPLE)
    _, members = linked(one, two, clusters=True)
    assert members["source"].unique().sort().to_list() == ["first", "second"]


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    head, *rows = PEOPLE.splitlines()
    forth = linked(written(tmp_path, "people.csv", PEOPLE))[1]
    back = linked(written(tmp_path, "people.csv", "\n".join([head, *reversed(rows)])))[1]
    assert forth.equals(back)


def test_numbers_and_dates_of_a_parquet_meet_texts_of_a_csv(tmp_path: Path) -> None:
    file = own_model(tmp_path)
    csv = written(tmp_path, "a.csv", "id,forename,surname,dob,uprn\n1,Given1,Family1,12/01/1951,0003.0\n")
    frame = pl.DataFrame(
        {"id": [1], "forename": ["Given1"], "surname": ["Family1"], "dob": [date(1951, 1, 12)], "uprn": [3]}
    )
    frame.write_parquet(tmp_path / "b.parquet")
    _, pairs = linked(csv, tmp_path / "b.parquet", model=file)
    assert pairs.select("left", "right", "dob", "uprn").rows() == [("1", "1", "the same", "the same")]


def test_the_shipped_model_takes_a_uprn_as_the_place(tmp_path: Path) -> None:
    text = "id,forename,surname,uprn\n1,Wilfred,Oyelaran,10000000007\n2,Wilfred,Oyelaran,010000000007\n"
    figures, pairs = linked(written(tmp_path, "people.csv", text))
    assert pairs["context"].to_list() == ["together"]
    assert "place" not in figures["people.csv lacks"].split(", ")


def test_dates_that_nobody_can_read_are_counted(tmp_path: Path) -> None:
    text = PEOPLE.replace("1999-09-09", "11/23/1999").replace("5 April 1961", "about 1961")
    assert linked(written(tmp_path, "people.csv", text))[0]["people.csv dates not read"] == 2


def test_an_id_column_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    file = written(tmp_path, "people.csv", PEOPLE.replace("id,", "record_no,", 1))
    with pytest.raises(
        SettingsError, match=r"people\.csv: has no column record_num \(--id\); did you mean record_no\?"
    ):
        linked(file, id_column="record_num")
    assert linked(file, id_column="Record No")[0]["same"] == 4


def test_ids_that_repeat_or_are_empty_are_all_told_with_their_lines(tmp_path: Path) -> None:
    text = PEOPLE.replace("a2,", "a1,").replace("b2,", ",").replace("c1,", "a1 ,")
    with pytest.raises(InputFaults) as caught:
        linked(written(tmp_path, "people.csv", text))
    told = [(fault.line, fault.expected.split(",")[0]) for fault in caught.value.faults]
    assert told == [(3, "each id once"), (6, "an id"), (7, "each id once")]
    assert "a1" not in str(caught.value)
    assert not (tmp_path / "linked.csv").exists()


def test_a_file_without_any_column_of_the_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="has none of the columns that the model reads: forename"):
        linked(written(tmp_path, "people.csv", "id,colour\n1,red\n"))


def test_a_model_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    people = written(tmp_path, "people.csv", PEOPLE)
    untrained = tmp_path / "untrained.json"
    Model(comparisons=[Same("dob")], blocks=[block_on("dob")]).write(untrained)
    for model, words in (
        (untrained, "no weights yet"),
        (written(tmp_path, "broken.json", "{"), "not JSON"),
        (tmp_path / "absent.json", "cannot be read"),
    ):
        with pytest.raises(SettingsError, match=f"--model {model.name}: .*{words}"):
            linked(people, model=model)


def test_an_empty_file_has_no_pairs(tmp_path: Path) -> None:
    figures, pairs = linked(written(tmp_path, "people.csv", PEOPLE.splitlines()[0] + "\n"))
    assert (figures["records"], figures["clusters"], pairs.height) == (0, 0, 0)

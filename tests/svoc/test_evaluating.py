"""Truth is read with every fault named, and figures are what one counts by hand."""

from pathlib import Path

import polars as pl
import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.evaluating import evaluation, fairness, fairness_words, read_truth

HEAD = "source,record,party,person,uprn\n"


def written(folder: Path, text: str) -> Path:
    file = folder / "truth.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_truth_is_read_whatever_else_it_holds(tmp_path: Path) -> None:
    text = "\ufeffuprn,note,source,record,party,person\n100012345678,x,ct,1,1,p1\n,y,ct,1,2,\n"
    read = read_truth(written(tmp_path, text))
    assert dict(read.schema) == {
        "source": pl.String,
        "record": pl.String,
        "party": pl.Int16,
        "person": pl.String,
        "uprn": pl.Int64,
    }
    assert read.rows() == [("ct", "1", 1, "p1", 100_012_345_678), ("ct", "1", 2, None, None)]


def test_every_fault_of_a_truth_is_told(tmp_path: Path) -> None:
    rows = "ct,1,1,p1,\nct,2,one,p2,\nct,3,1,p3,somewhere\nct,1,1,p4,\nct,5,40000,p5,\n"
    with pytest.raises(InputFaults) as told:
        read_truth(written(tmp_path, HEAD + rows))
    assert [(f.line, f.column) for f in told.value.faults] == [
        (2, "party"),
        (3, "party"),
        (4, "uprn"),
        (5, "party"),
        (6, "party"),
    ]
    assert "somewhere" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "fault", "says"),
    [
        ("source,record,party,person\nct,1,1,p\n", SettingsError, "truth.csv: has no column uprn"),
        ("", InputFaults, "truth.csv: expected a header and rows"),
        (HEAD + "ct,1\n", InputFaults, "line 2: expected 5 columns, found 2"),
    ],
)
def test_what_is_no_truth_is_refused(tmp_path: Path, text: str, fault: type[Exception], says: str) -> None:
    with pytest.raises(fault) as told:
        read_truth(written(tmp_path, text))
    assert says in str(told.value)


def test_a_truth_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, HEAD)
    with pytest.raises(SettingsError, match=r"truht\.csv: no such file; did you mean truth\.csv\?"):
        read_truth(tmp_path / "truht.csv")


def members(*rows: tuple[str, int | None, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [("ct", str(n), 1, *row) for n, row in enumerate(rows)],
        schema={
            "source": pl.String,
            "record": pl.String,
            "party": pl.Int16,
            "person_id": pl.String,
            "uprn": pl.Int64,
            "outcome": pl.String,
            "rung": pl.String,
        },
        orient="row",
    )


def truth(*rows: tuple[str | None, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [("ct", str(n), 1, *row) for n, row in enumerate(rows)],
        schema={"source": pl.String, "record": pl.String, "party": pl.Int16, "person": pl.String, "uprn": pl.Int64},
        orient="row",
    )


def test_figures_are_what_one_counts_by_hand() -> None:
    made = members(
        ("P1", 10, "exact", "whole"),
        ("P1", 10, "exact", "whole"),
        ("P1", 99, "ambiguous", "part"),
        ("P2", None, "none", None),
    )
    known = truth(("a", 10), ("a", 10), ("b", 11), ("b", 11), ("c", 12))
    measured, figures = evaluation(made, known)
    assert measured.value("precision") == pytest.approx(1 / 3), "one of the three pairs joined is right"
    assert measured.value("recall") == pytest.approx(1 / 2), "one of the two true pairs is found"
    assert figures == {
        "mentions": 5,
        "mentions_read": 4,
        "placed": 0.75,
        "placed_right": round(2 / 3, 6),
        "sure": 0.5,
        "sure_right": 1.0,
        "without_rung": 1,
    }


def test_nothing_made_is_nothing_placed() -> None:
    figures = evaluation(members(), truth(("a", 1)))[1]
    assert (figures["mentions"], figures["mentions_read"], figures["placed"]) == (1, 0, 0.0)


def test_how_people_fare_is_told_by_structure_household_and_source_and_never_by_name() -> None:
    """Thirty hyphenated people are missed, thirty plain ones found; each has a home alone."""
    sides = [(source, n) for n in range(60) for source in ("ct", "er")]
    key = {"source": [s for s, _ in sides], "record": [str(n) for _, n in sides], "party": [1] * len(sides)}
    base = pl.DataFrame(key).with_columns(pl.col("party").cast(pl.Int16))
    persons = [f"P{n}" if n < 30 else f"P{n}{source}" for source, n in sides]
    made = base.with_columns(pl.Series("person_id", persons))
    known = base.with_columns(person=pl.col("record"), uprn=pl.col("record").cast(pl.Int64) + 100)
    surnames = ["Smith" if n < 30 else "Smith-Jones" for _, n in sides]
    names = {"title": None, "forename": "Ann", "middle_names": None}
    mentions = base.with_columns(pl.Series("surname", surnames))
    mentions = mentions.with_columns(pl.lit(value, pl.String).alias(name) for name, value in names.items())
    table = fairness(made, known, mentions)
    by_group = {(row["trait"], row["group"]): row for row in table.to_dicts()}
    assert by_group["surname", "hyphenated"]["recall"] == 0.0
    assert by_group["surname", "hyphenated"]["behind"] == "recall"
    assert by_group["surname", "plain"]["recall"] == 1.0
    assert by_group["household", "1 person"]["true"] == 60
    assert by_group["sources", "ct with er"]["recall"] == 0.5
    assert ("sources", "ct with ct") not in by_group, "nothing is said of groups without enough pairs"
    words = fairness_words(table)
    assert "surname: hyphenated" in words
    assert "Smith" not in words
    assert len(words.splitlines()) == table.height + 1

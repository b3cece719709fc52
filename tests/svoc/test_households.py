"""People who live together are kept apart, or it is told how many were not; counted by hand on four households."""

from pathlib import Path

import polars as pl
import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.households import at_home, read_people
from svoc.words.decisions import CASES

HEAD = "person,household,forename,surname,born\n"
PEOPLE = (
    "ann,H1,Ann,Reed,1999-02-03\namy,H1,Amy,Reed,1999-02-03\n"  # twins
    "jo,H2,John,Stone,1960-01-01\nson,H2,John,Stone,1990-01-01\ndot,H2,Dot,Stone,\n"  # father, son, and a wife
    "ed,H3,Ed,Wood,1950-01-01\nev,H3,Eve,Wood,1951-01-01\n"  # one initial
    "far,H4,John,Stone,1960-01-01\nunseen,H4,Joan,Stone,1960-01-01\n"  # the namesake lives elsewhere
)


def written(folder: Path, text: str) -> Path:
    file = folder / "people.csv"
    file.write_text(text, encoding="utf-8")
    return file


def mentions(*rows: tuple[str, str | None, str | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give members and truth of mentions: key, who it truly is, whom the night made of it."""
    key = {"source": "ct", "party": 1}
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("mention", "person", "person_id"), pl.String), orient="row")
    frame = frame.with_columns(record="mention", **{name: pl.lit(value) for name, value in key.items()})
    return frame.drop("person"), frame.select("source", "record", "party", "person")


def test_those_who_live_together_are_counted_by_hand(tmp_path: Path) -> None:
    people = read_people(written(tmp_path, HEAD + PEOPLE))
    members, truth = mentions(
        ("a1", "ann", "P1"), ("a2", "ann", "P1"), ("b1", "amy", "P2"),
        ("j1", "jo", "P3"), ("j2", "jo", "P4"), ("s1", "son", "P3"), ("d1", "dot", "P5"),
        ("e1", "ed", "P6"), ("v1", "ev", "P7"), ("v2", "ev", "P8"),
        ("f1", "far", "P3"), ("nobody", None, None),
    )  # fmt: skip
    waiting = [("c1", "household", 1, ["e1", "v1", "v2"], "narrow", 0), ("c2", "possible_move", None, ["j1"], "", 0)]
    found = at_home(members, truth, people, pl.DataFrame(waiting, schema=CASES, orient="row"))
    assert (found.people, found.households, found.cases) == (8, 4, 2)
    assert found.joined == 1, "father and son; the namesake who was joined too lives elsewhere"
    assert (found.joined_of_10000, found.cases_a_household) == (1250.0, 0.5)
    assert found.sets.rows() == [
        ("twins", 1, 1, 0, 0, 1, 1, 1.0),
        ("one forename", 1, 0, 1, 0, 1, 0, 0.0),
        ("one initial", 1, 0, 0, 1, 1, 0, 0.0),
    ]
    assert "1 pairs of people of one household were joined: 1250.0 of 10,000 people" in found.words()


def test_nobody_known_is_no_share() -> None:
    members, truth = mentions(("a1", None, None))
    people = pl.DataFrame(schema=dict.fromkeys(("person", "household", "forename", "surname", "born"), pl.String))
    found = at_home(members, truth, people.cast({"born": pl.Date}), pl.DataFrame(schema=CASES))
    assert (found.people, found.joined_of_10000, found.cases_a_household) == (0, None, None)
    assert found.sets["pairs"].to_list() == [0, 0, 0]


def test_every_fault_of_the_people_is_told_and_none_of_their_names(tmp_path: Path) -> None:
    rows = "ann,H1,Ann,Reed,1999-02-03\nann,H1,Ann,Reed,\nbob,,Bob,Reed,\ncid,H2,Cid,Reed,yesterday\n"
    with pytest.raises(InputFaults) as told:
        read_people(written(tmp_path, HEAD + rows))
    assert [(f.line, f.column) for f in told.value.faults] == [
        (2, "person"),
        (3, "person"),
        (4, "household"),
        (5, "born"),
    ]
    assert "Reed" not in str(told.value)
    with pytest.raises(SettingsError, match=r"people\.csv: has no column born"):
        read_people(written(tmp_path, "person,household,forename,surname\na,b,c,d\n"))

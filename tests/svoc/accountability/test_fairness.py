"""How people fare by how their name is built, and what may be told of it without pointing at anybody."""

from collections.abc import Iterable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.accountability.fairness import FEWEST, fared, few

Named = tuple[str | None, str, str, str | None]  # forename, surname, person, outcome


def table(people: Iterable[Named], cases: Iterable[list[str]] = ()) -> pl.DataFrame:
    rows = [
        {"mention": f"s/{n}/1", "source": "s", "record": str(n), "kind": "person", "title": None, "middle_names": None,
         "forename": forename, "surname": surname, "outcome": outcome, "person": person}
        for n, (forename, surname, person, outcome) in enumerate(people)
    ]  # fmt: skip
    texts = dict.fromkeys(("title", "middle_names", "forename", "surname", "outcome"), pl.String())
    frame = pl.DataFrame(rows, schema_overrides=texts)
    asked = pl.DataFrame({"mentions": list(cases)}, schema={"mentions": pl.List(pl.String)})
    return fared(frame, frame.select("mention", "person"), asked)


def row(found: pl.DataFrame, group: str, trait: str = "surname") -> dict[str, object]:
    return found.filter(pl.col("group") == group, pl.col("trait") == trait).row(0, named=True)


HYPHENATED: list[Named] = [("ANN", "HART-LEE", f"P{n // 2}" if n < 10 else f"Q{n}", "exact") for n in range(20)]
PLAIN: list[Named] = [("ANN", "HART", f"R{n // 2}", "exact" if n < 15 else "street") for n in range(30)]


def test_groups_are_compared_by_links_places_and_questions() -> None:
    found = table([*HYPHENATED, *PLAIN], [[f"s/{n}/1"] for n in range(5)])
    hyphenated = row(found, "hyphenated")
    assert hyphenated == {
        "trait": "surname", "group": "hyphenated", "mentions": 20, "linked": 0.5, "placed": None, "waiting": 0.25,
    }  # fmt: skip
    assert row(found, "plain")["placed"] == 0.5


def test_joint_names_and_single_names_are_groups() -> None:
    found = table([*PLAIN, *((None, "SUHARTO", f"S{n}", "exact") for n in range(9))])
    assert row(found, "missing", "forename")["mentions"] == 9
    assert row(found, "names one person", "record")["mentions"] == 39


@pytest.mark.parametrize("few_of_them", range(1, FEWEST))
def test_a_group_of_fewer_than_five_is_not_told_nor_the_next_smallest(few_of_them: int) -> None:
    found = table([*PLAIN, *HYPHENATED[:few_of_them]])
    assert "hyphenated" not in found["group"].to_list()
    assert found.filter(trait="surname").is_empty()


def test_a_share_from_which_fewer_than_five_can_be_worked_out_is_not_told() -> None:
    found = table([*HYPHENATED, *PLAIN], [["s/0/1"]])
    assert row(found, "hyphenated")["waiting"] is None
    assert row(found, "hyphenated")["placed"] is None  # all twenty are: 0 are not


SOMEBODY = st.tuples(
    st.sampled_from(["J", "ANN", None]),
    st.sampled_from(["NG", "O'DAY", "HART-LEE", "DE WIT"]),
    st.sampled_from("ABCDEFGH"),
    st.sampled_from(["exact", "street", None]),
)


@given(st.lists(SOMEBODY, min_size=1))
def test_no_count_below_five_can_be_worked_out(people: list[Named]) -> None:
    found = table(people, [["s/0/1"], ["s/1/1"]])
    for told in found.iter_rows(named=True):
        assert told["mentions"] >= FEWEST
        for share in ("linked", "placed", "waiting"):
            if told[share] is not None:
                part = round(told[share] * told["mentions"])
                assert min(part, told["mentions"] - part) >= FEWEST
    given = len(people)
    for trait in ("title", "middle names", "record"):
        shown = found.filter(trait=trait)["mentions"].sum()
        assert shown == 0 or given - shown == 0 or given - shown >= FEWEST


@pytest.mark.parametrize(("count", "words"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (None, "not known")])
def test_small_counts_are_not_told(count: int | None, words: str) -> None:
    assert few(count) == words

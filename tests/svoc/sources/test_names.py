"""Joint names in one field: the officer's cases, and the laws that hold for any text."""

import csv
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from svoc.sources.name_words import words
from svoc.sources.names import PARTIES, Party, parse, parties, printed

CASES = Path(__file__).parents[2] / "cases" / "joint_names.csv"
LIVING = ["BRENT", "LAURENT", "TRENT", "LONDON", "HACKNEY", "STORE", "TESTA", "OWNERS", "DECKER"]


def cases() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with CASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["field"]].append(row)
    return found


def told(party: Party, ordinal: int, field: str) -> dict[str, str]:
    return {
        "field": field,
        "party": str(ordinal),
        "kind": party.kind,
        "title": party.title or "",
        "forename": party.forename or "",
        "middle_names": party.middle_names or "",
        "surname": party.surname or "",
        "deceased": "yes" if party.deceased else "",
    }


def test_there_are_cases_enough() -> None:
    assert len(cases()) >= 150


@pytest.mark.parametrize("field", cases())
def test_case(field: str) -> None:
    assert [told(party, at, field) for at, party in enumerate(parse(field), 1)] == cases()[field]


@pytest.mark.parametrize("surname", LIVING)
@pytest.mark.parametrize(
    "form", ["{},MR J", "MR J {}", "{}", "{} J", "MR & MRS J {}", "MISS {}", "{},MRS ANN", "JOHN {}"]
)
def test_surnames_that_hold_a_noise_word_are_living_people(surname: str, form: str) -> None:
    found = parse(form.format(surname))

    assert {party.kind for party in found} == {"person"}
    assert {party.surname for party in found} == {surname}
    assert not any(party.deceased for party in found)


@pytest.mark.parametrize("mark", sorted(words().deceased))
def test_every_mark_of_death_is_read_as_a_whole_word(mark: str) -> None:
    assert parse(f"SMITH,MR J {mark}") == (Party(title="MR", forename="J", surname="SMITH", deceased=True),)
    assert not parse(f"{mark}X,MR J")[0].deceased


@pytest.mark.parametrize("phrase", sorted(words().executors) + [" ".join(p) for p in sorted(words().executor_phrases)])
def test_every_word_for_executors_makes_one_party_that_is_no_living_person(phrase: str) -> None:
    (found,) = parse(f"{phrase} A JONES")

    assert (found.kind, found.surname, found.forename, found.deceased) == ("executor", "JONES", "A", True)


@pytest.mark.parametrize("word", sorted(words().organisations))
def test_every_word_of_a_company_makes_one(word: str) -> None:
    assert [party.kind for party in parse(f"NORTHFIELD {word}")] == ["organisation"]


@pytest.mark.parametrize("word", sorted(words().organisations_unless_named))
def test_a_title_or_a_comma_makes_a_person_of_a_name_that_is_also_a_word_of_companies(word: str) -> None:
    assert {party.kind for party in parse(f"MR J {word}")} == {"person"}
    assert {party.kind for party in parse(f"{word},PAULA")} == {"person"}


@pytest.mark.parametrize(("word", "title"), sorted(words().titles.items()))
def test_every_title_is_known_in_front_of_a_name(word: str, title: str) -> None:
    assert parse(f"{word} J SMITH")[0] == Party(title=title, forename="J", surname="SMITH")
    assert parse(f"SMITH,{word} J")[0] == Party(title=title, forename="J", surname="SMITH")


def test_a_surname_before_is_kept() -> None:
    assert parse("MRS A SMITH (NEE JONES)")[0].previous_surname == "JONES"
    assert parse("MRS A SMITH NEE O NEILL & MR B SMITH")[0].previous_surname == "O NEILL"


def test_the_order_may_be_told() -> None:
    (found,) = parse("KELECHI ADAEZE", surname_first=True)
    assert (found.surname, found.forename) == ("KELECHI", "ADAEZE")
    (found,) = parse("KELECHI ADAEZE", surname_first=False)
    assert (found.surname, found.forename) == ("ADAEZE", "KELECHI")


def test_a_title_settles_the_order_even_where_another_was_told() -> None:
    assert parse("MR JOHN SMITH", surname_first=True)[0].surname == "SMITH"


def test_parties_of_many_names_are_those_of_each() -> None:
    names = pl.Series("field", [*cases(), None, *list(cases())[:3]])

    found = parties(names)

    assert found.columns == ["name", *PARTIES]
    assert found.schema["party"] == pl.Int16
    assert found["name"].n_unique() == len(cases()) + 1
    for name, rows in found.group_by("name"):
        expected = parse(name[0])
        assert [Party(*row) for row in rows.sort("party").select(list(PARTIES)[1:]).iter_rows()] == list(expected)


def test_nothing_in_nothing_out() -> None:
    assert parties(pl.Series("n", [], dtype=pl.String)).schema == {"name": pl.String(), **PARTIES}
    assert parse(None) == parse("") == (Party(kind="void"),)


# --- laws

TITLED = st.sampled_from(["MR", "MRS", "MS", "MISS", "DR", "REV", "MX"])
GIVEN = st.sampled_from(["J", "A", "JOHN", "ANN", "OLUWASEUN", "MARY-JANE", "J P", "ANN MARIE", "MOHAMMED"])
SURNAME = st.sampled_from(
    ["SMITH", "KHAN", "O'NEILL", "SMITH-JONES", "VAN DER BERG", "BRENT", "LEE", "ADEYEMI", "DECKER"]
)
NATURAL = st.builds("{} {} {}".format, TITLED, GIVEN, SURNAME)
COMMA = st.builds("{},{} {}".format, SURNAME, TITLED, GIVEN)
FULL = st.one_of(NATURAL, COMMA, st.builds("{} {}".format, TITLED, SURNAME))
PLAIN = [
    *("&", "AND", "/", "+", ",", "(", ")", "-", ".", "'", "MR", "MRS", "MISS", "DR", "LORD", "MASTER"),
    *("MAJOR", "SMITH", "JONES", "JOHN", "ANN", "J", "A", "KHAN,", "SMITH,", "BRENT", "DECD", "EXORS"),
    *("O", "MC", "VAN", "DER", "DE", "BIN", "AL", "SAM-LEE", "O`NEILL", "&amp;", "2", "PAUL", "KAUR", "X"),
    *("Łukasz"),
]
NOISE = [
    *("THE", "LATE", "OF", "PERS", "REP", "LTD", "CO", "SONS", "VOID", "OWNER", "NEE", "JNR", "SENIOR"),
    *("II", "C/O", "T/A", "MESSRS", "PREP", "REPMR", "DEC", "NO", "UNKNOWN"),
]


def fields(words: list[str]) -> st.SearchStrategy[str]:
    link = st.sampled_from(["", " ", " ", "  "])
    return st.builds(lambda link, parts: link.join(parts), link, st.lists(st.sampled_from(words), max_size=9))


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=60), fields(PLAIN + NOISE)))
@example("MR & MRS & MISS")
@example(",,,")
def test_no_text_raises_and_somebody_or_nobody_is_always_named(field: str) -> None:
    found = parse(field)

    assert found
    assert all(p.kind in ("person", "organisation", "executor", "void") for p in found)
    assert all(p.surname or p.forename for p in found if p.kind == "person" and len(found) == 1)


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=60), fields(PLAIN)))
def test_what_is_printed_is_read_back(field: str) -> None:
    found = parse(field)

    assert parse(printed(found)) == found


LINKS = st.sampled_from([" & ", " AND ", "/", " + ", "&"])


@settings(deadline=None, max_examples=100)
@given(st.lists(FULL, min_size=2, max_size=5), LINKS)
def test_no_party_is_lost_by_joining(fields: list[str], link: str) -> None:
    apart = [party for field in fields for party in parse(field)]
    together = parse(link.join(fields))

    assert [(party.kind, party.title) for party in together] == [(party.kind, party.title) for party in apart]


@settings(deadline=None, max_examples=100)
@given(st.one_of(st.lists(NATURAL, min_size=2, max_size=4), st.lists(COMMA, min_size=2, max_size=4)), LINKS)
def test_whole_names_of_one_style_stay_what_they_are_when_joined(fields: list[str], link: str) -> None:
    assert list(parse(link.join(fields))) == [party for field in fields for party in parse(field)]


@settings(deadline=None, max_examples=50)
@given(FULL)
def test_case_and_spaces_do_not_matter(field: str) -> None:
    assert parse(f"  {field.lower()}\u00a0 ".replace(" ", "  ")) == parse(field)

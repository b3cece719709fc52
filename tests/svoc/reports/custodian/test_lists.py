"""Which address or property stands on which list, and for what: cases that an officer can read."""

import re
from datetime import date

import polars as pl
import pytest

from gazetteer import Gazetteer
from gazetteer.examples import tables_of
from svoc.reports.custodian import LISTS, USES, Lists, custodian_lists, uses_of
from tests.svoc.reports.custodian.worlds import KINDS, TODAY, Row, lists_of, placed, small_gazetteer, table

RECORDS = table("custodian_records.csv")
PROPERTIES = table("custodian_gazetteer.csv")
ALL = lists_of(RECORDS)


def expected(row: Row) -> set[str]:
    return {each.strip() for each in row["lists"].split(";") if each.strip()}


def lists_naming(lists: Lists, text: str, *columns: str) -> set[str]:
    """Name the lists, with their kinds, that have a whole word in one of some columns."""
    found = set()
    for name, frame in lists.frames.items():
        by = "kind" if "kind" in frame.columns else "rung"
        for column in (c for c in columns if c in frame.columns):
            cells = frame.select(by, cell=pl.col(column).cast(pl.String).fill_null(""))
            found |= {
                f"{name}:{kind}" for kind, cell in cells.iter_rows() if re.search(rf"\b{re.escape(text)}\b", cell)
            }
    return found


REFERRED = [row for row in RECORDS if row["reference"]]


@pytest.mark.parametrize("row", REFERRED, ids=[f"{r['record']} {r['why']}" for r in REFERRED])
def test_each_account_stands_under_its_property_on_the_lists_that_it_belongs_on(row: Row) -> None:
    assert lists_naming(ALL, row["reference"], "references") == expected(row)


@pytest.mark.parametrize("row", PROPERTIES, ids=[f"{r['uprn']} {r['why']}" for r in PROPERTIES])
def test_each_property_stands_on_the_lists_that_it_belongs_on(row: Row) -> None:
    found = lists_naming(ALL, row["uprn"], "uprn", "others")
    assert found == expected(row)


def test_each_record_without_account_is_found_by_what_it_writes() -> None:
    told = {row["address"]: row for row in ALL.frames["missing"].iter_rows(named=True)}
    eighteen = told["18 KING STREET, BARCHESTER, BA1 1AA"]
    assert (eighteen["records"], eighteen["systems"], eighteen["since"]) == (3, 3, date(2020, 4, 1))
    assert eighteen["used_by"] == "council_tax 1; electoral_register 1; library 1"
    assert eighteen["before"].startswith("16 ")
    assert eighteen["after"].startswith("20 ")
    assert {"90 KING STREET, BA1 1AA", "92 KING STREET, BA1 1AA", "94 KING STREET, BA1 1AA"} <= set(told)
    assert told["7 NOWHERE LANE, BA1 9ZZ"]["rung"] == "street_unknown"
    assert told["FLAT A, 20 KING STREET, BA1 1AA"]["building_uprn"] == 20
    assert next(iter(told)) == "18 KING STREET, BARCHESTER, BA1 1AA", "the most used stands first"


def test_what_is_no_address_is_counted_and_not_listed() -> None:
    assert dict(ALL.left_out) == {"junk": 1, "overseas": 1, "po_box": 1}


def test_a_disagreement_says_both_texts_and_what_is_known_at_each_place() -> None:
    row = ALL.frames["disagreeing"].row(by_predicate=pl.col("uprn_given") == 70, named=True)
    assert row["given_text"] == "70 QUEEN STREET, BARCHESTER, BA1 2BB"
    assert row["address"] == "12 KING STREET, BA1 1AA"
    assert row["uprn_written"] == "12 12 KING STREET, BARCHESTER, BA1 1AA"
    assert (row["at_given"], row["rung"]) == (None, "disagreement")
    assert row["at_written"] == "12: council_tax 1; electoral_register 1; library 1"


def test_rooms_are_one_row_at_the_house_that_pays_for_them() -> None:
    row = ALL.frames["unbilled"].row(by_predicate=pl.col("uprn") == 40, named=True)
    assert (row["kind"], row["units"]) == ("parent_pays", 2)


def test_an_empty_class_is_counted_and_not_listed() -> None:
    assert ALL.counts["empty_class"] == 1


def test_a_house_that_was_built_last_spring_is_new() -> None:
    tables = tables_of(PROPERTIES)
    start = pl.when(pl.col("uprn") == 16).then(pl.lit(date(2026, 4, 1))).otherwise("start")
    changed = {name: getattr(tables, name) for name in ("addresses", "streets", "cross_references", "successors")}
    newer = type(tables)(tables.properties.with_columns(start=start), supply=tables.supply, **changed)
    unbilled = lists_of(RECORDS, Gazetteer.from_tables(newer)).frames["unbilled"]
    assert unbilled.row(by_predicate=pl.col("uprn") == 16, named=True)["kind"] == "new_build"


def test_without_council_tax_the_lists_of_a_council_are_not_made() -> None:
    others = lists_of([row for row in RECORDS if row["system"] != "council_tax"])
    assert set(others.frames) == {kind.name for kind in LISTS if not kind.of_a_council}


def test_nothing_in_gives_nothing_out() -> None:
    none = custodian_lists(pl.DataFrame(schema=USES), small_gazetteer(), on=TODAY)
    assert none.figures() == {"missing": 0, "disagreeing": 0, "divided": 0, "duplicates": 1}


def test_the_order_of_rows_does_not_matter() -> None:
    again = lists_of(list(reversed(RECORDS)))
    for name, frame in ALL.frames.items():
        assert frame.equals(again.frames[name]), name


# --- who may not be seen


def test_a_record_under_protection_is_in_no_row_and_no_count() -> None:
    """All lists are, to the letter, those of a council whose protected records were in order."""
    safe = [row for row in RECORDS if not row["markers"].startswith("safe")]
    kept = [row for row in RECORDS if row["record"] == "A80"]
    ordinary: list[Row] = [{**row, "markers": ""} for row in kept]
    without = lists_of([*safe, *ordinary])
    for name, frame in ALL.frames.items():
        assert frame.equals(without.frames[name]), name
    assert ALL.left_out == without.left_out


def test_no_name_of_a_record_is_on_any_list() -> None:
    texts = " ".join(frame.write_csv() for frame in ALL.frames.values()).upper()
    gazetteer = " ".join(small_gazetteer().variants["text"]).upper()
    people = {w for r in RECORDS for w in re.findall(r"[A-Z]{3,}", r["who"].upper())} - {"VOID", "EXORS", "MRS"}
    said = {name for name in people if re.search(rf"\b{name}\b", texts)}
    assert said <= {name for name in people if re.search(rf"\b{name}\b", gazetteer)}


def test_no_account_number_is_on_any_list_even_where_it_is_given_as_a_reference() -> None:
    rows = [{**row, "reference": row["record"]} for row in RECORDS]
    texts = " ".join(frame.write_csv() for frame in lists_of(rows).frames.values())
    assert not [row["record"] for row in rows if re.search(rf"\b{row['record']}\b", texts)]


def test_every_property_that_is_listed_is_on_the_gazetteer_or_said_to_be_unknown() -> None:
    for name, frame in ALL.frames.items():
        for column in ("uprn", "building_uprn", "parent_uprn"):
            if column in frame.columns:
                assert all(small_gazetteer().knows(u) for u in frame[column].drop_nulls()), name
    given = ALL.frames["disagreeing"]
    unknown = given.filter(pl.col("given_status") == "not on the gazetteer")
    assert unknown["uprn_given"].to_list() == [99]
    assert all(small_gazetteer().knows(u) for u in given.join(unknown, on="uprn_given", how="anti")["uprn_given"])


def test_stays_that_are_over_and_life_events_are_no_uses() -> None:
    mentions = placed(RECORDS[:2], small_gazetteer())
    over = mentions.with_columns(until=pl.lit(TODAY))
    told = mentions.with_columns(source=pl.lit("life_events"))
    assert uses_of(pl.concat([over, told]), KINDS, TODAY).is_empty()
    assert uses_of(mentions, KINDS, TODAY).height == 2

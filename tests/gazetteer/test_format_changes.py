import datetime as dt
from pathlib import Path

import pytest

from gazetteer.formats import Tables, read_tables

FIXTURES = Path(__file__).parent / "fixtures"
FULL, CHANGES = FIXTURES / "barchester_dtf.csv", FIXTURES / "barchester_dtf_changes.csv"


@pytest.fixture(scope="module")
def changed() -> Tables:
    return read_tables([FULL, CHANGES])


def statuses(tables: Tables) -> dict[int, int]:
    return dict(tables.properties["uprn", "status"].iter_rows())


def test_inserts_updates_and_deletes_are_applied(changed: Tables) -> None:
    before = statuses(read_tables(FULL))
    assert statuses(changed) == {**{u: s for u, s in before.items() if u != 10000002}, 10000007: 1, 10000009: 1}


def test_the_supply_is_dated_by_its_last_change_and_counts_all_records(changed: Tables) -> None:
    assert changed.supply.date == dt.date(2026, 11, 2)
    assert changed.supply.change_only is False
    assert changed.supply.counts["21"] == 11


def test_an_update_takes_the_place_of_the_address_with_its_key(changed: Tables) -> None:
    row = changed.addresses.filter(key="9910L000000010")
    assert row["status", "pao_start", "pao_end"].rows() == [(1, 12, None)]


def test_the_last_change_in_pro_order_holds(changed: Tables) -> None:
    assert changed.addresses.filter(key="9910L000000012")["status", "pao_start_suffix"].rows() == [(1, "B")]


def test_pro_order_counts_and_not_the_order_of_lines(tmp_path: Path, changed: Tables) -> None:
    header, *lines = CHANGES.read_text(encoding="utf-8").splitlines()
    turned = tmp_path / "changes.csv"
    turned.write_text("\n".join([header, *reversed(lines)]), encoding="utf-8")
    again = read_tables([FULL, turned])
    assert again.addresses.equals(changed.addresses)
    assert again.properties.equals(changed.properties)


def test_a_deleted_address_goes(changed: Tables) -> None:
    assert changed.addresses.filter(key="9910L000000002").is_empty()


def test_what_belongs_to_a_deleted_property_goes_with_it(changed: Tables) -> None:
    gone = 10000002
    assert read_tables(FULL).cross_references.filter(uprn=gone).height == 1
    assert changed.addresses.filter(uprn=gone).is_empty()
    assert changed.cross_references.filter(uprn=gone).is_empty()


def test_the_order_in_which_files_are_named_does_not_matter(changed: Tables) -> None:
    assert read_tables([CHANGES, FULL]).addresses.equals(changed.addresses)


def test_changes_are_applied_by_date(tmp_path: Path) -> None:
    later = tmp_path / "a_later.csv"
    text = CHANGES.read_text(encoding="utf-8").replace("2026-11-02,1", "2026-11-03,1")
    later.write_text(text.replace('21,"U",1,10000007,1,', '21,"U",1,10000007,8,'), encoding="utf-8")
    for order in ([FULL, later, CHANGES], [later, CHANGES, FULL]):
        assert statuses(read_tables(order))[10000007] == 8


def test_changes_from_before_the_full_supply_are_in_it_already(tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_text(CHANGES.read_text(encoding="utf-8").replace("2026-11-02,1", "2026-10-31,1"), encoding="utf-8")
    assert read_tables([FULL, old]).addresses.equals(read_tables(FULL).addresses)


def test_applying_a_supply_twice_changes_nothing_more(changed: Tables, tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    again.write_bytes(CHANGES.read_bytes())
    assert read_tables([FULL, CHANGES, again]).addresses.equals(changed.addresses)


def test_changes_alone_say_that_they_are_only_changes() -> None:
    alone = read_tables(CHANGES)
    assert alone.supply.change_only is True
    assert alone.properties["uprn"].to_list() == [10000007, 10000009]


def test_changes_are_known_by_their_rows_where_there_is_no_header(tmp_path: Path, changed: Tables) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("\n".join(CHANGES.read_text(encoding="utf-8").splitlines()[1:-1]), encoding="utf-8")
    assert read_tables(bare).supply.change_only is True
    assert read_tables([FULL, bare]).addresses.equals(changed.addresses)


def test_a_full_supply_with_changes_of_its_own_applies_them(tmp_path: Path, changed: Tables) -> None:
    lines = CHANGES.read_text(encoding="utf-8").splitlines()[1:-1]
    later = [line.replace(f",{i},", f",{100 + i},", 1) for i, line in enumerate(lines, start=1)]
    whole = tmp_path / "whole.csv"
    whole.write_text(FULL.read_text(encoding="utf-8") + "\n".join(later), encoding="utf-8")
    tables = read_tables(whole)
    assert tables.supply.change_only is False
    assert tables.addresses.equals(changed.addresses)

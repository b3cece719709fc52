from pathlib import Path

import pytest

from gazetteer import FormatError, Gazetteer, find
from gazetteer.formats import Tables, read_tables
from tests.gazetteer.products import row_of, write

PLACE = "usrn=14200002;locality=BARSET;townname=BARCHESTER;postcode=ZQ1 1AB;streetname=KING STREET"
HOUSE = row_of(f"uprn=1;number=14;classificationcode=RD04;{PLACE};easting=293100.00;northing=93100.00")
FLAT = row_of(f"uprn=2;subname=FLAT 1;number=14;classificationcode=RD06;parentuprn=1;{PLACE}")
PLOT = row_of(f"uprn=3;name=PLOT 7;classificationcode=RD04;description=Prebuild Address;{PLACE}")
GONE = row_of(f"uprn=4;number=20;classificationcode=U;description=Historic Address;buildstatus=Historic;{PLACE}")
WELSH = row_of(
    "alternateaddressid=a-1;uprn=1;usrn=14200002;alternatenumber=14;streetname=STRYD Y BRENIN;townname=BARCHESTER;"
    "language=cym;postcode=ZQ1 1AB"
)
NAMED = row_of(
    "alternateaddressid=a-2;uprn=1;usrn=14200002;alternatename=IVY COTTAGE;streetname=KING STREET;townname=BARCHESTER;"
    "language=eng;postcode=ZQ1 1AB"
)
MAIL = row_of(
    "udprn=51000002;uprn=2;subbuildingname=FLAT A;buildingnumber=14;thoroughfare=KING STREET;posttown=BARCHESTER;"
    "postcode=ZQ1 1AC"
)
LOST = row_of("udprn=51000009;buildingnumber=9;thoroughfare=NO STREET;posttown=BARCHESTER;postcode=ZQ1 1AC")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "builtaddress.csv", "ngd", HOUSE, FLAT)
    write(tmp_path / "prebuildaddress.csv", "ngd", PLOT)
    write(tmp_path / "historicaddress.csv", "ngd", GONE)
    write(tmp_path / "altadd.csv", "ngd_altadd", WELSH, NAMED)
    write(tmp_path / "royalmailaddress.csv", "ngd_royalmail", MAIL, LOST)
    return tmp_path


def statuses(tables: Tables) -> dict[int, int]:
    return dict(tables.properties["uprn", "status"].iter_rows())


def test_a_folder_of_its_files_is_one_gazetteer(folder: Path) -> None:
    tables = read_tables(folder)
    assert statuses(tables) == {1: 1, 2: 1, 3: 6, 4: 8}
    assert tables.properties["state"].to_list() == [2, 2, 2, 4]
    assert tables.properties["parent_uprn"].to_list() == [None, 1, None, None]
    assert tables.addresses["uprn", "origin", "status", "language"].rows() == [
        (1, "ngd", 1, "ENG"),
        (1, "ngd", 3, "CYM"),
        (1, "ngd", 3, "ENG"),
        (2, "ngd", 1, "ENG"),
        (2, "dpa", 1, "ENG"),
        (3, "ngd", 6, "ENG"),
        (4, "ngd", 8, "ENG"),
    ]


@pytest.mark.parametrize(
    ("typed", "outcome", "uprn"),
    [
        ("flat 1 14 king street zq1 1ab", "exact", 2),
        ("flat a 14 king street zq1 1ac", "exact", 2),
        ("ivy cottage king street zq1 1ab", "exact", 1),
        ("plot 7 king street zq1 1ab", "exact", 3),
        ("20 king street zq1 1ab", "historic", 4),
    ],
)
def test_each_file_gives_addresses_that_are_found(folder: Path, typed: str, outcome: str, uprn: int) -> None:
    found = find(typed, Gazetteer.read(folder))
    assert (found.outcome, found.uprn) == (outcome, uprn)


def test_a_street_in_welsh_is_known(folder: Path) -> None:
    (folder / "builtaddress.csv").unlink()
    write(folder / "builtaddress.csv", "ngd", HOUSE)
    (folder / "royalmailaddress.csv").unlink()
    found = find("14 stryd y brenin zq1 1ab", Gazetteer.read(folder))
    assert (found.outcome, found.uprn) == ("exact", 1)


def test_the_address_carries_its_other_language(tmp_path: Path) -> None:
    row = {**HOUSE, "alternatelanguage": "cym", "alternatelanguagestreetname": "STRYD Y BRENIN"}
    tables = read_tables(write(tmp_path / "built.csv", "ngd", row))
    assert tables.addresses["language", "street", "pao_start"].rows() == [
        ("ENG", "KING STREET", 14),
        ("CYM", "STRYD Y BRENIN", 14),
    ]


@pytest.mark.parametrize("swap", [False, True], ids=["in order", "out of order"])
def test_the_latest_version_stands_whatever_the_order_of_files(folder: Path, swap: bool) -> None:
    changed = {**HOUSE, "number": "15", "versiondate": "2026-11-01", "changetype": "Modified Attributes"}
    ended = {**FLAT, "versiondate": "2026-11-01", "changetype": "End Of Life"}
    files = [folder / f"{name}.csv" for name in ("builtaddress", "royalmailaddress")]
    files.append(write(folder / "changes.csv", "ngd", changed, ended))
    tables = read_tables(files[::-1] if swap else files)
    assert tables.addresses["uprn", "pao_start"].rows() == [(1, 15)]
    assert tables.supply.change_only is False


def test_a_plot_that_is_built_moves_from_one_table_to_the_other(folder: Path) -> None:
    moved = {**PLOT, "versiondate": "2026-11-01", "changetype": "Moved To A Different Feature Type"}
    built = {**PLOT, "description": "Built Address", "name": "", "number": "7", "versiondate": "2026-11-01"}
    built |= {"changetype": "Moved From A Different Feature Type"}
    changes = [write(folder / "moved.csv", "ngd", moved), write(folder / "now_built.csv", "ngd", built)]
    tables = read_tables([*sorted(folder.glob("*address.csv")), *changes])
    assert statuses(tables)[3] == 1
    assert tables.addresses.filter(uprn=3)["pao_start", "status"].rows() == [(7, 1)]


def test_alternatives_go_with_the_version_that_they_were_told_with(folder: Path) -> None:
    again = {**NAMED, "alternateaddressid": "a-3", "featuretypeversiondate": "2026-11-01"}
    tables = read_tables(
        [folder / "builtaddress.csv", folder / "altadd.csv", write(folder / "n.csv", "ngd_altadd", again)]
    )
    assert tables.addresses.filter(status=3)["key"].to_list() == ["a-3"]


def test_endings_alone_are_changes_only(tmp_path: Path) -> None:
    ended = {**FLAT, "changetype": "End Of Life"}
    tables = read_tables(write(tmp_path / "changes.csv", "ngd", ended))
    assert tables.supply.change_only is True
    assert tables.properties.is_empty()


def test_a_feature_of_another_kind_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "nonaddressableobject.csv", "ngd", {**HOUSE, "description": "Non-Addressable Object"})
    with pytest.raises(FormatError, match="line 2, DESCRIPTION: cannot be read; expected Built Address, Prebuild"):
        read_tables(path)


def test_what_no_table_holds_is_kept(folder: Path) -> None:
    more = read_tables(folder / "builtaddress.csv").more
    assert more["uprn", "buildstatus"].rows() == [(1, "Built Complete"), (2, "Built Complete")]

from pathlib import Path

import polars as pl
import pytest

from gazetteer import FormatError, Gazetteer, MissingInput, UnknownFormat, check_uprns
from gazetteer.uprns import CHECKED

HEADER = "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE"
VIEW = (
    "UPRN,ADDRESS,STATUS,X,Y,LATITUDE\n1,1 FERN ROAD,1,,,\n2,2 FERN ROAD,1,5,6,50.1\n3,3 FERN ROAD,1,5,,\n"
    "4,4 FERN ROAD,8,,,\n5,5 FERN ROAD,7,,,\n6,6 FERN ROAD,1,,,\n"
)


@pytest.fixture
def open_uprn(tmp_path: Path) -> Path:
    rows = [f"{uprn},{uprn}00.5,{uprn}000.5,50.{uprn},-3.{uprn}" for uprn in (1, 2, 3, 5, 7)]
    path = tmp_path / "osopenuprn_202611.csv"
    path.write_bytes(("\ufeff" + "\r\n".join([HEADER, *rows]) + "\r\n").encode())
    return path


@pytest.fixture
def view(tmp_path: Path) -> Path:
    path = tmp_path / "view.csv"
    path.write_text(VIEW, encoding="utf-8")
    return path


def test_identifiers_are_checked_however_they_are_written(open_uprn: Path) -> None:
    checked = check_uprns(["000000000001", " 2", 2, "9", "A1", "", None, "1234567890123"], open_uprn)
    assert dict(checked.schema) == CHECKED
    assert checked["supplied", "uprn", "known", "x"].rows() == [
        ("000000000001", 1, True, 100.5),
        (" 2", 2, True, 200.5),
        ("2", 2, True, 200.5),
        ("9", 9, False, None),
        ("", None, False, None),
        ("1234567890123", None, False, None),
        ("A1", None, False, None),
    ]


def test_the_standing_properties_of_a_gazetteer_are_checked(open_uprn: Path, view: Path) -> None:
    checked = check_uprns(Gazetteer.read(view), open_uprn)
    assert checked["uprn", "known"].rows() == [(1, True), (2, True), (3, True), (6, False)]


def test_a_gazetteer_read_with_it_takes_the_coordinates_that_it_lacks(open_uprn: Path, view: Path) -> None:
    places = Gazetteer.read([view, open_uprn]).properties["uprn", "x", "y", "latitude", "longitude"].rows()
    assert places == [
        (1, 100.5, 1000.5, 50.1, -3.1),
        (2, 5.0, 6.0, 50.2, -3.2),
        (3, 300.5, 3000.5, 50.3, -3.3),
        (4, None, None, None, None),
        (6, None, None, None, None),
    ]


def test_it_is_found_in_a_folder(open_uprn: Path, view: Path, tmp_path: Path) -> None:
    assert Gazetteer.read(tmp_path).properties["x"].to_list() == [100.5, 5.0, 300.5, None, None]


def test_alone_it_is_refused_in_words(open_uprn: Path) -> None:
    with pytest.raises(UnknownFormat, match=r"osopenuprn_202611\.csv.*\n.*has no addresses.*check_uprns tells"):
        Gazetteer.read([open_uprn])


def test_another_file_in_its_place_is_refused(view: Path, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"view\.csv.*\n.*not OS Open UPRN; expected UPRN,X_COORDINATE"):
        check_uprns([1], view)
    with pytest.raises(MissingInput, match=r"nowhere\.csv"):
        check_uprns([1], tmp_path / "nowhere.csv")


def test_a_uprn_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "uprn.csv"
    path.write_text(f"{HEADER}\n1,1,1,1,1\nx,1,1,1,1\n", encoding="utf-8")
    with pytest.raises(FormatError, match="line 3, UPRN: cannot be read; expected a UPRN of at most 12 digits"):
        check_uprns([1], path)


def test_a_row_of_another_width_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "uprn.csv"
    path.write_text(f"{HEADER}\n1,1,1,1,1\n2,1,1,1,1,1\n", encoding="utf-8")
    with pytest.raises(FormatError, match="expected 5 columns in each row"):
        check_uprns([1], path)


def test_several_files_are_one_list(open_uprn: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text(f"{HEADER}\n9,1,2,3,4\n1,9,9,9,9\n", encoding="utf-8")
    checked = check_uprns(pl.Series([9, 1, 8]), [open_uprn, more])
    assert checked["uprn", "known", "x"].rows() == [(1, True, 100.5), (8, False, None), (9, True, 1.0)]

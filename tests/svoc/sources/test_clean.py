"""Each small cleaner, on what suppliers really write."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.sources import clean
from svoc.words.records import conform


def one(cleaner: Callable[[pl.Expr], pl.Expr], value: str | None) -> object:
    return pl.select(cleaner(pl.lit(value, dtype=pl.String))).item()


@pytest.mark.parametrize(
    ("supplied", "expected"),
    [
        ("O`NEILL", "O'NEILL"),
        ("O\u2019NEILL", "O'NEILL"),
        ("D\u00b4SOUZA", "D'SOUZA"),
        ("SMITH\u00a0\u00a0JONES", "SMITH JONES"),
        ("  SMITH  J ", "SMITH J"),
        ("SM\u00adITH", "SMITH"),
        ("SMITH\u2013JONES", "SMITH-JONES"),
        ("SMITH\tJ\r\n", "SMITH J"),
        ("JOS\u00c3\u2030", "JOSÉ"),
        ("M\u00c3\u00bcLLER", "MüLLER"),
        ("DONA\u00c3\u0089", "DONAÉ"),
        ("O\u00e2\u20ac\u2122NEILL", "O'NEILL"),
        ("3\u00c2\u00a0MILL LANE", "3 MILL LANE"),
        ("\ufeffSMITH\u200b", "SMITH"),
        ("SMITH\x00\x07", "SMITH"),
        ("", None),
        ("   ", None),
        (None, None),
        ("SMITH & JONES", "SMITH & JONES"),
    ],
)
def test_text(supplied: str | None, expected: str | None) -> None:
    assert one(clean.text, supplied) == expected
    assert clean.tidied(pl.DataFrame({"a": [supplied]}, schema={"a": pl.String})).item() == expected


@settings(deadline=None, max_examples=200)
@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=8))
def test_tidied_is_text_applied_to_all(values: list[str | None]) -> None:
    frame = pl.DataFrame({"a": values}, schema={"a": pl.String})
    assert clean.tidied(frame).equals(frame.select(clean.text(pl.col("a"))))


@pytest.mark.parametrize(
    ("supplied", "expected"),
    [
        ("SCHRÖDINGER", "SCHRODINGER"),
        ("ALTUĞ", "ALTUG"),
        ("Æstrid", "AESTRID"),
        ("KOVÁŘ", "KOVAR"),
        ("RUAIRÍ", "RUAIRI"),
        ("Søren Łukasz", "SOREN LUKASZ"),
        ("Weiß", "WEISS"),
        ("Yıldız", "YILDIZ"),
        ("Đặng", "DANG"),
        ("Þór", "THOR"),
        ("O'Neill-Smith", "O'NEILL-SMITH"),
        (None, None),
    ],
)
def test_folded(supplied: str | None, expected: str | None) -> None:
    assert one(clean.folded, supplied) == expected


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(value: str) -> None:
    once = one(clean.folded, value)
    assert isinstance(once, str)
    assert one(clean.folded, once) == once


@pytest.mark.parametrize(
    ("supplied", "expected"),
    [
        ("ZQ1 1AA", "ZQ1 1AA"),
        ("zq11aa", "ZQ1 1AA"),
        ("ZQ1  1AA", "ZQ1 1AA"),
        ("ZQ1-1AA", "ZQ1 1AA"),
        ("ZQ1 IAA", "ZQ1 1AA"),
        ("ZQ1O 1AA", "ZQ10 1AA"),
        ("ZQ1 OAA", "ZQ1 0AA"),
        ("E1O1AA", "E10 1AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("W1A 0AX", "W1A 0AX"),
        ("B33 8TH", "B33 8TH"),
        ("M1 1AE", "M1 1AE"),
        ("unknown", "UNKNOWN"),
        ("zz", "ZZ"),
        (None, None),
    ],
)
def test_postcode(supplied: str | None, expected: str | None) -> None:
    assert one(clean.postcode, supplied) == expected


@pytest.mark.parametrize(
    ("supplied", "expected"),
    [
        ("3 MILL LANE, BARCHESTER, ZQ1 1AA", "ZQ1 1AA"),
        ("3 MILL LANE, BARCHESTER zq11aa.", "ZQ1 1AA"),
        ("ZQ1 1AA", "ZQ1 1AA"),
        ("ZQ1 1AA, 3 MILL LANE", None),
        ("FLAT E1 2AB HOUSE", None),
        (None, None),
    ],
)
def test_postcode_in_an_address(supplied: str | None, expected: str | None) -> None:
    assert one(clean.postcode_in, supplied) == expected


@pytest.mark.parametrize(
    ("supplied", "expected"),
    [
        ("100012345678", 100012345678),
        ("000010001234", 10001234),
        (" 10001234 ", 10001234),
        ("10001234.0", 10001234),
        ("1000123456789", None),
        ("0", None),
        ("1.00023E+11", None),
        ("10001x", None),
        ("-5", None),
        ("NULL", None),
        (None, None),
    ],
)
def test_uprn(supplied: str | None, expected: int | None) -> None:
    assert one(clean.uprn, supplied) == expected


@pytest.mark.parametrize(
    "supplied",
    [
        "2026-11-02",
        "2026-11-02 00:00:00",
        "2026-11-02T00:00:00.000",
        "20261102",
        "2026/11/02",
        "02/11/2026",
        "2/11/2026",
        "02/11/2026 00:00",
        "02-11-2026",
        "02.11.2026",
        "02-NOV-2026",
        "2 Nov 2026",
        "2 November 2026",
        "02/11/26",
        "02-NOV-26",
    ],
)
def test_day(supplied: str) -> None:
    assert one(clean.day, supplied) == date(2026, 11, 2)
    assert one(clean.unreadable, supplied) is False


@pytest.mark.parametrize("supplied", ["11/23/2026", "31/02/2020", "2026-13-01", "soon", "20261302", "1/2", "SMITH"])
def test_what_is_no_day_is_never_guessed(supplied: str) -> None:
    assert one(clean.day, supplied) is None
    assert one(clean.unreadable, supplied) is True


@pytest.mark.parametrize("supplied", ["00/00/0000", "0", "0000-00-00", "  /  /    "])
def test_noughts_are_no_day_and_no_fault(supplied: str) -> None:
    assert one(clean.day, supplied) is None
    assert one(clean.unreadable, supplied) is False


@pytest.mark.parametrize("sentinel", ["2099-12-31", "31/12/9999", "9999-12-31 00:00:00"])
def test_a_stay_that_lasts_has_no_end(sentinel: str) -> None:
    assert one(clean.until, sentinel) is None
    assert one(clean.until, "2024-03-31") == date(2024, 3, 31)


@pytest.mark.parametrize("placeholder", ["01/01/1900", "1753-01-01", "1899-12-30"])
def test_a_placeholder_is_no_beginning(placeholder: str) -> None:
    assert one(clean.since, placeholder) is None


@pytest.mark.parametrize(
    "placeholder", ["1900-01-01", "01/01/1901", "1970-01-01", "2099-12-31", "02/11/26", "11/23/1960"]
)
def test_a_placeholder_is_no_birthday(placeholder: str) -> None:
    assert one(clean.birth, placeholder) is None
    assert one(clean.birth, "02/11/1926") == date(1926, 11, 2)


def test_by_value_keeps_rows_and_name() -> None:
    values = pl.Series("d", ["2026-11-02", None, "x", "2026-11-02"])
    found = clean.by_value(values, clean.day)
    assert found.to_list() == [date(2026, 11, 2), None, None, date(2026, 11, 2)]
    assert found.name == "d"


@pytest.mark.parametrize(
    ("lines", "code", "expected"),
    [
        (["3 MILL LANE", None, "BARCHESTER"], "ZQ1 1AA", "3 MILL LANE, BARCHESTER"),
        (["3 MILL LANE", "BARCHESTER", "ZQ11AA"], "ZQ1 1AA", "3 MILL LANE, BARCHESTER"),
        (["3 MILL LANE,", "", "NULL"], None, "3 MILL LANE"),
        ([None, None], None, None),
        (["3 MILL LANE", "ZQ1 1AB"], "ZQ1 1AA", "3 MILL LANE, ZQ1 1AB"),
    ],
)
def test_address(lines: list[str | None], code: str | None, expected: str | None) -> None:
    given_lines = [pl.lit(line, dtype=pl.String) for line in lines]
    assert pl.select(clean.address(given_lines, pl.lit(code, dtype=pl.String))).item() == expected


def records(**changed: object) -> pl.DataFrame:
    return conform(
        pl.DataFrame({"source": ["ct"], "record": ["1"], "party": [1], "surname": ["SMITH"], "line": [2], **changed})
    )


def hashed(frame: pl.DataFrame) -> str:
    found = clean.content(frame)["content"].item()
    assert isinstance(found, str)
    return found


def test_the_hash_is_kept_from_night_to_night() -> None:
    """A change here would make every record of every council look amended: never change it lightly."""
    assert hashed(records()) == hashed(records(line=[99]))
    assert hashed(records()) == "3c376edb61a2b352d74f7193c934d504"


@pytest.mark.parametrize(
    "change",
    [
        {"surname": ["SMYTH"]},
        {"surname": [None]},
        {"forename": ["SMITH"], "surname": [None]},
        {"party": [2]},
        {"deceased": [True]},
        {"deceased": [False]},
        {"until": [date(2026, 1, 1)]},
        {"since": [date(2026, 1, 1)]},
        {"markers": [["exemption_f"]]},
        {"supplied_uprn": [1]},
    ],
)
def test_the_hash_changes_with_anything_said(change: dict[str, list[object]]) -> None:
    base = records().drop("surname") if "surname" in change else records()
    assert hashed(conform(base.with_columns(pl.Series(name, values) for name, values in change.items()))) != hashed(
        records()
    )

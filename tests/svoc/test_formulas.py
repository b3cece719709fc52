"""No text in a file of ours is a formula to a spreadsheet, and our own files give back what was written."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.formulas import harmless, restored

SIGNS = "=+-@＝＋－＠"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+44 1392", "'+44 1392"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        (" =1", "' =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\u200b+1", "'\u200b+1"),
        ("＝1", "'＝1"),
        ("＠x", "'＠x"),
        ("'=1", "''=1"),
        ("O'BRIEN", "O'BRIEN"),
        ("'tis", "'tis"),
        ("A=B", "A=B"),
        (" A", " A"),
        ("", ""),
        (None, None),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str | None, written: str | None) -> None:
    frame = pl.DataFrame({"name": [text], "weight": [-1]}, schema={"name": pl.String, "weight": pl.Int64})
    assert harmless(frame).row(0) == (written, -1)
    assert restored(harmless(frame)).equals(frame)


def test_a_heading_is_a_cell_too() -> None:
    assert harmless(pl.DataFrame({"=cmd": ["x"], "name": ["y"]})).columns == ["'=cmd", "name"]


@given(st.lists(st.text(st.sampled_from([*SIGNS, "'", " ", "\t", "\u200b", "A", "é"]), max_size=6) | st.text()))
def test_nothing_that_is_written_runs_and_all_of_it_comes_back(texts: list[str]) -> None:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    written = harmless(frame)["text"].to_list()
    assert not [text for text in written if text.strip()[:1] in set(SIGNS) and text]
    assert restored(harmless(frame)).equals(frame)

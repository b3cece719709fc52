"""The custodian's files: a CSV that no spreadsheet runs, and a page that stands alone."""

import csv
import re
import stat
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from svoc.errors import SettingsError
from svoc.reports.custodian import LISTS, write_lists
from svoc.reports.custodian.page import SHOWN, page
from tests.svoc.reports.custodian.worlds import lists_of, table

ALL = lists_of(table("custodian_records.csv"))


def test_there_is_a_file_for_each_list_and_a_page(tmp_path: Path) -> None:
    written = write_lists(ALL, tmp_path / "lists", whose="Barchester", as_of="2026-11-02")
    names = {file.name for file in written.parent.iterdir()}
    assert names == {"custodian.html", *(f"{kind.name}.csv" for kind in LISTS)}
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in written.parent.iterdir())
    with (tmp_path / "lists" / "missing.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["address"] for row in rows] == ALL.frames["missing"]["address"].to_list()


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    missing = ALL.frames["missing"].head(1).with_columns(address=pl.lit("=HYPERLINK(1)"), used_by=pl.lit("+1"))
    write_lists(replace(ALL, frames={"missing": missing}), tmp_path, whose="Barchester")
    with (tmp_path / "missing.csv").open(encoding="utf-8", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert row["address"] == "'=HYPERLINK(1)"
    assert not [cell for cell in row.values() if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


def test_the_page_needs_no_other_file_no_network_and_no_script() -> None:
    text = page(ALL, whose="Barchester", as_of="2026-11-02")
    assert not re.search(r"(?i)https?:|@import|url\((?!#)|javascript:|data:|<script|<link|<img|<form| on\w+=", text)
    assert "default-src 'none'" in text


def test_the_page_says_what_each_list_means_and_what_to_do() -> None:
    text = page(ALL, whose="Barchester", as_of="2026-11-02")
    assert "address maintenance" in text
    assert "2 November 2026" in text
    for kind in LISTS:
        assert f'id="{kind.name}"' in text
        assert kind.means.split(",")[0] in text
        assert "What to do." in text
    assert text.index("18 KING STREET") < text.index("7 NOWHERE LANE")


def test_what_an_address_holds_is_never_markup() -> None:
    missing = ALL.frames["missing"].head(1).with_columns(address=pl.lit("<b>1</b> & CO"))
    text = page(replace(ALL, frames={"missing": missing}), whose="<i>Barchester</i>")
    assert "<b>1" not in text
    assert "&lt;b&gt;1&lt;/b&gt; &amp; CO" in text
    assert "<i>" not in text


def test_a_long_list_is_shown_in_part_and_written_whole(tmp_path: Path) -> None:
    many = pl.concat([ALL.frames["missing"].head(1)] * (SHOWN + 5))
    long = replace(ALL, frames={"missing": many})
    text = write_lists(long, tmp_path, whose="Barchester").read_text(encoding="utf-8")
    assert text.count("<td>18 KING STREET") == SHOWN
    assert f"the {SHOWN} most used stand here" in text
    assert (tmp_path / "missing.csv").read_text(encoding="utf-8").count("\n") == SHOWN + 6


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "lists").write_text("a file", encoding="utf-8")
    with pytest.raises(SettingsError, match="lists"):
        write_lists(ALL, tmp_path / "lists", whose="Barchester")

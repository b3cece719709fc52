"""A batch has a manifest that holds, and an erased notice is gone from it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest

from svoc.notices.base import Notice
from svoc.notices.batches import BatchDrop, out_of_batches

ONE = Notice("a1", "name", "library", "L1", "P1", {"surname": "=HYPERLINK(1)", "forename": 'ZOË, "Z"\nX'}, "consent", 1)
TWO = replace(ONE, notice="b2", payload={"surname": "OAK", "forename": "ANN"})
FORMATS: list[Literal["csv", "jsonl"]] = ["csv", "jsonl"]


def manifests(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.glob("library/*.manifest.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


@pytest.mark.parametrize("form", FORMATS)
def test_the_manifest_tells_what_is_there(tmp_path: Path, form: Literal["csv", "jsonl"]) -> None:
    BatchDrop(tmp_path, form).send_all([ONE, TWO])

    (manifest,) = manifests(tmp_path)
    file = tmp_path / "library" / manifest["file"]
    assert manifest["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (manifest["format"], manifest["count"], manifest["notices"]) == (form, 2, ["a1", "b2"])
    assert file.stat().st_mode & 0o077 == 0


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless_in_a_table_alone(tmp_path: Path) -> None:
    BatchDrop(tmp_path, "csv").send_all([ONE])
    (file,) = (tmp_path / "library").glob("*.csv")
    row = pl.read_csv(file, infer_schema=False).row(0, named=True)
    assert (row["surname"], row["forename"]) == ("'=HYPERLINK(1)", 'ZOË, "Z"\nX')

    BatchDrop(tmp_path / "lines", "jsonl").send_all([ONE])
    (lines,) = (tmp_path / "lines" / "library").glob("*.jsonl")
    assert json.loads(lines.read_text(encoding="utf-8"))["data"]["facts"]["surname"] == "=HYPERLINK(1)"


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_erased_is_gone_from_batches_that_were_not_taken(tmp_path: Path, form: Literal["csv", "jsonl"]) -> None:
    drop = BatchDrop(tmp_path, form)
    drop.send_all([ONE, TWO])
    drop.send_all([replace(ONE, notice="c3")])

    assert out_of_batches(tmp_path, {"a1", "c3"}) == 2

    (manifest,) = manifests(tmp_path)
    file = tmp_path / "library" / manifest["file"]
    assert manifest["notices"] == ["b2"]
    assert manifest["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    text = file.read_text(encoding="utf-8")
    assert "HYPERLINK" not in text
    assert "OAK" in text
    assert len(list((tmp_path / "library").iterdir())) == 2
    assert out_of_batches(tmp_path, {"a1"}) == 0

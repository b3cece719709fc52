"""The canvass of a council that has lived through a night: files, page, purpose and audit."""

from pathlib import Path

import polars as pl
import pytest

from svoc.canvassing import prepare_canvass
from svoc.errors import PurposeRefused, SettingsError
from svoc.running import run_night


def test_it_is_prepared_for_one_purpose_after_a_night(town: Path, tmp_path: Path) -> None:
    settings, folder = town / "council.toml", tmp_path / "canvass"
    with pytest.raises(SettingsError, match="run a night first"):
        prepare_canvass(settings, folder)
    run_night(settings)
    with pytest.raises(PurposeRefused, match="canvass-match"):
        prepare_canvass(settings, folder, purpose="discount-review")
    assert not folder.exists(), "what is refused writes nothing"
    figures = prepare_canvass(settings, folder)
    assert 0 < figures["matched"] < figures["electors"]
    assert figures["route_1"]
    assert figures["route_2"]
    page = (folder / "canvass.html").read_text(encoding="utf-8")
    assert '<html lang="en-GB">' in page
    assert "<script" not in page
    for name in ("electors", "properties", "new_residents", "deletions"):
        assert pl.read_csv(folder / f"{name}.csv", infer_schema=False).height == figures[name]

"""An export is whole, its owner's, and holds what the purpose may read."""

import os
import stat
from datetime import date
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from svoc.council import Council
from svoc.exporting import export
from svoc.reading import exported
from svoc.words.purposes import Purpose


class Lived(Protocol):
    settings: Path


FRAME = pl.DataFrame({"record": ["1", "é"], "uprn": [100_012_345_678, None], "dob": [date(1971, 4, 24), None]})


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_each_file_is_whole_and_its_owners(tmp_path: Path, form: str) -> None:
    was = os.umask(0)
    try:
        written = export({"members": FRAME, "empty": FRAME.clear()}, tmp_path / "a" / "b", form=form)
    finally:
        os.umask(was)
    assert [p.name for p in written] == [f"members.{form}", f"empty.{form}"]
    assert sorted(p.name for p in (tmp_path / "a" / "b").iterdir()) == sorted(p.name for p in written)
    assert {stat.S_IMODE(p.stat().st_mode) for p in written} == {0o600}
    read = pl.read_csv(written[0], try_parse_dates=True) if form == "csv" else pl.read_parquet(written[0])
    assert_frame_equal(read, FRAME)


def test_an_export_that_fails_leaves_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = export({"members": FRAME}, tmp_path)
    before = first.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_csv", full)
    with pytest.raises(OSError, match="No space left"):
        export({"members": FRAME.head(1)}, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["members.csv"]
    assert first.read_bytes() == before


def test_facts_that_a_purpose_may_not_see_are_not_written(lived_town: Lived) -> None:
    with Council.open(lived_town.settings) as council:
        lane = council.policy.purposes.lanes["service"]
        narrow = Purpose("narrow", "a test", "service", "none", fields=("surname", "postcode"))
        whole = Purpose("whole", "a test", "service", "none")
        less, all_ = (exported(council.store, lane, purpose) for purpose in (narrow, whole))
    assert less["persons"].columns == ["person_id", "surname", "postcode", "records"]
    assert "address" not in less["placements"].columns
    assert {"dob", "address", "provenance"} <= set(all_["persons"].columns)
    assert "address" in all_["placements"].columns
    assert "supplied_uprn" not in less["placements"].columns
    assert_frame_equal(less["members"], all_["members"].select("source", "record", "party", "person_id"))


def test_placements_hold_what_is_no_person_too(lived_town: Lived) -> None:
    with Council.open(lived_town.settings) as council:
        purpose = council.policy.purposes.named("canvass-match")
        frames = exported(council.store, council.policy.purposes.lanes[purpose.lane], purpose)
    kinds = dict(frames["placements"]["kind"].value_counts().iter_rows())
    assert kinds["person"] == frames["members"].height
    assert kinds.get("organisation", 0) + kinds.get("void", 0) > 0
    assert frames["placements"]["outcome"].null_count() == 0
    assert frames["cases"].schema["mentions"] == pl.String
    assert "life_events" not in set(frames["members"]["source"])
    assert frames["persons"]["person_id"].is_unique().all()
    assert set(frames["members"]["person_id"]) <= set(frames["persons"]["person_id"])

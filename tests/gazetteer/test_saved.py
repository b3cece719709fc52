import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from gazetteer import Gazetteer, MissingInput, UnreadableIndex

VIEW = "UPRN,ADDRESS,STATUS,BIN DAY\n1,1 FERN ROAD,1,Monday\n2,2 FERN ROAD,8,\n3,3 FERN ROAD,7,Friday\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "supply").mkdir()
    path = tmp_path / "supply" / "view.csv"
    path.write_text(VIEW, encoding="utf-8")
    return path


@pytest.fixture
def saved(source: Path, tmp_path: Path) -> Path:
    return Gazetteer.read(source).save(tmp_path / "saved")


def manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def test_the_manifest_names_its_sources_without_folders(saved: Path, source: Path) -> None:
    told = manifest(saved)
    assert told["sources"] == [{"name": "view.csv", "sha256": hashlib.sha256(VIEW.encode()).hexdigest()}]
    assert str(source.parent) not in (saved / "manifest.json").read_text(encoding="utf-8")


def test_the_manifest_counts_by_table_and_by_status(saved: Path) -> None:
    told = manifest(saved)
    assert told["counts"]["properties"] == 3
    assert told["counts"]["variants"] == 2
    assert told["statuses"] == {"properties": {"1": 1, "7": 1, "8": 1}, "addresses": {"1": 1, "7": 1, "8": 1}}
    assert (told["supply"]["dialect"], told["supply"]["date"]) == ("flat view", None)


def test_the_manifest_sums_up_every_file_that_was_written(saved: Path) -> None:
    found = {f.stem: hashlib.sha256(f.read_bytes()).hexdigest() for f in saved.glob("*.parquet")}
    assert manifest(saved)["sha256"] == found


def test_all_that_was_read_comes_back(saved: Path, source: Path) -> None:
    again, first = Gazetteer.load(saved), Gazetteer.read(source)
    assert again.supply == first.supply
    assert_frame_equal(again.more, first.more)
    assert_frame_equal(again.tables.properties, first.tables.properties)
    assert_frame_equal(again.properties, first.properties)


def test_a_missing_and_an_altered_file_are_told_apart(saved: Path) -> None:
    (saved / "streets.parquet").write_bytes(b"no")
    with pytest.raises(UnreadableIndex, match=r"saved: streets\.parquet was altered since it was saved; build the"):
        Gazetteer.load(saved)
    (saved / "streets.parquet").unlink()
    with pytest.raises(UnreadableIndex, match=r"saved: streets\.parquet is missing; build the gazetteer again"):
        Gazetteer.load(saved)


Damage = Callable[[dict[str, Any]], object]
DAMAGES: dict[str, Damage] = {
    "no sums": lambda told: told.pop("sha256"),
    "a sum short": lambda told: told["sha256"].pop("variants"),
    "no supply": lambda told: told.pop("supply"),
    "no sources": lambda told: told.pop("sources"),
    "a date that is none": lambda told: told["supply"].update(date="soon"),
    "a fact that is unknown": lambda told: told["supply"].update(colour="red"),
    "a count that is none": lambda told: told["counts"].update(streets="many"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_manifest_is_refused_in_words(saved: Path, damage: str) -> None:
    told = manifest(saved)
    DAMAGES[damage](told)
    (saved / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(UnreadableIndex, match=r"manifest\.json does not say all it should; build the gazetteer again"):
        Gazetteer.load(saved)


def test_counts_that_do_not_fit_are_refused(saved: Path) -> None:
    told = manifest(saved)
    told["counts"]["properties"] = 4
    (saved / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(UnreadableIndex, match=r"properties\.parquet has 3 rows and manifest\.json says 4"):
        Gazetteer.load(saved)


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "\x00"])
def test_what_is_no_manifest_is_refused_in_words(saved: Path, text: str) -> None:
    (saved / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableIndex, match=r"cannot be read|another version"):
        Gazetteer.load(saved)


def test_the_sources_may_be_checked_as_well(saved: Path, source: Path, tmp_path: Path) -> None:
    assert Gazetteer.load(saved, sources=[source]).properties.height == 2
    other = tmp_path / "other.csv"
    other.write_text(VIEW, encoding="utf-8")
    with pytest.raises(UnreadableIndex, match=r"other\.csv was not among its files; view\.csv was among its files"):
        Gazetteer.load(saved, sources=[other])
    source.write_text(VIEW.replace("Monday", "Tuesday"), encoding="utf-8")
    with pytest.raises(UnreadableIndex, match=r"saved was saved from other files: view\.csv has changed since"):
        Gazetteer.load(saved, sources=[source])
    with pytest.raises(MissingInput, match=r"nowhere\.csv"):
        Gazetteer.load(saved, sources=[tmp_path / "nowhere.csv"])


def test_a_gazetteer_saved_over_another_is_the_new_one(saved: Path, source: Path) -> None:
    source.write_text(VIEW + "4,4 FERN ROAD,1,\n", encoding="utf-8")
    Gazetteer.read(source).save(saved)
    assert Gazetteer.load(saved, sources=[source]).properties["uprn"].to_list() == [1, 2, 4]


def test_a_folder_half_written_is_no_saved_gazetteer(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Gazetteer.load(saved)
    monkeypatch.setattr("gazetteer.saved.sum_of", lambda file: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        place.save(saved)
    monkeypatch.undo()
    with pytest.raises(UnreadableIndex, match="holds no saved gazetteer"):
        Gazetteer.load(saved)

"""The kept index of the gazetteer: used while it holds, made anew where it does not, never needed."""

from pathlib import Path

import polars as pl
import pytest

from gazetteer import Gazetteer, resolve
from svoc.binding import read_gazetteer
from svoc.indexed import indexed_gazetteer
from svoc.rehearsal import rehearse
from svoc.settings import CouncilSettings


@pytest.fixture
def council(tmp_path: Path) -> CouncilSettings:
    return CouncilSettings.read(rehearse(tmp_path, dwellings=60, seed=5, nights=2).settings)


def indexes(council: CouncilSettings) -> list[Path]:
    return sorted(council.at("cache").glob("gazetteer-*"))


def placed(council: CouncilSettings, gazetteer: Gazetteer) -> pl.DataFrame:
    path = next(council.folder.glob("extracts/council_tax*"))
    asked = pl.read_csv(path, infer_schema=False).select(
        "postcode",
        address=pl.concat_str([f"address_{n}" for n in range(1, 5)], separator=", ", ignore_nulls=True),
        property_reference="property_ref",
        reference_source=pl.lit("CT"),
        supplied_uprn=pl.col("uprn").cast(pl.Int64, strict=False),
    )
    return resolve(asked, gazetteer)


def test_the_index_answers_as_the_gazetteer_does(council: CouncilSettings) -> None:
    fresh = placed(council, read_gazetteer(council))
    first, again = indexed_gazetteer(council), indexed_gazetteer(council)
    assert placed(council, first).equals(fresh)
    assert placed(council, again).equals(fresh)
    assert again.ready is not None
    assert again.ready.frame("texts") is not None
    assert council.at("cache").stat().st_mode & 0o077 == 0
    assert len(list(council.at("cache").iterdir())) == 1


def test_other_files_or_columns_are_indexed_anew_and_the_old_index_goes(council: CouncilSettings) -> None:
    indexed_gazetteer(council)
    first = indexes(council)
    full = council.gazetteer.model_copy(update={"path": "llpg.csv"})
    indexed_gazetteer(council.model_copy(update={"gazetteer": full}))
    assert len(indexes(council)) == 1
    assert indexes(council) != first


@pytest.mark.parametrize("name", ["variants.parquet", "texts.arrow", "ready.json", "manifest.json"])
def test_a_damaged_index_changes_no_answer(council: CouncilSettings, name: str) -> None:
    fresh = placed(council, indexed_gazetteer(council))
    (indexes(council)[0] / name).write_bytes(b"no")
    assert placed(council, indexed_gazetteer(council)).equals(fresh)


def test_an_index_that_cannot_be_kept_is_done_without(council: CouncilSettings) -> None:
    council.at("cache").write_text("a file where the folder would be")
    assert placed(council, indexed_gazetteer(council)).equals(placed(council, read_gazetteer(council)))
    none = council.model_copy(update={"council": council.council.model_copy(update={"cache": ""})})
    assert indexed_gazetteer(none).ready is None

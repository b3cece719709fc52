import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from gazetteer import Gazetteer, MissingInput, UnreadableIndex, resolve
from gazetteer.examples import barchester, tables_of, town
from gazetteer.lookup import Lookup
from gazetteer.variants import VARIANTS

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture(scope="module")
def place() -> Gazetteer:
    return town(CASES / "gazetteer.csv")


def test_every_address_becomes_variants_of_one_schema(place: Gazetteer) -> None:
    assert dict(place.variants.schema) == VARIANTS
    assert set(place.variants["uprn"]) == set(place.properties["uprn"])
    assert place.variants["variant"].to_list() == list(range(len(place.variants)))


def test_rejected_and_candidate_addresses_are_left_out() -> None:
    row = {"uprn": "1", "class": "RD04", "unit_text": "", "unit": "", "building": "", "number": "5"}
    row |= {"street": "KING STREET", "town": "BARCHESTER", "postcode": "BA1 1AA"}
    statuses = [{**row, "uprn": str(at), "address_status": str(at)} for at in (1, 3, 5, 6, 7, 8, 9)]
    built = Gazetteer.from_tables(tables_of(statuses))
    assert built.variants["uprn"].to_list() == [1, 3, 6, 8]


def test_a_saved_gazetteer_comes_back_and_answers_alike(place: Gazetteer, tmp_path: Path) -> None:
    folder = place.save(tmp_path / "llpg")
    again = Gazetteer.read(folder)
    assert again.supply == place.supply
    assert again.lexicon == place.lexicon
    assert_frame_equal(again.variants, place.variants)
    asked = pl.DataFrame({"address": ["FLAT 3, 14 KING ST", "9 CHALTN COURT"], "postcode": ["BA1 2AA", "BA1 4AA"]})
    assert_frame_equal(resolve(asked, again), resolve(asked, place))


def test_the_manifest_says_what_was_saved(place: Gazetteer, tmp_path: Path) -> None:
    manifest = json.loads((place.save(tmp_path) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["properties"] == place.properties.height
    assert set(manifest["sha256"]) == set(manifest["counts"])


def test_an_altered_file_is_refused(place: Gazetteer, tmp_path: Path) -> None:
    folder = place.save(tmp_path)
    place.properties.head(1).write_parquet(folder / "properties.parquet")
    with pytest.raises(UnreadableIndex, match=r"properties\.parquet"):
        Gazetteer.load(folder)


def test_another_version_and_an_empty_folder_are_refused(place: Gazetteer, tmp_path: Path) -> None:
    with pytest.raises(UnreadableIndex, match=r"manifest\.json"):
        Gazetteer.load(tmp_path)
    folder = place.save(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "version": 0}), encoding="utf-8")
    with pytest.raises(UnreadableIndex, match="another version"):
        Gazetteer.load(folder)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"nowhere\.csv"):
        Gazetteer.read(tmp_path / "nowhere.csv")


def test_changes_are_listed_by_uprn(place: Gazetteer) -> None:
    assert place.changed_since(place).is_empty()
    rows = list(csv.DictReader((CASES / "gazetteer.csv").read_text(encoding="utf-8").splitlines()))
    later = [row for row in rows if row["uprn"] != "10005"]
    later = [{**row, "number": "11"} if row["uprn"] == "10007" else row for row in later]
    later.append({**rows[0], "uprn": "99999", "number": "99"})
    changed = Gazetteer.from_tables(tables_of(later)).changed_since(place)
    assert changed.rows() == [(10005, "removed"), (10007, "altered"), (99999, "added")]


def test_a_date_of_update_alone_is_no_change(place: Gazetteer) -> None:
    tables = replace(place.tables, properties=place.properties.with_columns(updated=pl.date(2026, 1, 1)))
    assert Gazetteer.from_tables(tables).changed_since(place).is_empty()


def test_successors_are_followed_to_those_that_stand(place: Gazetteer) -> None:
    assert place.current(10018) == (10020,)
    assert place.current(10024) == (10241, 10242)
    assert place.current(10022) == (10022,)
    assert place.current(10005) == (10005,)


def test_successors_that_go_in_a_ring_still_end() -> None:
    rows = [
        {
            "uprn": str(one),
            "status": "8",
            "address_status": "8",
            "class": "RD",
            "unit_text": "",
            "unit": "",
            "building": "",
            "number": str(one),
            "street": "KING STREET",
            "town": "BARCHESTER",
            "postcode": "BA1 1AA",
            "successor": str(other),
        }
        for one, other in ((1, 2), (2, 1))
    ]
    assert Gazetteer.from_tables(tables_of(rows)).current(1) == (1,)


def test_the_units_of_a_building_are_known(place: Gazetteer) -> None:
    assert place.parts.filter(pl.col("uprn") == 20014)["part"].to_list() == [20141, 20142, 20143]
    assert place.parts.filter(pl.col("uprn") == 50004).is_empty(), "an annexe does not make a block of flats"


def test_a_property_tells_its_facts(place: Gazetteer) -> None:
    flat = place.property(20143)
    assert flat is not None
    assert (flat.text, flat.parent, flat.children) == ("FLAT 3, 14 KING STREET, BARCHESTER, BA1 2AA", 20014, 0)
    assert place.property(1) is None
    assert place.knows(20143)
    assert not place.knows(1)


def test_a_small_example_is_at_hand() -> None:
    assert barchester().properties.height == 5


def test_a_lookup_finds_all_values_of_a_key_and_none_of_a_null() -> None:
    lookup = Lookup(pl.Series(["a", "b", "a"]), pl.Series([1, 2, 3]))
    keys = pl.Series(["c", "a", None, "b"], dtype=pl.String)
    assert len(lookup) == 3
    assert [one.tolist() for one in lookup.find(keys)] == [[1, 1, 3], [1, 3, 2]]
    assert [one.tolist() for one in lookup.find(keys, caps=np.full(4, 1))] == [[3], [2]]
    assert [one.tolist() for one in lookup.find([])] == [[], []]

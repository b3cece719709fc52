"""Few keys and many are looked up alike."""

import numpy as np
import polars as pl

from gazetteer.lookup import Lookup

KEYS = [f"key {number % 70}" for number in range(300)]
KEPT = Lookup(pl.Series(KEYS), pl.Series(range(300)))


def test_a_few_keys_find_what_they_find_among_many() -> None:
    asked = ["key 3", "no key", "key 69", "key 3", ""]
    places, values = KEPT.find(asked)
    many_places, many_values = KEPT.find([*asked, *["no key"] * 1000])
    assert places.tolist() == many_places.tolist()
    assert values.tolist() == many_values.tolist()
    assert values.tolist() == [3, 73, 143, 213, 283, 69, 139, 209, 279, 3, 73, 143, 213, 283]


def test_a_null_key_and_one_above_its_cap_find_nothing() -> None:
    places, values = KEPT.find(pl.Series([None, "key 3", "key 69"]), caps=np.array([9, 4, 4]))
    assert places.tolist() == [2] * 4
    assert values.tolist() == [69, 139, 209, 279]


def test_keys_that_share_a_hash_are_told_apart() -> None:
    # No two texts are known to share one, so it is forged: every key has the hash of the one that is asked.
    forged = Lookup(pl.Series(["a", "b", "c"]), pl.Series([1, 2, 3]))
    forged._hashes = np.full(3, Lookup(pl.Series(["b"]), pl.Series([0]))._hashes[0])
    assert [one.tolist() for one in forged.find(["b"])] == [[0], [2]]

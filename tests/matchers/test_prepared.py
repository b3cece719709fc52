"""Records prepared once answer as plain ones do, and their groups are those of the plain definition."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers import Model, PairFault, affordable, any_of, candidates, counts_before, first_letters, link, prepare
from matchers import prepared as module
from matchers.keys import Key

VALUE = st.sampled_from(["Ann", "ANN", "Bob", "Bo", None])
Row = tuple[str | None, str | None, int | None]
ROWS = st.lists(st.tuples(VALUE, VALUE, st.sampled_from([1, 2, None])), max_size=10)


def test_one_preparation_serves_caps_training_and_scoring(people: pl.DataFrame, blank: Model) -> None:
    ready = prepare(people)
    assert affordable(ready, blank.blocks, 500) == affordable(people, blank.blocks, 500)
    assert counts_before(ready, blank.blocks).equals(counts_before(people, blank.blocks))
    assert candidates(ready, blank.blocks).pairs.equals(candidates(people, blank.blocks).pairs)
    told = {"source": "source", "lists_once": ["register"], "stay": ("since", "until")}
    trained = blank.trained_on(ready, **told)  # type: ignore[arg-type]
    assert trained.to_json() == blank.trained_on(people, **told).to_json()  # type: ignore[arg-type]
    assert link(ready, trained).equals(link(people, trained))
    capped = replace(trained, blocks=affordable(ready, trained.blocks, 500))
    assert link(ready, capped).equals(link(people, capped))


def test_what_was_prepared_under_one_id_is_prepared_anew_for_another() -> None:
    records = pl.DataFrame({"id": [1, 2], "other": ["b", "a"]})
    ready = prepare(records)
    assert prepare(ready) is ready
    assert prepare(ready, "other").records["other"].to_list() == ["a", "b"]
    with pytest.raises(PairFault, match="0 are null, 2 repeat"):
        prepare(pl.DataFrame({"id": [1, 1, 1, 2]}))


@settings(deadline=None, max_examples=60)
@given(ROWS, st.booleans())
def test_groups_are_those_of_the_definition(rows: list[Row], narrow: bool) -> None:
    records = pl.DataFrame(rows, schema={"one": pl.String, "two": pl.String, "n": pl.Int64}, orient="row")
    keys = [any_of("one", "two"), first_letters("one", 2), Key(("n",))]
    with pytest.MonkeyPatch.context() as patch:
        if narrow:
            patch.setattr(module, "WIDEST", 1)
        found = module.as_it_stands(records).groups(keys)
    ends, groups = found.sizes.cumsum(), []
    for end, size in zip(ends, found.sizes, strict=True):
        groups.append(found.rows[end - size : end].tolist())
    wanted: dict[tuple[str, str, int], list[int]] = {}
    for row, (one, two, number) in enumerate(rows):
        for value in sorted({each.upper() for each in (one, two) if each}):
            if one and number:
                wanted.setdefault((value, one.upper()[:2], number), []).append(row)
    assert sorted(groups) == sorted(group for group in wanted.values() if len(group) > 1)

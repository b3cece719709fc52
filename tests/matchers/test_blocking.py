"""Which pairs are looked at: against the plain definition, each once, with caps that are loud."""

import logging
from collections.abc import Sequence
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers import (
    ColumnFault,
    ModelFault,
    PairFault,
    affordable,
    any_of,
    block_on,
    candidates,
    counts_before,
    first_letters,
    last_letters,
    sounds_like,
)
from matchers.blocking import Block, block_from
from matchers.keys import Key
from matchers.sounds import sound_key

VALUE = st.sampled_from(["Ann", "ANN", "Bob", "", None])
ROWS = st.lists(st.tuples(VALUE, VALUE, st.sampled_from(["roll", "register"])), max_size=12)


def frame(rows: Sequence[tuple[str | None, str | None, str]]) -> pl.DataFrame:
    schema = {"one": pl.String, "two": pl.String, "source": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_row_index("id").cast({"id": pl.Int64})


def wanted(records: pl.DataFrame, rule: str) -> set[tuple[int, int]]:
    def values(row: dict[str, str | None], *columns: str) -> list[str | None]:
        return [value.upper() if (value := row[column]) else None for column in columns]

    def meet(a: dict[str, str | None], b: dict[str, str | None]) -> bool:
        if rule == "both":
            mine, yours = values(a, "one", "two"), values(b, "one", "two")
            return None not in mine and mine == yours
        return bool((set(values(a, "one", "two")) - {None}) & (set(values(b, "one", "two")) - {None}))

    rows = records.to_dicts()
    return {(int(a["id"]), int(b["id"])) for a, b in combinations(rows, 2) if meet(a, b)}


@settings(deadline=None, max_examples=80)
@given(ROWS)
def test_pairs_are_those_of_the_definition_in_any_order_of_rows(rows: list[tuple[str | None, str | None, str]]) -> None:
    records = frame(rows)
    shuffled = records.sample(fraction=1, shuffle=True, seed=1)
    for rule, block in (("both", block_on("one", "two")), ("either", block_on(any_of("one", "two")))):
        pairs = candidates(shuffled, [block, block]).pairs
        assert pairs.rows() == sorted(wanted(records, rule))


@settings(deadline=None, max_examples=40)
@given(ROWS)
def test_between_and_within_sources_part_the_pairs(rows: list[tuple[str | None, str | None, str]]) -> None:
    records, blocks = frame(rows), [block_on("one")]
    source = dict(records.select("id", "source").iter_rows())
    every = candidates(records, blocks).pairs.rows()
    between = candidates(records, blocks, source="source", link_type="between").pairs.rows()
    within = candidates(records, blocks, source="source", link_type="within").pairs.rows()
    assert sorted(between + within) == every
    assert all(source[a] != source[b] for a, b in between)


def test_touching_keeps_what_has_an_end_in_the_delta() -> None:
    records = frame([("Ann", None, "roll")] * 4)
    pairs = candidates(records, [block_on("one")], touching=pl.Series([2])).pairs
    assert pairs.rows() == [(0, 2), (1, 2), (2, 3)]


def test_a_block_over_its_cap_is_skipped_and_told(caplog: pytest.LogCaptureFixture) -> None:
    records = frame([("Ann", None, "roll")] * 4 + [("Bob", None, "roll")] * 2)
    with caplog.at_level(logging.WARNING, logger="matchers"):
        found = candidates(records, [block_on("one", cap=3)])
    assert found.pairs.rows() == [(4, 5)]
    assert found.report.rules.row(0) == ("one", 1, 1, 4, 1, 6)
    assert found.report.skipped.rows() == [("one", "ANN", 4)]
    assert "SKIPPED 1 oversized blocks, 6 pairs" in str(found.report)
    assert "skipped 1 blocks" in caplog.text
    assert "ANN" not in caplog.text.upper().replace("THAN", "")


def test_counts_come_before_anything_is_paired() -> None:
    records = frame([("Ann", "Bob", "roll")] * 3 + [("Bob", "Ann", "roll")])
    counts = counts_before(records, [block_on("one"), block_on(any_of("one", "two"))])
    assert counts.select("rule", "keys", "pairs", "largest").rows() == [("one", 1, 3, 3), ("one or two", 2, 12, 4)]


def test_an_empty_town_has_no_pairs() -> None:
    found = candidates(frame([]), [block_on("one")])
    assert found.pairs.height == 0
    assert found.report.rules["pairs"].to_list() == [0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Reid", "Reed"), ("Philips", "Phillips"), ("MacDonald", "McDonald"), ("Hussain", "Hussein"),
        ("Thompson", "Thomson"), ("Wright", "Right"), ("Clarke", "Clark"), ("Stephens", "Stevens"),
        ("Kowalski", "Kowalska"), ("O'Brien", "OBrian"),
    ],
)  # fmt: skip
def test_surnames_that_sound_alike_share_a_key(one: str, other: str) -> None:
    records = pl.DataFrame({"id": [1, 2], "surname": [one, other]})
    assert candidates(records, [block_on(sounds_like("surname"))]).pairs.height == 1


def test_surnames_that_sound_apart_do_not() -> None:
    keys = sound_key(pl.Series(["SMITH", "JONES", "OKAFOR", "PATEL", "REID", "HUGHES", "LEWIS"]))
    assert keys.n_unique() == len(keys)


def test_first_letters_pass_over_spaces_and_accents() -> None:
    records = pl.DataFrame({"id": [1, 2], "surname": ["Ó Dálaigh", "ODaly"]})
    assert candidates(records, [block_on(first_letters("surname", 3))]).pairs.height == 1


@pytest.mark.parametrize(
    "block", [block_on("a", sounds_like("b"), cap=7), block_on(any_of("a", "b"), first_letters("c", 2))]
)
def test_a_block_survives_a_model_file(block: Block) -> None:
    kept = {
        "keys": [{"columns": list(key.columns), "form": key.form, "letters": key.letters} for key in block.keys],
        "cap": block.cap,
    }
    assert block_from(kept) == block


def test_what_makes_no_block_is_refused() -> None:
    with pytest.raises(ModelFault, match="at least one column"):
        block_on()
    with pytest.raises(ModelFault, match="two any_of keys"):
        block_on(any_of("a", "b"), any_of("c", "d"))
    with pytest.raises(ModelFault, match="one of the forms"):
        block_from({"keys": [{"columns": ["a"], "form": "upside down", "letters": 0}], "cap": 5})
    assert Key(("a",), "first letters", 2) == first_letters("a", 2)


def test_faults_name_columns_and_counts_never_values() -> None:
    records = pl.DataFrame({"id": ["Ann", "Ann", None], "surname": ["Reid"] * 3})
    with pytest.raises(PairFault, match="1 are null, 1 repeat") as told:
        candidates(records, [block_on("surname")])
    assert "Ann" not in str(told.value)
    with pytest.raises(ColumnFault, match=r"'surnam' \(did you mean 'surname'\?\), 'dob'"):
        candidates(records.unique("id").drop_nulls(), [block_on("surnam", "dob")])
    with pytest.raises(ColumnFault, match="needs the column that names each record's source"):
        candidates(records.unique("id").drop_nulls(), [block_on("surname")], link_type="between")


def test_a_date_s_last_four_digits_are_its_day() -> None:
    born = pl.DataFrame({"id": ["a", "b", "c"], "born": ["1980-03-04", "1981-03-04", "1980-04-03"]})
    assert candidates(born, [block_on(last_letters("born", 4))]).pairs.rows() == [("a", "b")]


def test_what_is_too_wide_gives_way_to_what_is_narrower_and_nothing_else_does() -> None:
    people = pl.DataFrame({"surname": ["Reid"] * 6, "born": [1980, 1980, 1981, 1981, 1982, 1983], "sex": ["f"] * 6})
    wide, narrow = block_on("surname"), [block_on("surname", "born"), block_on("born")]
    assert [b.keys for b in affordable(people, [wide], 14, instead={wide: narrow})] == [b.keys for b in narrow]
    assert [b.keys for b in affordable(people, [wide, narrow[1]], 14, instead={wide: narrow})] == [
        b.keys for b in narrow
    ]
    assert [b.keys for b in affordable(people, [wide], 15, instead={wide: narrow})] == [wide.keys]
    assert [b.keys for b in affordable(people, [block_on("sex")], 14, instead={wide: narrow})] == [block_on("sex").keys]


def test_what_is_affordable_pairs_no_more_than_asked_and_as_much_as_whole_keys_allow() -> None:
    people = pl.DataFrame({"id": [str(i) for i in range(12)], "surname": ["A"] * 6 + ["B"] * 3 + ["C"] * 3})
    for most, pairs in ((100, 21), (20, 6), (5, 0)):
        blocks = affordable(people, [block_on("surname")], most)
        assert candidates(people, blocks).pairs.height == pairs

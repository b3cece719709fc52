"""One row is judged as a frame of many is: the two ways of running the evidence's expressions agree on everything."""

import json
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer.alone import row_forms
from gazetteer.candidates import DECIDING
from gazetteer.evidence import ALONE, OURS, THEIRS, weighed
from gazetteer.index import Gazetteer
from gazetteer.row_wise import Add, Grade, Keep, NoRowForm, row_form
from gazetteer.rungs import LEVELS
from gazetteer.tuning import Tuning

NUMBERS = [None, 1, 2, 3, 12, 14]
LETTERS = ["", "A", "B"]
CODES = ["", "1", "A", "2/1", "0/", "*", "N:STABLES", "1+ROOM:2", "ROOM:2"]
NAMES = ["", "ROSE COTTAGE", "ROSE COTAGE", "MILL HOUSE", "STABLES", "ROSE COTTAGE|MILL HOUSE"]
VALUES: dict[str, list[Any]] = {
    "unit": CODES,
    "floor": ["", "0", "2"],
    "door": ["", "1", "A", "L"],
    "kind": ["", "FLAT", "UNIT", "ROOM"],
    "relation": ["", "", "", "REAR OF"],
    "number": ["", "1", "2", "12", "12A", "12-14", "A"],
    "low": NUMBERS,
    "high": NUMBERS,
    "low_letter": LETTERS,
    "high_letter": LETTERS,
    "names": NAMES,
    "street": ["", "KING STREET", "KINNG STREET", "KING ROAD", "MILL HOUSE"],
    "postcode": [None, "BA1 1AA", "BA1 1AB"],
    "area": [None, "BA", "EX"],
    "district": [None, "BA1", "BA2"],
    "sector": [None, "BA1 1", "BA1 2"],
    "places": ["", "BARCHESTER", "OAKBY|BARCHESTER"],
    "sao_name": ["", "STABLES"],
    "organisation": ["", "MILL HOUSE"],
    "class_code": [None, "RD06", "CR08"],
    "part": ["", "STABLES"],
    "first": ["", "1", "12"],
    "second": ["", "1", "14"],
    "short": ["", "F1", "1"],
    "glued": ["", "A1", "1A", "1"],
    "dashed": ["", "2-1", "A"],
    "sort": ["", "ROSE ", "BLOCK "],
    "locality": ["", "OAKBY"],
    "town": ["", "BARCHESTER", "OAKBY"],
    "uprn": [1, 2, 3],
    "rank": [0, 1, 20],
    "parent_uprn": [None, 5],
    "standing": [*LEVELS["standing"]],
    "purpose": [*LEVELS["purpose"]],
}
RUNG = len(LEVELS) + DECIDING.index("rung") - 1
VALUES |= {name: [False, True] for name in ("paired", "known_street", "beside", "ranged")}
COLUMNS = {f"m_{name}": name for name in OURS} | {f"v_{name}": name for name in THEIRS} | {name: name for name in ALONE}
TYPES: dict[str, Any] = {f"{side}_{name}": dtype for name, dtype in OURS.items() for side in "mv" if name in THEIRS}
TYPES |= {"v_parent_uprn": pl.Int64, "v_uprn": pl.Int64, "v_rank": pl.Int16}


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_a_pair_is_weighed_by_itself_as_among_others(seed: int) -> None:
    chance = Random(seed)
    pairs = [{column: chance.choice(VALUES[name]) for column, name in COLUMNS.items()} for _ in range(200)]
    tuning, forms = Tuning.shipped(), row_forms()
    assert forms, "an expression of the evidence has no form for single rows: teach it to gazetteer/row_wise.py"
    assert tuning.bits_of
    frame = pl.DataFrame(pairs, schema_overrides=TYPES).with_row_index("variant").with_row_index("row")
    told = weighed(frame, tuning).select("variant", *LEVELS, "bits", "rung").rows()
    alone = []
    for variant, pair in enumerate(pairs):
        mine = [pair[f"m_{name}"] for name in OURS]
        found = forms.whole(*mine, variant, *(pair[column] for column in pair if not column.startswith("m_")))
        first = forms.numbered(*mine, *(pair[name] for name in forms.theirs))
        assert first or not found
        if found:
            levels = found[: len(LEVELS)]
            alone.append((variant, *levels, *(tuning.bits_of(*levels) or ()), found[RUNG]))
    assert alone == told


ANY = st.sampled_from([None, True, False])
WHOLE = st.one_of(st.none(), st.integers(-40, 40))
TEXT = st.one_of(st.none(), st.text("AB|", max_size=3))
A, B, P, Q, X, Y = (pl.col(name) for name in "abpqxy")
EXPRESSIONS = [
    P & Q,
    P | Q,
    ~P,
    ~(P & Q) | (P & ~Q),
    (A == B).is_null(),
    (A + B).is_not_null(),
    (A > B) & ~(A == B),
    ~(A <= B) | P,
    A.is_between(B, 7),
    ~A.is_between(-3, B),
    (A - B) % 4,
    A * 2 - B,
    A.fill_null(0) == B.fill_null(3),
    P.fill_null(False),
    ~P.fill_null(True) & Q,
    (P & Q).fill_null(True) | (A < 3),
    X.is_in(["A", "AB"]) | ~Y.is_in(["B"]),
    X.str.starts_with(Y) | X.str.ends_with("B"),
    ~X.str.contains(Y, literal=True),
    X.str.contains(r"A+\|"),
    ~X.str.contains(r"^A|B$"),
    X + "|" + Y,
    (X + Y) == "AB",
    X.str.replace_all(r"(^|\|)A", "${1}<"),
    X.str.strip_prefix("A") == Y.str.strip_suffix("B"),
    X.str.strip_prefix(Y),
    pl.when(P).then(A).when(Q).then(B).otherwise(pl.lit(None)),
    pl.when(P).then(A > 2).otherwise(Q) & P,
    X.replace_strict({"A": 1.5, "B": -2.0}, default=0.0, return_dtype=pl.Float64),
    pl.when(X != "'").then(pl.lit('it\'s "so" \\ {}')).otherwise(Y).alias("z"),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
@settings(max_examples=40)
@given(rows=st.lists(st.tuples(WHOLE, WHOLE, ANY, ANY, TEXT, TEXT), min_size=1, max_size=30))
def test_expressions_say_the_same_of_a_row_and_of_a_frame(expression: pl.Expr, rows: list[tuple[Any, ...]]) -> None:
    types = {"a": pl.Int32, "b": pl.Int32, "p": pl.Boolean, "q": pl.Boolean, "x": pl.String, "y": pl.String}
    frame = pl.DataFrame(rows, schema=types, orient="row").with_columns(expression.alias("z"))
    one = row_form([Add({"z": expression})], list("abpqxy"), ["z"])
    assert [one(*row) for row in rows] == frame.select("z").rows()
    kept = row_form([Keep(pl.col("z"))], ["z"], ["z"])
    if frame.schema["z"] == pl.Boolean:
        assert [row for row in frame.select("z").rows() if kept(*row)] == frame.filter("z").select("z").rows()


def test_columns_that_are_added_together_come_of_those_before() -> None:
    swap = row_form([Add({"a": B, "b": A}), Grade("c", str.__add__, ("a", "b"))], ["a", "b"], ["a", "b", "c"])
    assert swap("1", "2") == ("2", "1", "21")


@pytest.mark.parametrize(
    "expression", [A.sum(), X.str.to_uppercase(), P ^ Q, X.str.contains(Y), A.is_between(1, 2, closed="left"), A / B]
)
def test_what_has_no_form_for_a_row_is_said(expression: pl.Expr) -> None:
    with pytest.raises(NoRowForm):
        row_form([Add({"z": expression})], list("abpqxy"), ["z"])


class Damaged:
    """An expression of whose plan one node is damaged, as another version of polars might write it otherwise."""

    def __init__(self, expression: pl.Expr, chance: Random) -> None:
        plan = json.loads(expression.meta.serialize(format="json"))
        holder, at = chance.choice(list(places_in(plan)))
        damage = chance.choice(["none", "gone", "renamed", "text", "list"])
        if damage in ("gone", "renamed"):
            value = holder.pop(at)
            if damage == "renamed" and isinstance(holder, dict):
                holder[f"{at}2"] = value
        else:
            holder[at] = {"none": None, "text": "?", "list": [holder[at], 1]}[damage]
        self.meta, self.plan = self, plan

    def serialize(self, **_: str) -> str:
        return json.dumps(self.plan)


def places_in(plan: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(plan, dict | list):
        for at, value in [*(plan.items() if isinstance(plan, dict) else enumerate(plan))]:
            yield plan, at
            yield from places_in(value)


@pytest.mark.parametrize("expression", [*EXPRESSIONS, Tuning.shipped().sureness], ids=str)
@settings(max_examples=40)
@given(seed=st.integers(0, 100_000))
def test_a_plan_that_cannot_be_read_is_said_to_have_no_form(expression: pl.Expr, seed: int) -> None:
    damaged: Any = Damaged(expression, Random(seed))
    given_columns = ["a", "b", "p", "q", "x", "y", "rung", "gap"]
    with suppress(NoRowForm):
        assert callable(row_form([Add({"z": damaged})], given_columns, ["z"]))
    with suppress(NoRowForm):
        assert callable(row_form([Keep(damaged)], given_columns, ["a"]))


def test_frames_do_where_rows_cannot(king_street: Gazetteer, monkeypatch: pytest.MonkeyPatch) -> None:
    from gazetteer import find

    texts = ["12 king street ba1 1aa", "flat 9 14 kinng st", "rose cotage, king street"]
    by_row = [find(text, king_street) for text in texts]
    monkeypatch.setattr("gazetteer.alone.row_forms", lambda: None)
    assert [find(text, king_street) for text in texts] == by_row


@pytest.fixture
def king_street() -> Gazetteer:
    from gazetteer.examples import barchester

    return barchester()

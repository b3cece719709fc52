"""One answer is worded as it would be among many."""

from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer import find, resolve
from gazetteer.decide import DECISIONS, Decision
from gazetteer.examples import town
from gazetteer.rungs import BY_NAME
from gazetteer.tuning import Tuning
from gazetteer.wording import Answer, in_words, in_words_alone

PLACE = town(Path(__file__).parents[1] / "cases" / "gazetteer.csv")
FORMER = PLACE.tables.successors["uprn"].unique().to_list()
UPRNS = [None, 20143, *FORMER]
VARIANTS = [None, 0, 5, PLACE.variants.height - 1]
OUTCOMES = ("exact", "building", "street", "ambiguous", "historic", "none")
GAPS = st.one_of(st.none(), st.floats(0, 20))
TOLD = st.tuples(st.sampled_from([*BY_NAME]), st.sampled_from(VARIANTS), st.just(9.0), GAPS)


def framed(decided: list[Decision], country: str | None) -> pl.DataFrame:
    frame = pl.DataFrame(decided, schema=DECISIONS, orient="row")
    return frame.with_columns(remark=pl.lit(None, pl.String), country=pl.lit(country, pl.String))


@settings(max_examples=30)
@given(st.lists(TOLD, min_size=3, max_size=3), st.sampled_from([0.0, 0.9, 0.999]), st.sampled_from([None, "Spain"]))
def test_one_answer_is_worded_as_among_many(
    told: list[tuple[str, int | None, float, float | None]], wanted: float, country: str | None
) -> None:
    tuning = Tuning.shipped().wanting(wanted)
    pairs = product(OUTCOMES, UPRNS)
    decided = [Decision._make((*pair, *told[place % 3], ())) for place, pair in enumerate(pairs)]
    many = in_words(framed(decided, country), PLACE, tuning).select(Answer._fields).rows()
    assert [in_words_alone(one, country, PLACE, tuning) for one in decided] == many


def test_the_town_has_properties_that_one_and_that_several_replaced() -> None:
    assert {min(len(PLACE.current(uprn)), 2) for uprn in FORMER} == {1, 2}


def test_frames_word_where_rows_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["flat 3 14 kinng st barchester ba12aa", "1 high street", "calle mayor 3, madrid, spain", "zzz"]
    by_row = [find(text, PLACE) for text in texts]
    monkeypatch.setattr("gazetteer.wording._row_form", lambda _: None)
    assert [find(text, PLACE) for text in texts] == by_row


def test_what_is_held_back_and_what_was_divided_have_rivals() -> None:
    asked = pl.DataFrame({"address": ["flat 3 14 kinng st barchester ba12aa"]})
    held = resolve(asked, PLACE, wanted=0.9995)
    assert held.select("outcome", "uprn", "rivals").row(0) == ("ambiguous", None, [20143])
    divided = next(uprn for uprn in FORMER if len(PLACE.current(uprn)) > 1)
    answers = in_words(framed([Decision("historic", divided, "exact")], None), PLACE, Tuning.shipped())
    assert answers.select("outcome", "uprn", "superseded_uprn").row(0) == ("ambiguous", None, divided)
    assert answers["rivals"].to_list() == [list(PLACE.current(divided))]

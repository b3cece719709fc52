"""A refit: what labels may move, what they may not, and that it is taken over only where it places better."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer import Feedback, Gazetteer, Label, Tuning
from gazetteer.examples import tables_of
from gazetteer.learning import as_table, choices_of, learned, weights_of
from gazetteer.refit import FEWEST, _better, refit
from gazetteer.rungs import FALLING, VETOES

SHIPPED = Tuning.shipped()
FIRST = ["ASH", "BAY", "CLAY", "DALE", "ELM", "FERN", "GROVE", "HOLLY", "IVY", "JUNIPER", "KESTREL", "LARCH", "MEADOW"]
FIRST += ["NETTLE", "OAK", "PEAR"]
LAST = ["BANK", "CROFT", "END", "FIELD", "GATE", "HOLT", "LEA", "MEAD", "NOOK", "RIDGE"]
PLAIN = {"class": "RD02", "unit_text": "", "unit": "", "town": "BARCHESTER"}


@pytest.fixture(scope="module")
def village() -> Gazetteer:
    """A village of 160 houses, each with a name and a number."""
    rows = []
    for at, (first, last) in enumerate((first, last) for first in FIRST for last in LAST):
        street, number = ("MILL LANE", "CHURCH ROAD", "THE GREEN")[at % 3], str(at // 3 + 1)
        home = {"building": f"{first}{last}", "number": number, "street": street, "postcode": f"BA{at % 3 + 1} 1AA"}
        rows.append({**PLAIN, **home, "uprn": str(1000 + at)})
    return Gazetteer.from_tables(tables_of(rows))


def names_only(village: Gazetteer) -> list[Label]:
    """What a council's clerks write: the house's name and nothing else."""
    return [Label(name.title(), None, uprn) for name, uprn in village.variants.select("name", "uprn").iter_rows()]


def test_a_council_whose_clerks_write_names_only_places_more_after_a_refit(village: Gazetteer) -> None:
    labels = names_only(village)
    done = refit(Feedback.of(labels), village, on=date(2026, 11, 23))
    assert done.better, done.report
    assert done.figures["recall_before"] < 0.1 < 0.9 < done.figures["recall_after"]
    assert done.figures["precision_after"] >= 0.998
    assert done.tuning.weights["name"]["equal"] > SHIPPED.weights["name"]["equal"]
    assert (done.tuning.fitted.labels, done.tuning.fitted.date) == (len(labels), "2026-11-23")
    assert "were taken over" in done.report


def test_labels_that_teach_nothing_leave_the_figures_alone(village: Gazetteer) -> None:
    """Names confirmed at houses drawn by lot: a refit to them places no better, and is refused."""
    labels, uprns = names_only(village), [1000 + at for at in range(160)]
    random.Random(7).shuffle(uprns)
    done = refit(Feedback.of(one._replace(uprn=uprn) for one, uprn in zip(labels, uprns, strict=True)), village)
    assert not done.better
    assert (done.tuning.weights, done.tuning.enough) == (SHIPPED.weights, SHIPPED.enough)
    assert "the old ones were kept" in done.report


def test_where_all_is_well_placed_nothing_is_refitted(village: Gazetteer) -> None:
    addresses = village.variants.select("text", "uprn").iter_rows()
    done = refit(Feedback.of(Label(text, None, uprn) for text, uprn in addresses), village)
    assert not done.better
    assert done.tuning.weights == SHIPPED.weights


@pytest.mark.parametrize("many", [0, 1, FEWEST - 1])
def test_too_few_labels_change_nothing_and_say_so(village: Gazetteer, many: int) -> None:
    done = refit(Feedback.of(names_only(village)[:many]), village)
    assert done.tuning == SHIPPED
    assert done.report == f"{many} confirmed placements are too few, at least {FEWEST} are needed: nothing was changed"


def test_labels_that_the_gazetteer_does_not_know_do_not_count(village: Gazetteer) -> None:
    done = refit(Feedback.of(one._replace(uprn=7) for one in names_only(village)), village)
    assert done.figures == {"labels": 0}


def test_the_order_of_labels_does_not_matter(village: Gazetteer) -> None:
    labels = names_only(village)
    assert refit(Feedback.of(labels), village) == refit(Feedback.of(reversed(labels)), village)


def moved(labels: Sequence[Label], village: Gazetteer) -> dict[str, dict[str, float]]:
    return as_table(learned(choices_of(Feedback.of(labels).labels, village, SHIPPED), SHIPPED))


def test_no_labels_move_no_weight(village: Gazetteer) -> None:
    assert moved([], village) == {name: dict(levels) for name, levels in SHIPPED.weights.items()}


def test_twenty_labels_move_little_and_many_move_more(village: Gazetteer) -> None:
    labels = names_only(village)
    few, many = moved(labels[:20], village)["name"]["equal"], moved(labels, village)["name"]["equal"]
    assert 7.0 < few < 8.0
    assert many > few + 0.3


WRITTEN = st.tuples(
    st.sampled_from(["Ashbank", "Ovalend", "Baycroft", "Flat 2, Ashbank"]),
    st.sampled_from(["", "1 ", "2 ", "3A "]),
    st.sampled_from(["Mill Lane", "Mil Lane", "Church Road", "The Green", ""]),
    st.sampled_from([None, "BA1 1AA", "BA2 1AB", "CF1 1AA"]),
    st.none() | st.integers(1000, 1159),
)


@settings(max_examples=15)
@given(st.lists(WRITTEN, max_size=40))
def test_whatever_labels_say_vetoes_hold_and_better_levels_weigh_no_less(
    village: Gazetteer, rows: list[tuple[str, str, str, str | None, int | None]]
) -> None:
    labels = [Label(f"{name}, {number}{street}", postcode, uprn) for name, number, street, postcode, uprn in rows]
    weights = moved(labels, village)
    assert all(weights[name][level] == most for (name, level), most in VETOES.items())
    for name, chains in FALLING.items():
        for chain in chains:
            assert [weights[name][level] for level in chain] == sorted((weights[name][v] for v in chain), reverse=True)
    assert replace(SHIPPED, weights=weights)  # such figures are ones that a tuning may have


@pytest.mark.parametrize(
    ("before", "after", "better", "why"),
    [
        ([None] * 9, [1] * 9, True, "nine more are found"),
        ([None] * 2, [1] * 2, False, "two more may be chance"),
        ([2] * 9 + [1] * 9, [None] * 9 + [1] * 9, True, "nine fewer are wrong"),
        ([1] * 9, [None] * 9, False, "nine fewer are found"),
        ([1] * 90 + [None] * 30, [1] * 90 + [1] * 25 + [2] * 5, False, "more are found, at too many wrong"),
        ([1] * 20, [1] * 20, False, "nothing changes"),
    ],
)
def test_better_means_clearly_more_found_or_less_wrong(
    before: list[int | None], after: list[int | None], better: bool, why: str
) -> None:
    frames = [
        pl.DataFrame({"uprn": pl.Series(one, dtype=pl.Int64)}).with_columns(
            truth=pl.lit(1, pl.Int64), claims=pl.lit(1, pl.Int64)
        )
        for one in (before, after)
    ]
    assert _better(frames[0], frames[1], 0.998) == better, why


def test_weights_are_written_as_they_were_read() -> None:
    assert as_table(weights_of(SHIPPED)) == {name: dict(levels) for name, levels in SHIPPED.weights.items()}

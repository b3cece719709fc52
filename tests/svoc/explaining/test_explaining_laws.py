"""Laws of the explanation, on a rehearsal town: it tells what decided, whichever way one asks, and no third party."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc import Council, Desk
from svoc.explaining import EXPLANATION, Explainer
from svoc.rehearsal.town import rehearse
from svoc.reports.explanation import explanation_page
from svoc.steps.group import group
from svoc.steps.pair import besides, pair
from svoc.words.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Town:
    """A night of a small town: its explainer, all its pairs, those worth asking about, and the cases of its desk."""

    asking: Explainer
    subject: Purpose
    pairs: pl.DataFrame
    asked: list[tuple[str, str]]
    cases: list[tuple[str, ...]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = rehearse(tmp_path_factory.mktemp("explained") / "town", dwellings=250, seed=11, nights=1)
    with Council.open(made.settings) as council:
        council.commit(council.plan())
        purposes = council.policy.purposes
        asking = Explainer.of(council.store.yesterday(), council.policy, purposes.named("canvass-match"))
        pairs = pair(asking.mentions, council.policy.model, council.policy.engine)
        cases = [c.mentions for c in Desk(council, "j.okafor", "canvass-match").cases() if len(c.mentions) > 1]
        yield Town(asking, purposes.named("subject-access"), pairs, _worth_asking(asking, pairs), cases)


def _worth_asking(asking: Explainer, pairs: pl.DataFrame) -> list[tuple[str, str]]:
    """Give the pairs that are nearly joined or just so, some that are clear, and some that were never compared."""
    ends = ["left", "right"]
    near = pairs.filter(pl.col("weight").is_between(-3_000, 9_000)).select(ends).rows()
    kept = asking.state.links.select(ends).rows()[::9]
    people = asking.mentions.filter(pl.col("kind") == "person")["mention"].sort().to_list()
    return sorted({*near, *kept, *zip(people[::40], people[7::40], strict=False)})


@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_the_steps_add_up_to_the_weight_that_decided_whichever_way_one_asks(town: Town, data: st.DataObject) -> None:
    left, right = data.draw(st.sampled_from(town.asked))
    found, other_way = town.asking.explain(left, right), town.asking.explain(right, left)
    assert other_way.text() == found.text()
    assert other_way.steps.equals(found.steps)
    assert found.steps.schema == pl.Schema(EXPLANATION)
    assert found.steps["bits"].sum() == found.weight
    its = (pl.col("left") == found.left) & (pl.col("right") == found.right)
    decided = town.pairs.filter(its)["weight"].to_list()
    assert decided == ([] if found.reasons[0].code == "never_met" else [found.weight])
    kept = town.asking.state.links.filter(its)
    assert [found.weight] * kept.height == kept["weight"].to_list()
    assert not found.note
    margins = kept["margin"].drop_nulls().to_list()
    if found.reasons[0].code in {"best_reading", "narrow", "tie"}:
        assert [found.reasons[0].has] == margins


@given(data=st.data())
@settings(max_examples=6, deadline=None)
def test_the_change_named_turns_the_answer_of_the_whole_town(town: Town, data: st.DataObject) -> None:
    left, right = data.draw(st.sampled_from(town.asked))
    found = town.asking.explain(left, right)
    named = re.fullmatch(r".+ at '(.+)' instead of '.+' \((.+) bits\) would (?:join|part) them", found.change)
    if named is None:
        return
    level, gain = named[1], round(float(named[2]) * 1000)
    policy = town.asking.policy
    its = (pl.col("left") == found.left) & (pl.col("right") == found.right)
    row = town.pairs.filter(its)
    comparison = next(
        c for c in policy.model.comparisons if level in c.levels and _gains(row, c.name, level, gain, town)
    )
    grade = f"grade_{comparison.name}"
    changed = row.with_columns(
        pl.lit(comparison.levels.index(level), row.schema[grade]).alias(grade), pl.col("weight") + gain
    ).cast(row.schema)
    changed = changed.with_columns(besides(changed, policy.model)).select(row.columns)
    mentions, decided = town.asking.mentions, town.asking.decisions
    pairs = pl.concat([town.pairs.filter(~its), changed])
    clusters = group(mentions, pairs, decided, policy.thresholds, policy.lists_once).clusters
    ends = clusters.filter(pl.col("mention").is_in([left, right]))["cluster"]
    assert (ends.n_unique() == 1) != found.same


def _gains(row: pl.DataFrame, name: str, level: str, gain: int, town: Town) -> bool:
    comparison = next(c for c in town.asking.policy.model.comparisons if c.name == name)
    worth = town.asking.policy.model.knowledge.levels[name][row["context"][0]].bits
    grade = row[f"grade_{name}"][0]
    return abs(worth[comparison.levels.index(level)] - (worth[grade] if grade >= 0 else 0) - gain) <= 5


def test_a_subject_is_told_of_no_third_party_in_any_case(town: Town) -> None:
    asking = Explainer(town.asking.mentions, town.asking.state, town.asking.decisions, town.asking.policy, town.subject)
    persons = dict(asking.state.members.iter_rows())
    joined = [pair for pair in town.asked if persons.get(pair[0]) == persons.get(pair[1])][:6]
    asked = [*joined, *(pair for case in town.cases for pair in combinations(case, 2))]
    assert joined
    assert town.cases
    for left, right in asked:
        for subject, other in ((left, right), (right, left)):
            told = asking.explain(subject, other, for_subject=True)
            said = f"{told.text()} {told.figures()} {told.steps.rows()} {explanation_page(told, purpose=town.subject)}"
            own = {m for m, person in persons.items() if person == persons.get(subject)} | {subject}
            mine = asking.mentions.filter(pl.col("mention").is_in(list(own)))
            others = asking.mentions.filter(~pl.col("mention").is_in(list(own)))
            known = {
                w for c in ("forename", "middle_names", "surname") for v in mine[c].drop_nulls() for w in v.split()
            }
            names = {w for c in ("forename", "surname") for v in others[c].drop_nulls() for w in v.split()} - known
            words = set(re.findall(r"[\w/-]+", said))
            assert not words & {name for name in names if len(name) > 1}
            assert not words & set(others["mention"])
            assert not words & (set(persons.values()) - {persons.get(subject)})


def test_every_case_is_explained_with_its_rival_or_its_bar(town: Town) -> None:
    for mentions in town.cases[:6]:
        found = [town.asking.explain(a, b) for a, b in list(combinations(mentions, 2))[:2]]
        assert all(each.reasons and each.change for each in found)
        assert any({r.code for r in each.reasons} - {"listed_once", "side_by_side"} for each in found)


def test_a_page_needs_nothing_else_and_escapes_what_it_is_given(town: Town) -> None:
    left, right = town.cases[0][:2]
    page = explanation_page(town.asking.explain(left, right), purpose=town.asking.purpose)
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)
    assert page.count('<th scope="col"') == 3
    assert "<caption" in page
    odd = Purpose("odd", "<b>bold</b>", "statutory", "")
    assert "<b>bold</b>" not in explanation_page(town.asking.explain(left, right), purpose=odd)

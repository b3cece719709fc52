"""What an officer is told of pairs that they know: from households in a few lines to the words expected."""

import csv
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from matchers import block_on
from svoc.errors import SettingsError
from svoc.explaining import Explainer, Explanation
from svoc.reports.explanation import explanation_page
from svoc.words.plan import Yesterday
from tests.worlds import death, decisions, extract, morrow, night, policy

CASES = Path(__file__).parents[2] / "cases" / "explanations.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))


@cache
def lived(household: str) -> Yesterday:
    """Run one night on a household."""
    said = defaultdict(list)
    for line in household.split(" ; "):
        source, _, rest = line.strip().partition(" ")
        said[source].append(rest)
    before = Yesterday()
    return morrow(before, night(before, *(extract(source, *lines) for source, lines in said.items())))


def explainer(household: str, purpose: str = "canvass-match") -> Explainer:
    return Explainer.of(lived(household), policy(), policy().purposes.named(purpose))


def keys(asking: Explainer, pair: str) -> tuple[str, str]:
    """Give the mentions that a case calls A/1 and E/1."""
    of = {"/".join(m.split("/")[1:]): m for m in asking.mentions["mention"]}
    left, right = pair.split()
    return of[left], of[right]


def explained(row: dict[str, str]) -> Explanation:
    asking = explainer(row["household"])
    return asking.explain(*keys(asking, row["pair"]))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["why"]))
def test_the_words_are_those_that_an_officer_expects(row: dict[str, str]) -> None:
    found = explained(row)
    text = found.text()
    assert found.same == (row["answer"] == "one"), text
    assert row["reason"] in {reason.code for reason in found.reasons}, text
    assert not [words for words in row["words"].split(" + ") if words not in text], text
    assert row["change"] in found.change, text
    assert found.steps["bits"].sum() == (found.weight or 0)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["why"]))
def test_the_subject_is_told_of_no_third_party(row: dict[str, str]) -> None:
    asking = explainer(row["household"], "subject-access")
    for left, right in (keys(asking, row["pair"]), keys(asking, row["pair"])[::-1]):
        told = asking.explain(left, right, for_subject=True)
        own = asking.state.members.join(asking.state.members.filter(mention=left), on="person", how="semi")["mention"]
        third = asking.mentions.filter(~pl.col("mention").is_in([left, *own]))
        mine = asking.mentions.filter(pl.col("mention").is_in([left, *own]))
        secret = {*third["mention"], *third["forename"], *third["surname"]} - {*mine["forename"], *mine["surname"]}
        said = f"{told.text()} {told.figures()} {told.steps.rows()} {explanation_page(told, purpose=asking.purpose)}"
        words = set(re.findall(r"[\w/]+", said))
        assert not words & {s for s in secret if s and len(s) > 1}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["why"]))
def test_a_purpose_that_may_not_read_names_is_told_none(row: dict[str, str]) -> None:
    asking = explainer(row["household"], "statistics")
    text = asking.explain(*keys(asking, row["pair"])).text()
    names = {*asking.mentions["forename"], *asking.mentions["surname"]}
    assert not set(re.findall(r"\w+", text)) & {name for name in names if name and len(name) > 1}


def test_what_a_steward_said_is_the_reason_and_their_words_are_not_repeated() -> None:
    lived_in = lived(ROWS[0]["household"])
    left, right = "council_tax/A/1", "electoral_register/E/1"
    said = replace(lived_in, decisions=decisions(("different", left, right)))
    found = Explainer.of(said, policy(), policy().purposes.named("canvass-match")).explain(left, right)
    assert found.reasons[0].code == "steward_different"
    assert "it waits for the next settling" in found.reasons[0].words
    assert "seen" not in found.text()
    assert found.change == "another decision of a steward"
    expired = replace(lived_in, decisions=decisions(("different", left, right, {"expires": date(2026, 1, 1)})))
    found = Explainer.of(expired, policy(), policy().purposes.named("canvass-match")).explain(left, right)
    assert found.reasons[0].code == "best_reading"


def test_two_records_that_one_source_holds_apart_are_not_joined_by_way_of_others() -> None:
    household = (
        "library A | MR OBADIAH QUENNELL | 3 | .. | phone=01392000001 ; "
        "council_tax A | MR OBADIAH QUENNELL | 1 | .. | phone=01392000001 ; "
        "council_tax B | MR OBADIAH QUENNELL | 1 | .. | phone=01392000001"
    )
    asking = explainer(household)
    found = asking.explain("council_tax/A/1", "library/A/1")
    assert not found.same
    assert found.reasons[0].code in {"not_clear", "parted"}


def test_what_too_many_share_is_said_to_have_kept_two_from_being_compared() -> None:
    yesterday = lived("library A | JOHN SMITH | 1 ; library B | JOHN SMITH | 2 ; library C | JOHN SMITH | 3")
    model = replace(policy().model, blocks=[block_on("surname", cap=2)])
    narrow = replace(policy(), model=model)
    found = Explainer.of(yesterday, narrow, policy().purposes.named("canvass-match")).explain(
        "library/A/1", "library/B/1"
    )
    assert found.reasons[0].code == "crowd"
    assert found.steps["bits"].sum() == found.weight


def test_a_model_that_came_after_the_night_is_noted() -> None:
    household = ROWS[0]["household"]
    yesterday, known = lived(household), policy().model.knowledge
    model = replace(policy().model, learned=replace(known, prior={c: bits - 500 for c, bits in known.prior.items()}))
    asking = Explainer.of(yesterday, replace(policy(), model=model), policy().purposes.named("canvass-match"))
    assert "has changed since" in asking.explain("council_tax/A/1", "electoral_register/E/1").note
    assert not explainer(household).explain("council_tax/A/1", "electoral_register/E/1").note


def test_a_life_event_is_for_a_steward() -> None:
    before = Yesterday()
    plan = night(before, extract("council_tax", "A | MR JOHN SMITH | 1"))
    told = morrow(before, plan, events=death("1", "MR JOHN SMITH", house=1))
    yesterday = morrow(told, night(told))
    asking = Explainer.of(yesterday, policy(), policy().purposes.named("canvass-match"))
    event = next(m for m in asking.mentions["mention"] if m.startswith("life_events/"))
    found = asking.explain(event, "council_tax/A/1")
    assert (found.same, found.reasons[0].code, found.change) == (False, "life_event", "a steward's answer")


@pytest.mark.parametrize(
    ("pair", "words"),
    [(("council_tax/A/1", "council_tax/A/1"), "name two"), (("council_tax/A/1", "council_tax/Z/1"), "no such mention")],
)
def test_what_cannot_be_explained_is_refused(pair: tuple[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        explainer("council_tax A | MR JOHN SMITH | 1").explain(*pair)

"""A steward at work on a real small town: cases, evidence, decisions that hold, and a way back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from svoc import Council, Death, Desk
from svoc.desk.case import Case, told_side_by_side
from svoc.desk.pressing import expected_harm
from svoc.errors import PurposeRefused, SettingsError
from svoc.rehearsal.town import rehearse
from svoc.words.decisions import CaseKind, Verdict
from svoc.words.purposes import Purpose, Purposes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the settings of a town whose first night is done."""
    town = rehearse(tmp_path_factory.mktemp("desk") / "town", dwellings=400, seed=7, nights=1)
    with Council.open(town.settings) as council:
        council.commit(council.plan())
    return town.settings


@pytest.fixture
def council(made: Path) -> Iterator[Council]:
    with Council.open(made) as opened:
        yield opened


@pytest.fixture
def desk(council: Council) -> Desk:
    return Desk(council, steward="j.okafor", purpose="canvass-match")


def persons_of(council: Council, lane: str, mentions: tuple[str, ...]) -> set[str]:
    members = council.store.yesterday().lane(lane).members
    return set(members.filter(pl.col("mention").is_in(list(mentions)))["person"])


def of_two(desk: Desk, kind: CaseKind = CaseKind.HOUSEHOLD) -> Case:
    return desk.open(next(c.id for c in desk.cases() if c.kind == kind and len(c.mentions) == 2))


def test_cases_come_in_the_order_of_what_a_mistake_costs_and_the_first_is_the_next(desk: Desk) -> None:
    cases = desk.cases()
    harm = [expected_harm(c) for c in cases]
    assert len(cases) > 3
    assert len({c.kind for c in cases}) > 1
    assert harm == sorted(harm, reverse=True)
    first = desk.next_case()
    assert first is not None
    assert first.id == cases[0].id


def test_evidence_shows_both_records_and_what_each_agreement_is_worth(desk: Desk) -> None:
    case = of_two(desk)
    for words in ("name: ", "address: ", "bits", "to begin with"):
        assert words in case.evidence


def test_an_answered_case_waits_for_nobody_and_holds_after_settling(council: Council, desk: Desk) -> None:
    case = of_two(desk)
    desk.decide(case, "same", because="seen together at the counter")
    assert case.id not in {c.id for c in desk.cases()}
    council.commit(council.settle())
    assert len(persons_of(council, desk.lane, case.mentions)) == 1

    assert desk.undo() != []
    council.commit(council.settle())
    assert len(persons_of(council, desk.lane, case.mentions)) == 2
    assert case.id in {c.id for c in desk.cases()}
    assert desk.history().filter(pl.col("left").is_in(list(case.mentions)))["verdict"].to_list() == ["same"]


def test_different_holds_though_the_evidence_joins(council: Council, desk: Desk) -> None:
    members = council.store.yesterday().lane(desk.lane).members
    joined = members.group_by("person").agg("mention").filter(pl.col("mention").list.len() == 2).sort("person")
    left, right = sorted(joined["mention"][0].to_list())
    council.store.decide("different", left, right, steward="a.patel", because="father and son")
    council.commit(council.settle())
    assert len(persons_of(council, desk.lane, (left, right))) == 2


def test_undo_takes_back_the_whole_last_answer_and_then_nothing(desk: Desk) -> None:
    case = next(c for c in desk.cases() if c.kind == CaseKind.HOUSEHOLD and len(c.mentions) == 3)
    made = desk.decide(case, "different", because="three brothers")
    assert len(made) == 3
    assert desk.undo() == made
    assert desk.undo() == []
    assert set(desk.history().filter(pl.col("decision").is_in(made))["superseded_by"]) == set(made)


@pytest.mark.parametrize(
    ("verdict", "because", "pair", "words"),
    [
        ("different", "  ", None, "reason"),
        ("same", "twins", None, "which two"),
        ("different", "no", ("council_tax/x/1", "council_tax/y/1"), "not about"),
    ],
)
def test_an_answer_that_says_too_little_is_refused(
    desk: Desk, verdict: str, because: str, pair: tuple[str, str] | None, words: str
) -> None:
    case = next(c for c in desk.cases() if c.kind == CaseKind.HOUSEHOLD and len(c.mentions) == 3)
    before = desk.history().height
    with pytest.raises(SettingsError, match=words):
        desk.decide(case, verdict, because=because, pair=pair)
    assert desk.history().height == before


def test_a_desk_needs_a_purpose_that_there_is(council: Council) -> None:
    with pytest.raises(PurposeRefused, match="data-quality"):
        Desk(council, steward="j.okafor", purpose="data-qality")


def test_a_case_that_is_not_there_is_said_to_be_so(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="no open case"):
        desk.open("nothing")


def test_records_are_told_side_by_side_without_empty_lines() -> None:
    told = told_side_by_side([{"name": "MR J SMITH", "dob": None}, {"name": "John Smith", "postcode": "ZQ1 1AA"}])
    assert told.splitlines() == ["name: MR J SMITH | John Smith", "postcode: - | ZQ1 1AA"]


def test_a_death_told_at_the_counter_reaches_every_system_that_may_know_once(council: Council) -> None:
    yesterday = council.store.yesterday()
    state = yesterday.lane("service")
    held = state.members.join(yesterday.mentions, on="mention").filter(
        pl.col("until").is_null() & (pl.col("source") == "council_tax")
    )
    person = (
        state.persons.join(held.select("person"), on="person")
        .filter(pl.col("deceased").is_null())
        .sort("person")["person"][0]
    )
    council.tell(Death(person, on="2026-11-01", evidence="registrar"))
    plan = council.settle()
    council.commit(plan)
    told = [n for lane in plan.lanes.values() for n in lane.notices.iter_rows(named=True)]
    assert [n["recipient"] for n in told if n["person"] == person] == ["council_tax"]
    assert all(n["kind"] == "death" for n in told)
    dead = council.store.persons("service").filter(pl.col("person") == person).row(0, named=True)
    assert dead["deceased"] is True
    assert str(dead["died"]) == "2026-11-01"

    council.tell(Death(person, on="2026-11-01", evidence="registrar"))
    again = council.settle()
    assert sum(lane.notices.height for lane in again.lanes.values()) == 0


def test_a_death_of_nobody_on_record_is_refused(council: Council) -> None:
    with pytest.raises(SettingsError, match="no person"):
        council.tell(Death("2222-2222-2", on="2026-11-01", evidence="registrar"))


def test_find_meets_a_name_in_any_order_and_raises_the_one_nearby(council: Council) -> None:
    persons = council.store.persons("service").filter(pl.col("forename").str.len_chars() > 2).drop_nulls("postcode")
    row = persons.sort("person").row(0, named=True)
    for text in (
        f"{row['forename']} {row['surname']}",
        f"{row['surname']} {row['forename']} {row['postcode']}".lower(),
    ):
        found = council.find(text, purpose="council-tax")
        assert row["person"] in [p.id for p in found]
    nearby = council.find(f"{row['forename']} {row['surname']}", purpose="council-tax", near=row["postcode"])
    assert nearby[0].postcode == row["postcode"]


def test_what_a_purpose_may_not_see_is_not_there(council: Council) -> None:
    row = council.store.persons("statutory").drop_nulls(["forename", "surname"]).sort("person").row(0, named=True)
    with pytest.raises(PurposeRefused, match="may not look for people by name"):
        council.find(f"{row['forename']} {row['surname']}", purpose="statistics")
    seen = council.reader("statistics").person(row["person"])
    assert (seen.surname, seen.forename, seen.postcode) == (None, None, row["postcode"])
    assert not set(seen.provenance) - {"home"}


def test_every_verdict_is_known_by_its_word() -> None:
    assert {v.value for v in Verdict} == {"same", "different", "unsure", "succeeds", "confirmed", "rejected"}


def test_a_death_stands_though_a_record_of_the_person_is_withdrawn(made: Path) -> None:
    with Council.open(made) as council:
        state = council.store.yesterday().lane("service")
        of_two = state.members.group_by("person").agg("mention").filter(pl.col("mention").list.len() == 2)
        alive = of_two.join(state.persons.filter(pl.col("deceased").is_null()), on="person").sort("person")
        person, mentions = alive["person"][0], alive["mention"][0].to_list()
        council.tell(Death(person, on="2026-11-01", evidence="registrar"))
        ledger = council.store.decisions().filter(pl.col("verdict") == "confirmed")
        event = ledger["left"][-1]
        assert sorted(ledger.filter(pl.col("left") == event)["right"]) == sorted(mentions)


def test_the_desk_explains_a_pair_by_the_weight_that_decided_it(council: Council, desk: Desk) -> None:
    links = council.store.yesterday().lane(desk.lane).links
    link = links.filter(pl.col("answer") == "same").row(0, named=True)
    found = desk.explain(link["left"], link["right"])
    assert (found.weight, found.same) == (link["weight"], True)
    assert found.text() in desk.explain(link["right"], link["left"]).text()


def test_what_the_purpose_of_a_desk_may_not_read_is_not_shown(council: Council, desk: Desk) -> None:
    case = of_two(desk)
    purposes = council.policy.purposes
    narrow_one = Purpose("narrow", "", "statutory", "", fields=("postcode",))
    council.policy = replace(
        council.policy, purposes=Purposes({**purposes.purposes, "narrow": narrow_one}, purposes.lanes)
    )
    narrow = Desk(council, steward="j.okafor", purpose="narrow").open(case.id)
    assert "name: " in case.evidence
    shown = narrow.evidence.split("\n\n")[1]
    assert "postcode: " in shown
    assert not {"name", "address", "dob"} & {line.partition(":")[0] for line in shown.splitlines()}


def test_the_address_of_a_person_under_protection_is_shown_to_nobody(council: Council, desk: Desk) -> None:
    case = of_two(desk)
    yesterday = council.store.yesterday()
    marker = pl.when(pl.col("mention") == case.mentions[1]).then(pl.lit(["safe-address"])).otherwise("markers")
    assert desk.shared is not None
    desk.shared._seen = replace(yesterday, mentions=yesterday.mentions.with_columns(markers=marker))
    hidden = desk.open(case.id)
    rows = yesterday.mentions.filter(pl.col("mention").is_in(list(case.mentions)))
    for where in ("address", "postcode", "uprn"):
        assert not [value for value in rows[where].drop_nulls() if str(value) in hidden.evidence]
    assert hidden.place is None
    assert "under protection" in hidden.evidence
    assert "name: " in hidden.evidence

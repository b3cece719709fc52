"""What nobody told: inferred from what sources say anew, graded as a guess, asked about and never acted upon."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from svoc.inferring import inferring
from svoc.sources.base import Extract
from svoc.words.plan import Plan, Yesterday
from svoc.words.telling import Death
from tests.worlds import TODAY, decisions, extract, morrow, night, person_of, policy, street

ALL = ("class-f", "account-moved", "elector-deleted")
LATER = date(2026, 11, 9)
TAX = ("A | MRS JANE PIKE | 1 | 2010-04-01..", "B | MR IAN ASH | 2 | 2012-04-01..", "C | MS UNA OAK | 3 | 2015-04-01..",
       "Z | MR OLD GONE | 4 | 2001-04-01..")  # fmt: skip
LISTED = ("E1 | JANE PIKE | 1 | .. | open_register=yes", "E2 | IAN ASH | 2 | .. | open_register=no")


def tax(*lines: str, exempt: Sequence[str] = ("Z",), on: date = TODAY) -> Extract:
    """Give Council Tax, where accounts are exempt in class F."""
    said = extract("council_tax", *lines, on=on)
    marked = pl.when(pl.col("record").is_in(list(exempt))).then(pl.lit(["exemption_f"]))
    content = pl.concat_str("content", marked.list.first().fill_null(""))
    return replace(said, records=said.records.with_columns(markers=marked, content=content))


def lived() -> Yesterday:
    return morrow(Yesterday(), night(Yesterday(), tax(*TAX), extract("electoral_register", *LISTED)))


def guessed(before: Yesterday, plan: Plan) -> list[tuple[str, str]]:
    """Give the kind and the surname of what is inferred."""
    events = inferring(plan, before, wanted=ALL).events
    assert set(events["sender"]) <= {"inferred"}
    assert set(events["verification"]) <= {0}
    assert set(events["evidence"]) <= {"council-records"}
    return sorted(events.select("kind", "surname").iter_rows())


def test_a_first_night_and_a_quiet_one_infer_nothing() -> None:
    first = night(Yesterday(), tax(*TAX), extract("electoral_register", *LISTED))
    assert guessed(Yesterday(), first) == []
    before = morrow(Yesterday(), first)
    assert guessed(before, night(before, tax(*TAX), extract("electoral_register", *LISTED))) == []


def test_another_gazetteer_and_another_model_infer_nothing() -> None:
    before = lived()
    other = replace(policy(), gazetteer="gazetteer-2", fingerprint="model-2")
    assert guessed(before, night(before, under=other, at=street(without=1))) == []


def test_an_exemption_of_class_f_speaks_of_a_death() -> None:
    before = lived()
    assert guessed(before, night(before, tax(*TAX, exempt="CZ"))) == [("death", "OAK")]


def test_an_exemption_of_an_account_of_two_speaks_of_nobody() -> None:
    two = (*TAX[:2], "C | MS UNA OAK & MR TOM OAK | 3 | 2015-04-01..", TAX[3])
    before = morrow(Yesterday(), night(Yesterday(), tax(*two)))
    assert guessed(before, night(before, tax(*two, exempt="CZ"))) == []


def test_a_source_that_begins_to_speak_of_exemptions_speaks_of_no_death() -> None:
    before = morrow(Yesterday(), night(Yesterday(), tax(*TAX, exempt="")))
    assert guessed(before, night(before, tax(*TAX, exempt="CZ"))) == []


def test_an_account_closed_here_and_opened_there_speaks_of_a_move() -> None:
    phone = "phone=01632960001 dob=1971-04-24"
    here = f"A | MRS JANE ARABELLA PIKE | 1 | 2010-04-01.. | {phone}"
    before = morrow(Yesterday(), night(Yesterday(), tax(here, *TAX[1:])))
    gone = f"A | MRS JANE ARABELLA PIKE | 1 | 2010-04-01..2026-11-05 | {phone}"
    there = f"D | MRS JANE ARABELLA PIKE | 9 | 2026-11-05.. | {phone}"
    plan = night(before, tax(gone, there, *TAX[1:], on=LATER))
    assert person_of(plan, "council_tax/A/1") == person_of(plan, "council_tax/D/1")
    assert guessed(before, plan) == [("move", "PIKE")]
    event = inferring(plan, before, wanted=ALL).events.row(0, named=True)
    assert (event["address"], event["new_address"]) == ("1 KING STREET", "9 KING STREET")
    assert event["happened"] == date(2026, 11, 5)


def test_an_elector_who_is_taken_off_is_asked_about_where_the_open_register_had_them() -> None:
    before = lived()
    plan = night(
        before, extract("electoral_register", "E3 | VERA FELL | 7", on=LATER, mode="update", withdrawn=["E1", "E2"])
    )
    assert guessed(before, plan) == [("move", "PIKE")], "what the full register alone knows is inferred for nobody"


def test_what_goes_by_right_speaks_of_nothing() -> None:
    before = lived()
    plan = night(before, extract("electoral_register", "E3 | VERA FELL | 7", on=LATER, mode="update", withdrawn=["E1"]))
    assert guessed(before, replace(plan, by_right=frozenset({"electoral_register/E1/1"}))) == []


def test_an_inference_is_a_case_for_a_steward_and_no_notice() -> None:
    before = lived()
    plan = inferring(night(before, tax(*TAX, exempt="CZ")), before, wanted=ALL)
    stands = morrow(before, plan, events=plan.events)
    then = night(stands)
    assert then.reading.state.cases["kind"].to_list() == ["life_event"]
    assert all(lane.notices.is_empty() for lane in then.lanes.values())
    assert not then.reading.state.persons["deceased"].any()
    assert inferring(then, stands, wanted=ALL).events.is_empty(), "it is inferred once"


@pytest.mark.parametrize(
    ("day", "warned"), [("1970-05-01", True), ("2026-10-30", False)], ids=["before birth", "after"]
)
def test_an_event_before_the_birth_of_its_person_stands_and_is_warned_of(day: str, *, warned: bool) -> None:
    born = extract("library", "L | MRS JANE PIKE | 1 | .. | dob=1971-04-24")
    first = night(Yesterday(), born)
    death = Death(person_of(first, "library/L/1"), on=day, evidence="registrar")
    said = decisions(("confirmed", death.mention, "library/L/1"))
    before = morrow(Yesterday(), first, events=death.as_life_event(), decisions=said)
    plan = inferring(night(before), before)
    assert plan.reading.state.persons["deceased"].to_list() == [True]
    assert [warning.split(" confirmed")[0] for warning in plan.warnings] == (["1 life events"] if warned else [])
    quiet = morrow(before, plan)
    assert inferring(night(quiet), quiet).warnings == (), "it is said once"

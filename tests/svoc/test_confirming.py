"""What takes a human, and what takes two: who answered, what they saw, and that the second is told nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc import Council, Death, Desk
from svoc.desk.case import Case
from svoc.errors import SettingsError
from svoc.exchanging import export_decisions, import_decisions
from svoc.running import confirm_matched
from svoc.words.decisions import CaseKind
from svoc.words.plan import Plan
from tests.scenes import Scene, opened
from tests.worlds import event

JOHN = "council_tax/A1/1"
EVENT = "life_events/registrar:D1/1"
HOUSE = "A1 MR JOHN SMITH & MRS ANN SMITH at 3; A2 MS RUTH HILL at 4"
CARDS = "L1 JOHN SMITH at 3 dob 1950-01-01; L2 RUTH HILL at 4"


def told(reference: str, name: str, *, level: int, house: int = 3, action: str = "asserted") -> pl.DataFrame:
    """Give a statement of a death, verified to a level, of somebody in the street of scenes."""
    said = event(reference, name, house=house, action=action)
    return said.with_columns(
        address=pl.lit(f"{house} King Street, Barchester"), postcode=pl.lit("PL4 8AA"), dob=pl.lit(None, dtype=pl.Date),
        verification=pl.lit(level, dtype=said.schema["verification"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def lived() -> Iterator[Scene]:
    """Give a council that has lived a night and knows of a death that is not verified."""
    with opened() as scene:
        scene.fall(council_tax=HOUSE, library=CARDS)
        scene.council.store.tell(told("D1", "MR JOHN SMITH", level=0), by="counter")
        settle(scene)
        yield scene


@pytest.fixture
def scene(lived: Scene, tmp_path: Path) -> Iterator[Scene]:
    """Give a copy of that council, for a test of its own."""
    shutil.copytree(lived.folder, tmp_path / "scene")
    with Council.open(tmp_path / "scene" / "council.toml") as council:
        yield Scene(tmp_path / "scene", council, night=1)


def settle(scene: Scene) -> Plan:
    plan = scene.council.settle()
    scene.council.commit(plan)
    return plan


def sent(plan: Plan) -> list[tuple[str, str]]:
    rows = [row for lane in plan.lanes.values() for row in lane.notices.iter_rows(named=True)]
    return sorted((row["kind"], row["recipient"]) for row in rows)


def desk(scene: Scene, who: str) -> Desk:
    return Desk(scene.council, steward=who, purpose="canvass-match")


def asked(scene: Scene, who: str, kind: CaseKind = CaseKind.LIFE_EVENT) -> list[Case]:
    at = desk(scene, who)
    return [at.open(case.id) for case in at.cases() if case.kind == kind]


def say(scene: Scene, who: str, verdict: str, of: str = JOHN) -> list[int]:
    (case,) = [case for case in asked(scene, who) if case.mentions[0] == EVENT]
    return desk(scene, who).decide(case, verdict, because="looked", pair=(case.mentions[0], of))


def test_a_death_that_is_not_verified_takes_two_different_people(scene: Scene) -> None:
    say(scene, "j.okafor", "confirmed")
    assert sent(settle(scene)) == []
    assert not asked(scene, "j.okafor"), "who has answered is not asked again"

    say(scene, "m.patel", "confirmed")
    assert sent(settle(scene)) == [("death", "council_tax"), ("death", "library")]
    assert not asked(scene, "k.lund")


def test_the_same_person_cannot_be_both(scene: Scene) -> None:
    (case,) = asked(scene, "j.okafor")
    again = desk(scene, " J.Okafor")
    again.decide(case, "confirmed", because="looked", pair=(EVENT, JOHN))

    with pytest.raises(SettingsError, match="a second person has to"):
        desk(scene, "j.okafor").decide(case, "confirmed", because="looked again", pair=(EVENT, JOHN))
    assert sent(settle(scene)) == []


def test_what_is_decided_keeps_who_when_and_what_they_saw(scene: Scene) -> None:
    (case,) = asked(scene, "j.okafor")
    say(scene, "j.okafor", "confirmed")

    rows = scene.council.store.decisions().filter(pl.col("left") == EVENT)
    assert rows["right"].sort().to_list() == [JOHN, "library/L1/1"], "it is about every record of the person"
    assert rows["steward"].unique().to_list() == ["j.okafor"]
    assert rows["people"].unique().to_list() == [2]
    (shown,) = rows["shown"].unique()
    assert {"name", "address", "dob"} <= set(shown.split())
    (seen,) = rows["seen"].unique()
    assert seen == case.seen[JOHN]
    assert "SMITH" not in seen


def test_the_second_is_told_nothing_of_the_first(scene: Scene) -> None:
    before = asked(scene, "m.patel")
    shows = [desk(scene, "m.patel").preview(before[0], verdict, pair=(EVENT, JOHN)).words() for verdict in WORDS]
    say(scene, "j.okafor", "rejected")

    assert asked(scene, "m.patel") == before
    assert desk(scene, "m.patel").history().is_empty()
    assert desk(scene, "j.okafor").history().height == 2
    after = [desk(scene, "m.patel").preview(before[0], verdict, pair=(EVENT, JOHN)).words() for verdict in WORDS]
    assert after == shows
    say(scene, "m.patel", "rejected")
    assert desk(scene, "m.patel").history()["steward"].unique().sort().to_list() == ["j.okafor", "m.patel"]


WORDS = ("confirmed", "rejected")


def test_where_two_differ_a_case_says_so_and_nothing_fires(scene: Scene) -> None:
    say(scene, "j.okafor", "confirmed")
    say(scene, "m.patel", "rejected")
    assert sent(settle(scene)) == []

    (case,) = asked(scene, "k.lund", CaseKind.CONFLICT)
    assert case.reason.startswith("two people differ about a life event")
    desk(scene, "m.patel").decide(case, "confirmed", because="the certificate came", pair=(EVENT, JOHN))
    assert sent(settle(scene)) == [("death", "council_tax"), ("death", "library")]


def test_one_who_takes_a_differing_answer_back_leaves_the_other_waiting(scene: Scene) -> None:
    say(scene, "j.okafor", "confirmed")
    numbers = say(scene, "m.patel", "rejected")
    desk(scene, "m.patel").undo(*numbers, because="the wrong file")

    assert sent(settle(scene)) == []
    assert asked(scene, "m.patel")


def test_a_person_who_says_otherwise_meanwhile_is_asked_about_again(scene: Scene) -> None:
    (case,) = asked(scene, "m.patel")
    say(scene, "j.okafor", "confirmed")
    scene.fall(library=CARDS.replace("1950-01-01", "1971-04-24"))

    with pytest.raises(SettingsError, match="say something else than when you were shown them"):
        desk(scene, "m.patel").decide(case, "confirmed", because="looked", pair=(EVENT, JOHN))
    say(scene, "m.patel", "confirmed")
    assert sent(settle(scene)) == [], "two who saw two things have not said the same"
    say(scene, "j.okafor", "confirmed")
    assert sent(settle(scene)) == [("death", "council_tax"), ("death", "library")]


def test_a_rejected_claim_is_asked_about_again_when_it_says_something_else_and_not_when_it_is_repeated(
    scene: Scene,
) -> None:
    for who in ("j.okafor", "m.patel"):
        say(scene, who, "rejected")
    again = told("D1", "MR JOHN SMITH", level=0).with_columns(event=pl.lit("D1:again"))
    scene.council.store.tell(again, by="counter")
    settle(scene)
    assert not asked(scene, "k.lund")
    assert claims(scene)[EVENT]["state"] == "rejected"

    born = again.with_columns(event=pl.lit("D1:born"), middle_names=pl.lit("PAUL"), action=pl.lit("corrected"))
    scene.council.store.tell(born, by="counter")
    settle(scene)
    assert asked(scene, "j.okafor"), "whoever answered is asked too: it is another claim now"


def test_a_batch_counts_as_one_person(scene: Scene) -> None:
    scene.council.store.tell(told("D2", "MS RUTH HILL", level=3, house=4), by="registrar")
    assert confirm_matched(scene.council, "j.okafor", "checked") == (1, 1)
    assert confirm_matched(scene.council, "J.OKAFOR", "checked") == (0, 0), "the same batch again is the same word"
    assert {kind for kind, _ in sent(settle(scene))} == {"death"}

    say(scene, "m.patel", "confirmed")
    assert sent(settle(scene)) == [("death", "council_tax"), ("death", "library")]


def test_a_verified_death_that_fits_one_person_takes_one_and_a_council_may_want_two(scene: Scene) -> None:
    scene.council.store.tell(told("D2", "MS RUTH HILL", level=3, house=4), by="registrar")
    settle(scene)
    ruth, event = "council_tax/A2/1", "life_events/registrar:D2/1"
    file = scene.folder / "council.toml"
    file.write_text(file.read_text(encoding="utf-8") + '[life_events]\ntwo_people = ["death"]\n', encoding="utf-8")
    with Council.open(file) as strict:
        strict.confirm(event, ruth, steward="j.okafor", because="looked")
        assert strict.store.decisions()["people"].unique().to_list() == [2]
        strict.store.undo(1, steward="j.okafor", because="a slip")
        strict.store.undo(2, steward="j.okafor", because="a slip")
    scene.council.confirm(event, ruth, steward="j.okafor", because="looked")
    assert sent(settle(scene)) == [("death", "council_tax"), ("death", "library")]


def test_a_verified_death_that_may_be_of_several_takes_two() -> None:
    with opened() as lived:
        lived.fall(council_tax="A1 MR JOHN SMITH at 3; A2 MR JOHN SMITH at 4", library="L1 JOHN SMITH at 3")
        unplaced = told("D1", "MR JOHN SMITH", level=3).with_columns(address=pl.lit(None, pl.String))
        lived.council.store.tell(unplaced, by="registrar")
        settle(lived)
        (case,) = asked(lived, "j.okafor")
        assert len(case.mentions) == 3
        for who, notices in (("j.okafor", 0), ("m.patel", 2)):
            desk(lived, who).decide(case, "confirmed", because="looked", pair=(EVENT, JOHN))
            assert len(sent(settle(lived))) == notices


def test_what_staff_are_told_at_the_counter_without_proof_waits_for_a_colleague(scene: Scene) -> None:
    (ruth,) = scene.council.store.persons("service").filter(surname="HILL")["person"]
    scene.council.tell(Death(ruth, on="2026-11-01", evidence="close-relative"))
    assert sent(settle(scene)) == []

    (case,) = [c for c in asked(scene, "m.patel") if "counter" in c.mentions[0]]
    desk(scene, "m.patel").decide(case, "confirmed", because="rang the family", pair=case.mentions[:2])  # type: ignore[arg-type]
    assert sent(settle(scene)) == [("death", "council_tax"), ("death", "library")]


def test_half_an_answer_is_half_an_answer_in_another_council_too(scene: Scene, tmp_path: Path) -> None:
    say(scene, "j.okafor", "confirmed")
    export_decisions(scene.council, tmp_path / "ledger.csv")
    with opened() as other:
        other.fall(council_tax=HOUSE, library=CARDS)
        other.council.store.tell(told("D1", "MR JOHN SMITH", level=0), by="counter")
        import_decisions(other.council, tmp_path / "ledger.csv", renamed={}, by="nightly")
        assert sent(settle(other)) == []


def claims(scene: Scene, purpose: str = "tell-us-once-death") -> dict[str, dict[str, Any]]:
    return {row["event"]: row for row in scene.council.reader(purpose, actor="j.okafor").claims().to_dicts()}


def test_every_claim_says_how_far_it_has_come_since_when_and_by_whom(scene: Scene) -> None:
    scene.council.store.tell(told("D2", "MR NOBODY KNOWN", level=3, house=9), by="registrar")
    settle(scene)
    rows = claims(scene).values()
    stages = [(row["state"], row["by"], row["waits_for"], len(row["candidates"])) for row in rows]
    assert stages == [("candidates", "counter", "a human", 1), ("received", "registrar", "a human", 0)]

    say(scene, "j.okafor", "confirmed")
    assert claims(scene)[EVENT]["waits_for"] == "a second human"
    say(scene, "m.patel", "confirmed")
    settle(scene)
    mine = claims(scene)[EVENT]
    assert (mine["state"], mine["by"], mine["waits_for"]) == ("confirmed", "j.okafor, m.patel", None)
    assert mine["person"] == scene.council.store.person_of(JOHN, "service")

    gone = told("D1", "MR JOHN SMITH", level=0, action="retracted").with_columns(event=pl.lit("D1:retracted"))
    scene.council.store.tell(gone, by="registrar")
    settle(scene)
    mine = claims(scene)[EVENT]
    assert (mine["state"], mine["by"], mine["person"]) == ("retracted", "registrar", None)


def test_claims_are_read_through_the_gate(scene: Scene) -> None:
    for who in ("j.okafor", "m.patel"):
        say(scene, who, "confirmed")
    settle(scene)
    (row,) = claims(scene, "statistics").values()
    assert (row["event"], row["person"], row["candidates"]) == (None, None, None)
    raised = scene.council.reader("council-tax").raised()
    ann = scene.council.store.person_of("council_tax/A1/2", "service")
    assert dict(raised.select("fact", "person").iter_rows()) == {"sole-adult": ann}
    assert raised["records"].to_list() == [[EVENT, "council_tax/A1/2"]]
    assert scene.council.reader("statistics").raised().is_empty()
    person = scene.council.store.person_of(JOHN, "service")
    assert person
    scene.council.protect(person, "no-disclosure", because="asked for", actor="j.okafor", purpose="safeguarding")
    assert EVENT not in claims(scene)
    assert scene.council.reader("council-tax").raised().is_empty()

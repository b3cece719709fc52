"""Protection is laid by one and lifted by two, each with a name and a reason; all of it is kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from svoc.errors import PurposeRefused, SettingsError
from svoc.protecting import shielded
from svoc.store.protections import protection
from svoc.words.roles import read_roles
from tests.scenes import LANE, Scene, key, opened

SEES, BLIND = "registration", "canvass-match"


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a council where Ann Smith has two records that are one person, and Ruth Hill one."""
    with opened() as scene:
        scene.fall(
            council_tax="A1 MRS ANN SMITH at 3; A2 MISS RUTH HILL at 4", electoral_register="E1 MRS ANN SMITH at 3"
        )
        yield scene


def ann(scene: Scene) -> str:
    return scene.members()[key("A1")]


def lay(scene: Scene, kind: str = "safe-address", **more: object) -> int:
    said = {"purpose": BLIND, "actor": "j.okafor", "because": "asked by the refuge", **more}
    return scene.council.protect(ann(scene), kind, **said).number  # type: ignore[arg-type]


def is_protected(scene: Scene) -> bool:
    return ann(scene) in set(shielded(scene.council.store, LANE)["person"])


def test_a_flag_lies_on_every_record_of_the_person_and_on_no_identifier_or_value(scene: Scene) -> None:
    lay(scene)
    rows = protection(scene.council.store.engine)
    assert set(rows["mention"]) == {key("A1"), key("E1")}
    said = rows.drop("mention", "at").write_json()
    assert ann(scene) not in said
    assert "SMITH" not in said.upper()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "safe-adress"}, "did you mean safe-address"),
        ({"because": "  "}, "say why"),
        ({"actor": " "}, "say who"),
        ({"until": date(2020, 1, 1)}, "still to come"),
        ({"purpose": "canvass"}, "canvass-match"),
    ],
)
def test_what_says_too_little_is_refused_and_leaves_nothing(scene: Scene, more: dict[str, str], words: str) -> None:
    with pytest.raises((SettingsError, PurposeRefused), match=words):
        lay(scene, **more)
    assert protection(scene.council.store.engine).is_empty()


def test_nobody_is_protected_whom_the_purpose_does_not_know(scene: Scene) -> None:
    with pytest.raises(SettingsError, match="there is no person"):
        scene.council.protect("XXXX-XXXX-X", "safe-address", purpose=SEES, actor="j.okafor", because="asked")


def test_one_person_alone_lifts_nothing(scene: Scene) -> None:
    lay(scene)
    asked = scene.council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="has moved abroad")
    assert is_protected(scene)
    for same in ("j.okafor", " J.Okafor ", "\uff4a.okafor"):
        with pytest.raises(SettingsError, match="a second person"):
            scene.council.confirm_clearing(asked.number, purpose=SEES, actor=same, because="I am sure")
    assert is_protected(scene)


def test_two_people_lift_it_and_all_that_was_said_is_kept(scene: Scene) -> None:
    lay(scene)
    asked = scene.council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="has moved abroad")
    scene.council.confirm_clearing(asked.number, purpose=SEES, actor="m.patel", because="spoke with her myself")
    assert not is_protected(scene)
    rows = protection(scene.council.store.engine)
    assert rows.select("act", "actor", "because").unique().sort("act").rows() == [
        ("ask", "j.okafor", "has moved abroad"),
        ("clear", "m.patel", "spoke with her myself"),
        ("set", "j.okafor", "asked by the refuge"),
    ]
    assert scene.council.clearings(purpose=SEES, actor="m.patel") == []
    lay(scene)
    assert is_protected(scene), "laid anew it holds anew"


def test_the_second_person_is_not_told_why_and_says_so_in_words_of_their_own(scene: Scene) -> None:
    lay(scene)
    asked = scene.council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="Has moved abroad")
    (waits,) = scene.council.clearings(purpose=SEES, actor="m.patel")
    assert (waits.number, waits.person, waits.actor) == (asked.number, ann(scene), "j.okafor")
    assert "abroad" not in repr(waits)
    for because, words in (("has  moved ABROAD", "your own words"), ("", "say why")):
        with pytest.raises(SettingsError, match=words):
            scene.council.confirm_clearing(asked.number, purpose=SEES, actor="m.patel", because=because)
    assert is_protected(scene)


def test_a_request_is_confirmed_once(scene: Scene) -> None:
    lay(scene)
    asked = scene.council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="moved")
    scene.council.confirm_clearing(asked.number, purpose=SEES, actor="m.patel", because="seen")
    lay(scene)
    for number in (asked.number, 99):
        with pytest.raises(SettingsError, match="no request"):
            scene.council.confirm_clearing(number, purpose=SEES, actor="m.patel", because="seen again")
    assert is_protected(scene)


def test_what_came_after_the_request_is_not_lifted_with_it(scene: Scene) -> None:
    lay(scene)
    asked = scene.council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="moved")
    lay(scene, because="she rang: he is back")
    with pytest.raises(SettingsError, match="ask anew"):
        scene.council.confirm_clearing(asked.number, purpose=SEES, actor="m.patel", because="seen")
    assert is_protected(scene)


def test_a_record_that_came_after_the_request_has_it_asked_anew(scene: Scene) -> None:
    lay(scene)
    asked = scene.council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="moved")
    scene.fall(library="L1 MRS ANN SMITH at 3")
    assert scene.true("L1 is A1")
    with pytest.raises(SettingsError, match="ask anew"):
        scene.council.confirm_clearing(asked.number, purpose=SEES, actor="m.patel", because="seen")


def test_kinds_are_lifted_by_themselves(scene: Scene) -> None:
    lay(scene)
    lay(scene, "no-disclosure")
    asked = scene.council.ask_to_clear(ann(scene), purpose=SEES, actor="a", because="b", kind="no-disclosure")
    scene.council.confirm_clearing(asked.number, purpose=SEES, actor="c", because="d")
    assert dict(shielded(scene.council.store, LANE).iter_rows())[ann(scene)] == ["safe-address"]


def test_a_purpose_that_does_not_see_the_protected_lifts_nothing(scene: Scene) -> None:
    lay(scene)
    council = scene.council
    with pytest.raises(PurposeRefused, match="registration, safeguarding"):
        council.ask_to_clear(ann(scene), purpose=BLIND, actor="j.okafor", because="moved")
    with pytest.raises(PurposeRefused):
        council.clearings(purpose=BLIND, actor="m.patel")
    asked = council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="moved")
    with pytest.raises(PurposeRefused):
        council.confirm_clearing(asked.number, purpose=BLIND, actor="m.patel", because="seen")


def test_a_flag_may_end_by_itself_on_a_day(scene: Scene) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    lay(scene, until=tomorrow)
    assert is_protected(scene)
    assert protection(scene.council.store.engine)["until"].unique().to_list() == [tomorrow]


def test_acts_are_noted_in_the_audit_trail_and_so_is_one_that_fails(scene: Scene) -> None:
    from svoc.store.audit_tables import EVENT

    lay(scene)
    with pytest.raises(SettingsError):
        lay(scene, until=date(2020, 1, 1))
    for person, kind in ((ann(scene), "nothing"), ("MARLOW", "safe-address")):
        with pytest.raises(SettingsError):
            scene.council.protect(person, kind, purpose=BLIND, actor="j.okafor", because="asked")
    with scene.council.audit.engine.connect() as connection:
        frame = pl.DataFrame([dict(row) for row in connection.execute(EVENT.select()).mappings()])
    assert [k for k in ("protect", "failed") if k in frame.write_json()] == ["protect", "failed"]
    assert not [typed for typed in ("nothing", "MARLOW") if typed in frame.write_json()], "it may be anybody's name"


def test_acts_tell_of_the_records_of_their_own_lane_alone(scene: Scene) -> None:
    """The library and Council Tax are one person of the service lane, and the full register makes it three records."""
    scene.fall(library="L1 MRS ANN SMITH at 3")
    scene.decide("same A1 L1")
    scene.fall()
    council, theirs = scene.council, scene.council.store.yesterday().lane("service").members
    person = dict(theirs.iter_rows())[key("A1")]
    said = {"actor": "j.okafor", "because": "asked by the refuge"}
    assert council.protect(person, "safe-address", purpose="council-tax", **said).records == 2  # type: ignore[arg-type]
    assert protection(council.store.engine)["mention"].n_unique() == 3, "the flag is on all of them"
    assert council.ask_to_clear(person, purpose="safeguarding", **said).records == 2
    (waits,) = council.clearings(purpose="safeguarding", actor="m.patel")
    assert (waits.person, waits.records) == (person, 2)
    done = council.confirm_clearing(waits.number, purpose="safeguarding", actor="m.patel", because="met her")
    assert done.records == 2
    assert protection(council.store.engine).filter(pl.col("act") == "clear")["mention"].n_unique() == 3


def test_a_request_about_somebody_of_another_lane_is_none(scene: Scene) -> None:
    """An elector of the closed register alone is nobody to the service lane: neither listed nor lifted there."""
    scene.fall(electoral_register="E1 MRS ANN SMITH at 3; E5 MS IDA WREN at 8")
    said = {"actor": "j.okafor", "because": "asked by the refuge"}
    ida = scene.members()[key("E5")]
    scene.council.protect(ida, "safe-address", purpose=SEES, **said)  # type: ignore[arg-type]
    asked = scene.council.ask_to_clear(ida, purpose=SEES, **said)
    assert scene.council.clearings(purpose="safeguarding", actor="m.patel") == []
    told = []
    for number in (asked.number, 99):
        with pytest.raises(SettingsError) as refused:
            scene.council.confirm_clearing(number, purpose="safeguarding", actor="m.patel", because="met her")
        told.append(str(refused.value).replace(str(number), ""))
    assert told[0] == told[1]
    assert [waits.person for waits in scene.council.clearings(purpose=SEES, actor="m.patel")] == [ida]


def test_who_has_no_role_neither_lifts_protection_nor_learns_who_has_it(scene: Scene) -> None:
    lay(scene)
    council = scene.council
    asked = council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="moved")
    council.policy = replace(council.policy, actors=read_roles({"o.officer": "officer", "a.audit": "auditor"}))
    said = {"purpose": SEES, "actor": "a.audit"}
    with pytest.raises(PurposeRefused, match="no role"):
        council.ask_to_clear(ann(scene), because="moved", **said)
    with pytest.raises(PurposeRefused, match="no role"):
        council.confirm_clearing(asked.number, because="seen", **said)
    with pytest.raises(PurposeRefused, match="no role"):
        council.clearings(**said)
    with pytest.raises(PurposeRefused, match="no role"):
        council.protect(ann(scene), "safe-address", because="asked", **said)  # type: ignore[arg-type]
    assert is_protected(scene)
    assert council.clearings(purpose=SEES, actor="o.officer")


def test_who_looks_at_what_waits_is_noted(scene: Scene) -> None:
    lay(scene)
    scene.council.ask_to_clear(ann(scene), purpose=SEES, actor="j.okafor", because="moved")
    scene.council.clearings(purpose=SEES, actor="m.patel")
    last = list(scene.council.audit.events())[-1]
    assert (last.kind, last.actor, dict(last.about)) == ("clear", "m.patel", {"stage": "listed"})

"""Every purpose, crossed with every source, field, verb and surface: what must not appear does not, what may does."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from svoc import Council
from svoc.errors import PurposeRefused, SettingsError
from svoc.reports.figures import figures
from svoc.reports.night_report import as_json
from svoc.store.audit_tables import EVENT
from svoc.words.purposes import Purpose, Purposes
from svoc.words.roles import read_roles
from tests.crossing import PAST, SURFACES, Crossed, May, crossed, purposes, records, tokens

MAY = purposes()
CLOSED = sorted(
    {token.upper() for record in records() if record.closed and record.night == 1 for token in record.tokens.values()}
    - {token.upper() for record in records() if not record.closed for token in record.tokens.values()}
)
"""Words that the full register alone bears."""


@pytest.fixture(scope="module")
def town() -> Iterator[Crossed]:
    with crossed() as lived:
        yield lived


def test_the_table_is_that_of_all_purposes_that_there_are(town: Crossed) -> None:
    assert {may.purpose for may in MAY} == set(town.council.policy.purposes.purposes)


@pytest.mark.parametrize("may", MAY, ids=lambda may: may.purpose)
def test_a_purpose_sees_on_every_surface_what_it_may_and_nothing_else(town: Crossed, may: May) -> None:
    everything = ""
    for name, surface in SURFACES.items():
        said = surface(town, may).upper()
        _, barred = tokens(may, now=name not in PAST)
        assert not sorted(token for token in barred if token in said), f"{name} for {may.purpose}"
        everything += said
    seen, _ = tokens(may, now=True)
    assert not sorted(token for token in seen if token not in everything), f"never shown for {may.purpose}"


def person_of(town: Crossed, record: str, lane: str) -> str | None:
    key = next(r.key for r in records() if r.record == record)
    return town.council.store.person_of(key, lane)


def test_a_link_whose_only_evidence_is_barred_is_not_there(town: Crossed) -> None:
    by_way = {person_of(town, record, "statutory") for record in ("ZA6", "ZC-6", "ZL7")}
    assert len(by_way) == 1, "the full register joins the three"
    assert person_of(town, "ZA6", "service") != person_of(town, "ZL7", "service")
    found = town.council.reader("council-tax").explain("council_tax/ZA6/1", "library/ZL7/1")
    assert not found.same
    assert "through_others" not in {reason.code for reason in found.reasons}


def test_a_case_that_rests_on_the_full_register_is_asked_in_no_other_lane(town: Crossed) -> None:
    statutory, service = (town.council.reader(purpose).cases() for purpose in ("canvass-match", "data-quality"))
    assert any("ZC-12" in mention for mentions in statutory["mentions"] for mention in mentions)
    assert not any("ZC-12" in mention for mentions in service["mentions"] for mention in mentions)


def test_who_is_in_another_lane_and_who_is_nowhere_are_told_of_in_the_same_words(town: Crossed) -> None:
    reader = town.council.reader("council-tax")
    elsewhere, nowhere = person_of(town, "ZC-1", "statutory"), "7F3K-92QD-M"
    assert elsewhere
    asks: tuple[Callable[[str], object], ...] = (
        reader.person, reader.history, lambda person: reader.as_of(person, date(2026, 11, 3)),
    )  # fmt: skip
    for ask in asks:
        said = []
        for person in (elsewhere, nowhere):
            with pytest.raises(SettingsError) as refused:
                ask(person)
            said.append(str(refused.value).replace(person, ""))
        assert said[0] == said[1]
    assert reader.forgotten(elsewhere) is reader.forgotten(nowhere) is None
    assert reader.leads_to(elsewhere) is None
    assert reader.mentions_of(elsewhere) == []


def test_a_record_of_another_lane_and_one_that_is_nowhere_are_told_of_in_the_same_words(town: Crossed) -> None:
    said = []
    for mention in ("electoral_register/ZC-1/1", "electoral_register/ZC-777/1"):
        with pytest.raises(SettingsError) as refused:
            town.council.reader("council-tax").explain("council_tax/ZA3/1", mention)
        said.append(str(refused.value).replace(mention, ""))
    assert said[0] == said[1]


def test_no_lane_has_an_identifier_of_another(town: Crossed) -> None:
    lanes = town.council.store.yesterday().lanes.values()
    one, other = ({*lane.persons["person"], *lane.households["household"], *lane.founded["person"]} for lane in lanes)
    assert one
    assert not one & other


def test_counts_are_those_of_the_lane_and_what_was_withheld_is_for_the_audit(town: Crossed) -> None:
    reader = town.council.reader("council-tax", actor="a.bell", because="a bill came back")
    frames = reader.frames()
    open_records = {r.key for r in records() if r.night == 1 and not r.closed} - {"electoral_register/ZO-8/1"}
    assert frames["members"].height == frames["placements"].height == len(open_records)
    assert frames["persons"]["records"].sum() == len(open_records)
    with town.council.audit.engine.connect() as connection:
        told = json.loads(str(connection.scalar(select(EVENT.c.body).order_by(EVENT.c.seq.desc()).limit(1))))
    closed = len({r.key for r in records()} - open_records)
    assert (told["kind"], told["actor"], told["counts"]["withheld"]) == ("export", "a.bell", closed)


def narrow(town: Crossed, *fields: str) -> Council:
    """Give the council with one more purpose, that sees these facts alone."""
    council = town.council
    one = Purpose("narrow", "", "statutory", "none", fields=fields)
    whole = {**council.policy.purposes.purposes, "narrow": one}
    narrowed = Council(council.settings, council.store, council.policy)
    narrowed.policy = replace(council.policy, purposes=Purposes(whole, council.policy.purposes.lanes))
    return narrowed


def test_what_a_purpose_may_not_see_weighs_nothing_in_what_it_finds(town: Crossed) -> None:
    blind = narrow(town, "forename", "surname").reader("narrow")
    orders = [[p.id for p in blind.find("twofold", near=near)] for near in (None, "ZQ11 1MM", "1MM1MM1MM street")]
    assert orders[0]
    assert orders[0] == orders[1] == orders[2]
    assert not narrow(town, "forename", "surname").reader("narrow").find("Hiddenmiddle")
    assert narrow(town, "forename", "middle_names", "surname").reader("narrow").find("Axleton Hiddenmiddle Jointname")


def test_names_that_are_not_shown_cannot_be_looked_for(town: Crossed) -> None:
    for purpose in ("statistics", "address-maintenance"):
        said = set()
        for text in ("Zynthia Closedname", "nobody at all", "ZQ1 1AA"):
            with pytest.raises(PurposeRefused) as refused:
                town.council.find(text, purpose=purpose)
            said.add(str(refused.value))
        assert len(said) == 1


def test_no_notice_tells_another_system_what_the_full_register_alone_knows(town: Crossed) -> None:
    notices = town.council.store.outbox()
    assert {notice["recipient"] for notice in notices} >= {"library"}, "the mover's new address is told"
    for notice in notices:
        if notice["recipient"] != "electoral_register":
            said = f"{notice['payload']} {notice['reference']}".upper()
            assert not [token for token in CLOSED if token in said]


def test_the_report_of_a_night_names_nobody_and_is_of_one_lane(town: Crossed) -> None:
    yesterday = town.council.store.yesterday()
    plan = town.council.plan(yesterday)
    told = as_json(figures(replace(plan, lane="service"), yesterday)).upper()
    names = {t.upper() for r in records() for f, t in r.tokens.items() if f not in {"reference", "uprn"}}
    assert not [token for token in names if token in told]
    assert not [r.record for r in records() if r.closed and f"{r.record}/" in told]


EVERY = ("find", "person", "as-of", "history", "export csv", "lists", "desk", "explain")


def test_a_purpose_that_has_expired_or_that_there_is_not_refuses_every_verb(town: Crossed) -> None:
    council, purposes_now = town.council, town.council.policy.purposes
    ended = replace(purposes_now.named("debt"), expires=date(2020, 1, 1))
    policy = replace(council.policy, purposes=Purposes({**purposes_now.purposes, "debt": ended}, purposes_now.lanes))
    past = Crossed(town.folder, Council(council.settings, council.store, policy))
    for surface in EVERY:
        with pytest.raises(PurposeRefused, match="expired on 2020-01-01"):
            SURFACES[surface](past, May("debt", full_register=False, fields=frozenset()))
        with pytest.raises(PurposeRefused, match="there is no purpose"):
            SURFACES[surface](past, May("gossip", full_register=False, fields=frozenset()))


def test_who_has_no_role_that_may_ask_is_refused(town: Crossed) -> None:
    roles = read_roles({"a.bell": "officer", "j.okafor": "steward"}, batch="nightly")
    council = Council(town.council.settings, town.council.store, replace(town.council.policy, actors=roles))
    assert council.reader("fraud", actor="a.bell").actor == "a.bell"
    assert council.reader("council-tax", actor="nobody.known").actor == "nobody.known", "anybody may"
    for actor in ("j.okafor", "nobody.known", "nightly"):
        with pytest.raises(PurposeRefused, match="has no role that may ask"):
            council.reader("fraud", actor=actor)


def test_a_lane_that_is_redrawn_closes_at_once_and_its_past_with_it(town: Crossed) -> None:
    """A council closes the full register to everybody: what stands was still solved with it."""
    council, now = town.council, town.council.policy.purposes
    lanes = {name: replace(lane, open_register_only=True) for name, lane in now.lanes.items()}
    policy = replace(council.policy, purposes=Purposes(now.purposes, lanes))
    closed = Crossed(town.folder, Council(council.settings, council.store, policy))
    may = May("canvass-match", full_register=False, fields=next(m for m in MAY if m.purpose == "fraud").fields)
    for name in EVERY:
        said = SURFACES[name](closed, may).upper()
        assert not [token for token in CLOSED if token in said], name
    assert "TAXNAME" in SURFACES["find"](closed, may).upper()

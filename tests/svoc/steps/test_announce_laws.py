"""Whatever changed and whatever the routes: nobody is told what no route permits, or without consent it rests on."""

import json
from collections.abc import Mapping

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.notices.routes import KIND_OF_FACT, Route, first_told
from svoc.steps.announce import TOLD_BY, announce
from svoc.steps.withhold import withhold
from svoc.words.changes import CHANGES
from svoc.words.notices import CHANGE_KINDS
from svoc.words.persons import FACTS, PERSONS
from svoc.words.plan import LaneState
from svoc.words.protection import FLAGS, WHERE, Protection
from svoc.words.services import SERVICES, service_of
from tests.worlds import TODAY, placed

SYSTEMS = {"council_tax": "council_tax", "library": "libraries", "estates": "housing", "parking": "generic"}
UNREAD = {"badges": "blue_badge", "bins": "assisted_waste"}
ROLES = {"D": "deceased", "M": "mover", "R": "renamed", "C": "contacted"}
MENTIONS = placed(
    *(f"{system} {system[0].upper()}1 | MR JOHN SMITH | 1" for system in SYSTEMS),
    *(f"life_events tuo:{name}1 | JOHN SMITH | 1 | .. | role={role}" for name, role in ROLES.items()),
)
MEMBERS = MENTIONS.select("mention", person=pl.lit("P"))
WHO = {"title": "MR", "forename": "JOHN", "surname": "SMITH", "phone": "01392000001", "uprn": 101, "deceased": True}
PERSON = pl.DataFrame([{"person": "P", "postcode": "PL4 8AA", **WHO}], schema=PERSONS, orient="row")
STATE = LaneState(MEMBERS, PERSON)

words = st.sampled_from([*SERVICES, *SYSTEMS, *UNREAD, "blue-badge", "library-services", "nobody"])
facts = st.lists(st.sampled_from(sorted(FACTS)), unique=True, max_size=3).map(tuple)
routes = st.lists(
    st.builds(
        Route,
        kind=st.sampled_from([kind for kind in CHANGE_KINDS if kind != "birth"]),
        recipient=st.sampled_from([*SYSTEMS.values(), *UNREAD.values(), *SYSTEMS, *UNREAD]),
        fields=facts,
        purpose=st.sampled_from(["data-quality", "change-of-address"]),
        basis=st.sampled_from(["a law", "another law", "consent"]),
        consent=st.booleans(),
        unsaid=st.sampled_from(["tell", "keep"]),
    ),
    min_size=6,
    max_size=16,
)
SPOKEN = [
    (field, mention, cause)
    for field, kind in KIND_OF_FACT.items()
    for mention, role in MENTIONS.select("mention", "role").iter_rows()
    for cause in ("world", "world", "identity")
    if not mention.startswith("life_events/") or role in TOLD_BY[kind]
]
"""What a record may say of a fact; of a life event only what is its own to say, or little would ever be told."""
changes = st.lists(st.sampled_from(SPOKEN), min_size=2, max_size=5)
consents = st.fixed_dictionaries(
    {}, optional={f"life_events/tuo:{name}1": st.lists(words, max_size=4) for name in ROLES}
)


def told(changed: list[tuple[str, str, str]], own: list[Route], agreed: Mapping[str, list[str]]) -> pl.DataFrame:
    rows = [
        {"person": "P", "kind": "changed", "cause": cause, "field": field, "before": "x", "after": "y",
         "source": mention.split("/")[0], "mention": mention}
        for field, mention, cause in changed
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=CHANGES, orient="row")
    given = (frame, PERSON, MEMBERS, MENTIONS, own, SYSTEMS)
    return announce(*given, run=2, as_of=TODAY, unread=UNREAD, consents=agreed)


@settings(max_examples=100)
@given(changes, routes, consents)
def test_a_notice_holds_what_a_route_permits_and_goes_where_it_may(
    changed: list[tuple[str, str, str]], own: list[Route], agreed: dict[str, list[str]]
) -> None:
    for row in told(changed, own, agreed).iter_rows(named=True):
        to, event = row["recipient"], row["because"].rsplit("/", 1)[0]
        service = {**SYSTEMS, **UNREAD}[to]
        named = agreed.get(event)
        is_named = named is not None and bool({to, service} & {*named, *map(service_of, named)})
        permits = [
            route
            for route in own
            if route.kind == first_told(row["kind"])
            and route.recipient in {to, service}
            and set(json.loads(row["payload"])) == set(route.fields)
            and (route.purpose, route.basis) == (row["purpose"], row["basis"])
            and (not route.consent or is_named or (named is None and route.unsaid == "tell" and to in SYSTEMS))
        ]
        assert permits, "no route permits it"
        assert to in SYSTEMS or is_named, "a service that is not read was told unasked"
        assert any(cause == "world" and mention == row["because"] for _, mention, cause in changed)
        if first_told(row["kind"]) in {"death", "contact"}:
            assert event.startswith("life_events/"), "on a system's word alone"


@settings(max_examples=40)
@given(changes, routes, consents, st.sampled_from([None, *Protection]))
def test_no_place_of_a_protected_person_is_in_any_notice(
    changed: list[tuple[str, str, str]], own: list[Route], agreed: dict[str, list[str]], kind: Protection | None
) -> None:
    planned = told(changed, own, agreed)
    rows = [("library/L1/1", kind.value, None)] if kind else []
    found = withhold(planned, STATE, MENTIONS, pl.DataFrame(rows, schema=FLAGS, orient="row"), as_of=TODAY)

    assert set(found["notice"]) <= set(planned["notice"])
    if kind is None:
        assert found.sort("notice").equals(planned.sort("notice"))
        return
    assert "address" not in found["kind"].to_list()
    assert not {fact for payload in found["payload"] for fact in json.loads(payload)} & set(WHERE)
    assert kind != Protection.NO_DISCLOSURE or found.is_empty()

"""Laws: whatever nights make of records, nothing of a protected person's place appears, and others lose nothing."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.protecting import SHIELDED_MENTIONS, Shield
from svoc.steps.shield import LAID
from svoc.words.persons import PERSONS
from svoc.words.plan import Plan, Yesterday
from svoc.words.protection import PROTECTION, WHERE, Act, holding_flags
from tests.worlds import TODAY, decisions, extract, morrow, night

NAMES = ("MRS ANN SMITH", "MR JOHN SMITH", "MISS RUTH HILL")
LANES = ("statutory", "service")

KEYS = ("council_tax/A1/1", "electoral_register/E1/1", "library/L1/1", "library/L2/1")
homes = st.tuples(*(st.sampled_from(range(1, 6)) for _ in KEYS))
presence = st.tuples(*(st.booleans() for _ in KEYS))
NIGHT = st.tuples(homes, presence, st.sampled_from([None, *KEYS]), st.sampled_from([None, "same", "different"]))


def rows_of(number: int, act: str, mention: str) -> pl.DataFrame:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    said = {"id": number, "number": number, "act": act, "kind": "safe-address", "mention": mention, "actor": "j"}
    return pl.DataFrame([{**said, "because": "asked", "at": at}], schema=PROTECTION, orient="row")


def written(ledger: pl.DataFrame, laid: pl.DataFrame | None) -> pl.DataFrame:
    """Give the ledger with what a night adds, as the store writes it."""
    for row in (laid if laid is not None else pl.DataFrame(schema=LAID)).to_dicts():
        assert row["act"] == Act.SPREAD.value
        ledger = pl.concat([ledger, rows_of(ledger.height + 1, row["act"], row["mention"])])
    return ledger


def groups_of(plan: Plan) -> list[set[str]]:
    """Give every set of records that is one person in some lane."""
    found = []
    for lane in plan.lanes.values():
        found += [set(keys) for keys in lane.state.members.group_by("person").agg("mention")["mention"]]
    return found


def tainted(found: set[str], groups: list[set[str]]) -> set[str]:
    """Say anew, without svoc's own means, whom protection has come to."""
    while wider := {key for group in groups if group & found for key in group} - found:
        found = found | wider
    return found


@settings(max_examples=12)
@given(st.lists(NIGHT, min_size=2, max_size=4), st.sampled_from(KEYS), st.integers(0, 1))
def test_protection_comes_to_all_that_ever_was_one_with_it_and_no_notice_tells_a_place(
    evenings: list[tuple[tuple[int, ...], tuple[bool, ...], str | None, str | None]], flagged: str, first: int
) -> None:
    yesterday, expected, said = Yesterday(), set[str](), list[tuple[str, str, str]]()
    for number, (where, there, other, verdict) in enumerate(evenings):
        if number == first + 1:
            yesterday = replace(yesterday, protection=rows_of(1, "set", flagged))
            expected |= {flagged}
        if verdict and other and other != flagged:
            said.append((verdict, flagged, other))
        by_source: Mapping[str, list[str]] = {source: [] for source in ("council_tax", "electoral_register", "library")}
        for key, house, here in zip(KEYS, where, there, strict=True):
            source, record, _ = key.split("/")
            if here or source != "library":
                by_source[source].append(f"{record} | MRS ANN SMITH | {house} | ..")
        by_source["library"].append("L9 | MR PETER DALE | 9 | ..")
        day = TODAY + timedelta(days=number)
        extracts = [extract(source, *lines, on=day) for source, lines in by_source.items()]
        plan = night(replace(yesterday, decisions=decisions(*said)), *extracts)
        groups = groups_of(plan)
        if expected:
            expected = tainted(expected, groups)
        ledger = written(yesterday.protection, plan.protection)
        held = set(holding_flags(ledger)["mention"])
        assert expected <= held
        for lane in plan.lanes.values():
            theirs = set(lane.state.members.filter(pl.col("mention").is_in(sorted(expected)))["person"])
            for person, kind, payload in lane.notices.select("person", "kind", "payload").iter_rows():
                if person in theirs:
                    assert kind != "address"
                    assert not set(json.loads(payload)) & set(WHERE)
        yesterday = morrow(yesterday, plan, protection=ledger)


PEOPLE = ("P1", "P2", "P3", "P4")
hidden_ones = st.sets(st.sampled_from(PEOPLE))


@given(hidden_ones, st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(PEOPLE), min_size=4))
def test_no_export_and_no_history_holds_a_token_of_the_hidden_and_the_others_lose_nothing(
    hidden: set[str], whose: dict[str, str]
) -> None:
    keys = sorted(m for m, p in whose.items() if p in hidden)
    shield = Shield(
        persons=frozenset(hidden),
        past=frozenset(hidden),
        mentions=pl.DataFrame({"mention": keys, "kinds": [["safe-address"]] * len(keys)}, schema=SHIELDED_MENTIONS),
    )
    frames = _frames(whose)
    given_out = shield.exported(frames)
    kinds = (("new", None), ("changed", "address"), ("split", None))
    past = pl.DataFrame([_happened(p, kind, field) for p in PEOPLE for kind, field in kinds])
    texts = [*(frame.write_csv() for frame in given_out.values()), shield.history(past).write_csv()] if keys else []
    for person in hidden & set(whose.values()):
        assert not [text for text in texts if _token(person) in text]
    for name, frame in given_out.items():
        column = {"persons": "person_id", "households": "person_id", "members": "person_id"}.get(name)
        if column:
            before = frames[name].drop("mention", strict=False).filter(~pl.col(column).is_in(sorted(hidden)))
            assert frame.filter(~pl.col(column).is_in(sorted(hidden))).equals(before)


def _token(person: str) -> str:
    return f"Zyx{person}"


def _happened(person: str, kind: str, field: str | None) -> dict[str, str | None]:
    after = _token(person) if field else json.dumps({"address": _token(person)})
    return {"person": person, "kind": kind, "field": field, "after": after}


def _frames(whose: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    people, keys = sorted(set(whose.values())), sorted(whose.items())
    where = ("address", "postcode", "phone", "email")
    why = {"home": {"since": "Zyx{}"}, "surname": {"since": "2020"}}
    persons = [
        {**dict.fromkeys(PERSONS), **dict.fromkeys(where, _token(p)), "person": p, "uprn": int(p[1]), "records": 1}
        | {"provenance": json.dumps(why).replace("Zyx{}", _token(p))}
        for p in people
    ]
    record = [{"mention": m, "source": "s", "record": m, "party": 1} for m, _ in keys]
    lies = [{"uprn": 1, "outcome": _token(p), "rung": _token(p)} for _, p in keys]
    says = [{**dict.fromkeys(("address", "postcode", "reason"), _token(p)), "certainty": 1.0} for _, p in keys]
    owned = [{"person_id": p} for _, p in keys]
    homes = [{"household_id": _token(p), "person_id": p, "uprn": 1} for p in people]
    return {
        "members": pl.DataFrame([r | o | at for r, o, at in zip(record, owned, lies, strict=True)]),
        "persons": pl.DataFrame(persons, schema=PERSONS).rename({"person": "person_id"}),
        "households": pl.DataFrame(homes),
        "cases": pl.DataFrame([{"case": _token(p), "mentions": m} for m, p in keys]),
        "placements": pl.DataFrame([r | at | said for r, at, said in zip(record, lies, says, strict=True)]),
    }

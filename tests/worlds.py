"""Small worlds for tests: records and placed mentions from a few readable lines, and nights carried forward by hand.

A line reads `source record | names | house | stay | more`::

    council_tax A1 | MR JOHN SMITH & MRS ANN SMITH | 3 | 2020-04-01.. | phone=01392000001

`names` are parted by `&`, or `-` where the record names nobody; `house` is a number in King Street (its UPRN is 100
more), or `-`; `stay` is `since..until`, either side empty; `more` sets further columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import polars as pl

from gazetteer import Gazetteer
from gazetteer.examples import tables_of
from matchers.engines.local import LocalEngine
from svoc.night import reconcile
from svoc.notices.routes import read_routes
from svoc.person_model import read_model
from svoc.policy import Policy
from svoc.sources.base import Extract
from svoc.sources.clean import content
from svoc.steps.group import Thresholds
from svoc.survivorship.policy import Survivorship
from svoc.words.decisions import DECISIONS
from svoc.words.events import LIFE_EVENTS, EventAction, EventKind
from svoc.words.mentions import KNOWN, MENTIONS, PLACED
from svoc.words.plan import TAKEN, LaneState, Plan, Yesterday
from svoc.words.purposes import Purposes
from svoc.words.records import RECORDS, SORTED_BY, conform

TITLES = {"MR", "MRS", "MISS", "MS", "DR", "SIR", "LADY"}
KINDS = {"council_tax": "council_tax", "electoral_register": "electoral_register", "library": "generic"}
ROLES = {"council_tax": "liable_party", "electoral_register": "elector", "life_events": "deceased"}
ONCE = {"council_tax": True, "electoral_register": True, "library": False}
TODAY = date(2026, 11, 2)
HOUSES = 12


def records(*lines: str) -> pl.DataFrame:
    """Give a frame of `RECORDS`."""
    rows = [row for line in lines for row in _rows(line)]
    wanted = {name: dtype for name, dtype in RECORDS.items() if name != "content"}
    frame = pl.DataFrame(rows, schema=wanted, orient="row")
    return content(conform(frame)).sort(SORTED_BY)


def placed(*lines: str, change: str = "new") -> pl.DataFrame:
    """Give a frame of `PLACED`: the key of each mention is `source/record/party`, its place the house's UPRN."""
    frame = records(*lines)
    key = pl.concat_str("source", "record", pl.col("party").cast(pl.String), separator="/")
    house = pl.col("address").str.extract(r"^(\d+) ").cast(pl.Int64) + 100
    made = frame.with_columns(
        mention=key,
        change=pl.lit(change),
        outcome=pl.when(house.is_not_null()).then(pl.lit("exact")).otherwise(pl.lit("none")),
        uprn=house,
        place=house,
        was_place=house if change == "standing" else pl.lit(None, dtype=pl.Int64),
        rung=pl.lit("exact"),
    )
    return _as(made, PLACED).sort("mention")


def known(mentions: pl.DataFrame, *, live: bool = True) -> pl.DataFrame:
    """Give what yesterday knows of mentions, as a frame of `KNOWN`."""
    return _as(mentions.with_columns(live=pl.lit(live)), KNOWN).sort("mention")


def decisions(*said: tuple[str, str, str] | tuple[str, str, str, Mapping[str, Any]]) -> pl.DataFrame:
    """Give a frame of `DECISIONS` of (verdict, left, right) and, where wanted, further columns."""
    rows = []
    for number, (verdict, left, right, *more) in enumerate(said, start=1):
        ends = (left, right) if verdict in {"confirmed", "rejected"} else tuple(sorted((left, right)))
        row = {"decision": number, "verdict": verdict, "left": ends[0], "right": ends[1], "steward": "j.okafor"}
        rows.append({**row, "because": "seen", "at": datetime(2026, 11, 2, tzinfo=UTC), **(more[0] if more else {})})
    return pl.DataFrame(rows, schema=DECISIONS, orient="row")


def death(reference: str, name: str, *, house: int, on: date = TODAY, action: str = "asserted") -> pl.DataFrame:
    """Give one statement of a death as a frame of `LIFE_EVENTS`; its mention is `life_events/registrar:REFERENCE/1`."""
    return event(reference, name, house=house, on=on, action=action)


def event(
    reference: str,
    name: str,
    *,
    house: int,
    on: date = TODAY,
    action: str = "asserted",
    kind: str = "death",
    **new: str,
) -> pl.DataFrame:
    """Give one statement of a life event of any kind; `new`: what is so from now on (`new_surname`, `new_address`)."""
    title, forename, middle, surname = _parts(name)
    row = {
        "event": f"{reference}:{action}", "kind": EventKind(kind).value, "action": EventAction(action).value,
        "sender": "registrar", "reference": reference, "verification": 3, "evidence": "registrar-notification",
        "name": name, "title": title, "forename": forename, "middle_names": middle, "surname": surname,
        "address": f"{house} KING STREET", "postcode": "BA1 1AA", "happened": on, "happened_precision": "day",
        "happened_text": on.isoformat(), "happened_earliest": on, "happened_latest": on, **new,
    }  # fmt: skip
    return pl.DataFrame([row], schema=LIFE_EVENTS, orient="row")


def extract(source: str, *lines: str, mode: str = "full", on: date = TODAY, withdrawn: Sequence[str] = ()) -> Extract:
    """Give what one source says; each line begins with the record's reference."""
    gone = pl.DataFrame({"record": list(withdrawn)}, schema={"record": pl.String()})
    said = records(*(f"{source} {line}" for line in lines))
    return Extract(source, KINDS[source], (), said, content_date=on, mode=mode, withdrawn=gone)


@cache
def street(*, without: int = 0) -> Gazetteer:
    """Give a gazetteer of twelve houses in King Street, UPRNs 101 to 112, all or without one."""
    columns = ("unit_text", "unit", "building", "number", "street", "town", "postcode")
    rows = []
    for number in (n for n in range(1, HOUSES + 1) if n != without):
        values = ("", "", "", str(number), "KING STREET", "BARCHESTER", "BA1 1AA")
        rows.append({"uprn": str(100 + number), "class": "RD04", **dict(zip(columns, values, strict=True))})
    return Gazetteer.from_tables(tables_of(rows))


@cache
def policy() -> Policy:
    """Give the shipped policy for a council with Council Tax, the register and a library."""
    model = read_model()
    return Policy(
        purposes=Purposes.in_force(),
        survivorship=Survivorship.in_force(),
        routes=read_routes(),
        thresholds=Thresholds.of(model),
        model=model,
        engine=LocalEngine(),
        lane="statutory",
        key="a secret of the tests",
        kinds=KINDS,
        lists_once=ONCE,
        renumbered=frozenset({"electoral_register"}),
        codes={},
        fingerprint="model-1",
        gazetteer="gazetteer-1",
    )


def night(
    yesterday: Yesterday,
    *extracts: Extract,
    under: Policy | None = None,
    at: Gazetteer | None = None,
    whole: bool = False,
) -> Plan:
    """Plan a night, what changed of it or the whole."""
    return reconcile(
        yesterday,
        extracts,
        at or street(),
        under or policy(),
        taken=pl.DataFrame(schema=TAKEN),
        started=datetime(2026, 11, 2, 22, tzinfo=UTC),
        whole=whole,
    )


def morrow(yesterday: Yesterday, plan: Plan, **more: Any) -> Yesterday:
    """Give what the next night finds once a plan is committed; `more` replaces decisions or events."""
    gone = yesterday.known.join(plan.mentions, on="mention", how="anti").with_columns(live=pl.lit(value=False))
    states: dict[str, LaneState] = {name: lane.state for name, lane in plan.lanes.items()}
    return replace(
        yesterday,
        run=plan.run,
        as_of=plan.as_of,
        mentions=_as(plan.mentions.drop("change", "was_place"), PLACED),
        lanes=states,
        gazetteer=plan.gazetteer,
        model=plan.model,
        workings=plan.workings,
        known=pl.concat([known(plan.mentions), gone]).sort("mention"),
        **more,
    )


def nights(*evenings: Sequence[Extract], under: Policy | None = None) -> tuple[Yesterday, Plan]:
    """Run nights one after another; give what stands after all but the last, and the last plan."""
    yesterday = Yesterday()
    plan = night(yesterday, *evenings[0], under=under)
    for extracts in evenings[1:]:
        yesterday = morrow(yesterday, plan)
        plan = night(yesterday, *extracts, under=under)
    return yesterday, plan


def groups(members: pl.DataFrame) -> set[frozenset[str]]:
    """Give who is one person, whatever the persons are called."""
    return {frozenset(m) for m in members.group_by("person").agg("mention")["mention"].to_list()}


def person_of(plan: Plan, mention: str, lane: str = "statutory") -> str:
    """Name the person whom a mention belongs to."""
    found = plan.lanes[lane].state.members.filter(pl.col("mention") == mention)["person"].to_list()
    assert len(found) == 1, f"{mention} belongs to {len(found)} persons"
    return str(found[0])


def facts(plan: Plan, mention: str, lane: str = "statutory") -> dict[str, Any]:
    """Give the golden facts of the person whom a mention belongs to."""
    person = person_of(plan, mention, lane)
    return plan.lanes[lane].state.persons.row(by_predicate=pl.col("person") == person, named=True)


def _rows(line: str) -> Iterable[dict[str, Any]]:
    head, names, house, *rest = [part.strip() for part in line.split("|")]
    source, record = head.split(maxsplit=1)
    since, _, until = (rest[0] if rest else "..").partition("..")
    more = dict(pair.split("=", 1) for pair in (rest[1].split() if len(rest) > 1 else ()))
    for party, name in enumerate([n.strip() for n in names.split("&")], start=1):
        title, forename, middle, surname = _parts(name)
        row: dict[str, Any] = {
            "source": source, "record": record, "party": party, "role": ROLES.get(source, "person"),
            "kind": "person", "name": name, "title": title, "forename": forename, "middle_names": middle,
            "surname": surname, "since": _day(since), "until": _day(until), "line": 2,
        }  # fmt: skip
        if house != "-":
            row |= {"address": f"{house} KING STREET", "postcode": "BA1 1AA"}
        yield row | {column: _value(column, value) for column, value in more.items()}


def _parts(name: str) -> tuple[str | None, str | None, str | None, str | None]:
    words = [] if name == "-" else name.upper().split()
    title = words.pop(0) if words and words[0] in TITLES else None
    surname = words.pop() if words else None
    return title, words[0] if words else None, " ".join(words[1:]) or None, surname


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None


def _value(column: str, text: str) -> Any:
    plain = text.replace("_", " ")
    if RECORDS[column] == pl.Date:
        return _day(text)
    if RECORDS[column] == pl.Boolean:
        return text == "yes"
    return int(text) if RECORDS[column].is_integer() else plain


def _as(frame: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    there = set(frame.columns)
    return frame.select(pl.col(n).cast(t) if n in there else pl.lit(None, dtype=t).alias(n) for n, t in schema.items())


def mentions(*lines: str) -> pl.DataFrame:
    """Give a frame of `MENTIONS`."""
    return placed(*lines).select(MENTIONS.keys())

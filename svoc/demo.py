"""A made-up town, two nights and a death that is told once, told as a story.

All people, addresses and files are a rehearsal's, so that the story may name them.
"""

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from gazetteer import RUNGS
from svoc.council import Council
from svoc.desk import Desk
from svoc.errors import SettingsError
from svoc.rehearsal.town import Town, rehearse
from svoc.reports.night_report import write_report
from svoc.running import evaluate_council
from svoc.words.decisions import CaseKind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import LanePlan, Plan

__all__ = ["demonstrate"]

Say = Callable[[str], None]

CALLED = {"council_tax": "Council Tax", "electoral_register": "The electoral register"}
STEWARD = "j.okafor"
TELLING = ("spelling", "suffix_as_unit", "unit_form", "range", "organisation", "other_postcode", "without_postcode")
"""Rungs that make a good example of an address that is not written as the gazetteer writes it."""


def demonstrate(folder: Path, *, dwellings: int, seed: int, say: Say) -> Path:
    """Make a town in a new folder, run two nights, tell one death once, and say what happened; give the last report.

    The same dwellings and seed tell the same story. Raises `SettingsError` for a folder that holds anything.

    >>> report = demonstrate(Path("demo"), dwellings=1000, seed=7, say=print)     # doctest: +SKIP
    """
    town = _made(folder, dwellings, seed, say)
    with Council.open(town.settings) as council:
        first, _ = _night(council)
        _tell(say, "The first night", _arrived(first), _placed(first), _matched(first))
        second, report = _night(council)
        _tell(say, "The second night", _changed(second), _moved(second))
        _tell(say, "What the machine does not decide", _doubted(council))
        _tell(say, "A death is told once", _death(council, town))
    _tell(say, "Was it right?", _truth(town))
    _tell(say, "What to look at next", _next(town, first, report))
    return report.resolve()


def _made(folder: Path, dwellings: int, seed: int, say: Say) -> Town:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"{folder.name}: a demo is made in a new or empty folder, and this one holds something")
    say(f"Making Barchester, a town of {dwellings:,} dwellings that does not exist, in {folder} ...")
    try:
        return rehearse(folder, dwellings=dwellings, seed=seed, nights=2)
    except ValueError as fault:
        raise SettingsError(str(fault)) from None


def _night(council: Council) -> tuple[Plan, Path]:
    """Run one night as `svoc night` does."""
    with council.night():
        yesterday = council.store.yesterday()
        plan = council.plan()
        report = write_report(plan, yesterday, council.settings.at(council.settings.reports.folder))
        council.commit(plan)
        council.deliver()
    return plan, report


def _tell(say: Say, heading: str, *parts: Iterator[str]) -> None:
    say(f"\n{heading}\n{'-' * len(heading)}")
    for part in parts:
        for sentence in part:
            say(sentence)


# --- the first night


def _arrived(plan: Plan) -> Iterator[str]:
    people = plan.mentions.filter(pl.col("kind") == "person")
    counted = people.group_by("source").agg(pl.len(), pl.col("record").n_unique().alias("records")).sort("source")
    for source, named, records in counted.iter_rows():
        yield f"{CALLED[source]} sends {records:,} records, which name {named:,} people."


def _placed(plan: Plan) -> Iterator[str]:
    written = plan.mentions.filter(pl.col("address").is_not_null())
    sure = written.filter(pl.col("place").is_not_null())
    yield f"Of their {written.height:,} addresses {sure.height:,} are put on exactly one property of the gazetteer."
    rank = pl.col("rung").replace_strict({rung: n for n, rung in enumerate(TELLING)}, default=None)
    example = sure.with_columns(rank=rank).drop_nulls("rank").sort("rank", "mention").head(1)
    meanings = {rung.name: rung.meaning for rung in RUNGS}
    for row in example.iter_rows(named=True):
        yield f"  For one: {row['address']}{', ' + row['postcode'] if row['postcode'] else ''}"
        yield f"  is UPRN {row['uprn']}, {row['matched']}: {meanings[row['rung']]}."


def _matched(plan: Plan) -> Iterator[str]:
    lane = plan.reading.state
    people = plan.mentions.filter(pl.col("kind") == "person").height
    yield f"The {people:,} names are {lane.persons.height:,} people, each with an identifier that will not change."
    for row in _couple(plan):
        yield f'  Council Tax bills "{row["name"]}", {row["address"]}, on one account.'
        yield f'  The register has "{row["one"]}" and "{row["other"]}" there.'
        yield f"  That is two people, {row['person']} and {row['person_other']}, and no more."
    yield "A first night announces nothing: nobody needs to hear what they said themselves."


def _couple(plan: Plan) -> list[dict[str, object]]:
    """Find a couple that one account names together and the register names apart."""
    members = plan.reading.state.members.join(plan.mentions, on="mention")
    listed = members.filter(pl.col("source") == "electoral_register").unique("person", keep="none")
    named = members.filter((pl.col("source") == "council_tax") & pl.col("until").is_null())
    both = named.join(listed.select("person", elector="name", entry="mention"), on="person")
    first, second = (both.filter(pl.col("party") == party) for party in (1, 2))
    couples = first.join(second, on="record", suffix="_other").filter(
        (pl.col("person") != pl.col("person_other")) & pl.col("name").str.contains("&", literal=True)
    )
    kept = couples.select(
        "name", "address", "person", "person_other", "mention", "entry", one="elector", other="elector_other"
    )
    return kept.sort("mention").head(1).to_dicts()


# --- the second night


def _changed(plan: Plan) -> Iterator[str]:
    f = plan.figures()
    yield f"{f['new']} names were not there the night before, {f['amended']} stand in records that changed,"
    yield f"{f['withdrawn']} are gone, and {f['standing']:,} are as they were."
    yield f"{f['changed']} people have facts that changed, each with its cause and its source."


def _moved(plan: Plan) -> Iterator[str]:
    told = [(lane, row) for lane in _lanes(plan) for row in lane.notices.iter_rows(named=True)]
    yield f"{len(told)} notices go to systems that hold the person, may know, and did not say it themselves."
    movers = [(lane, row) for lane, row in told if row["kind"] == "address"]
    for lane, row in movers[:1]:
        moved = lane.changes.filter((pl.col("person") == row["person"]) & (pl.col("field") == "address"))
        for before, after, source in moved.select("before", "after", "source").iter_rows():
            yield f"  For one: {_named(lane, row['person'])} was at {before or 'no known address'}"
            yield f"  and is at {after}. {CALLED[source]} said so."
            yield f"  {CALLED[row['recipient']]} is told under its own reference {row['reference']} ({row['basis']})."


def _lanes(plan: Plan) -> list[LanePlan]:
    return [plan.lanes[name] for name in sorted(plan.lanes)]


def _named(lane: LanePlan, person: str, parts: tuple[str, ...] = ("title", "forename", "surname")) -> str:
    row = lane.state.persons.filter(pl.col("person") == person).row(0, named=True)
    return " ".join(row[part].title() for part in parts if row[part])


# --- doubt


def _doubted(council: Council) -> Iterator[str]:
    desk = Desk(council, steward=STEWARD, purpose=council.settings.council.purpose)
    cases = desk.cases()
    yield f"{len(cases)} cases wait for a steward; until then nobody in them is joined."
    households = sorted((c for c in cases if c.kind == CaseKind.HOUSEHOLD), key=lambda c: (len(c.mentions), c.id))
    for case in households[:1]:
        yield "One of them, as the desk shows it:\n"
        yield "\n".join(f"  {line}".rstrip() for line in desk.open(case.id).evidence.splitlines())


# --- the death


def _death(council: Council, town: Town) -> Iterator[str]:
    files = sorted((town.folder / "life_events").iterdir())
    with council.night():
        events = sum(council.tell_file(file)[0].counts["events"] for file in files)
        yield f"{len(files)} files bring {events} life events. Each is a claim until a human confirms it."
        found = _surest_death(council)
        if found is None:
            yield "No death among them fits exactly one resident: all wait for a steward."
            return
        event, mention = found
        council.confirm(event, mention, steward=STEWARD, because="checked against the registration")
        plan = council.settle()
        council.commit(plan)
        council.deliver()
    yield from _told_of(council, plan, event)


def _surest_death(council: Council) -> tuple[str, str] | None:
    """Find an event that fits exactly one person, of all such the one whom most records name."""
    events = council.store.yesterday().events.filter(pl.col("kind") == "death")
    keys = events.select(
        event=pl.concat_str(pl.lit(f"{EVENTS_SOURCE}/"), "sender", pl.lit(":"), "reference", pl.lit("/1"))
    )
    lane = council.policy.purposes.named("tell-us-once-death").lane
    sizes = council.store.persons(lane).select("records", cluster="person")
    matched = council.candidates().filter(pl.col("state") == "matched").join(keys, on="event", how="semi")
    best = matched.join(sizes, on="cluster").sort("records", "event", descending=[True, False]).head(1)
    return next(best.select("event", "mention").iter_rows(), None)


def _told_of(council: Council, plan: Plan, event: str) -> Iterator[str]:
    lane = plan.lanes[council.policy.purposes.named("tell-us-once-death").lane]
    person = lane.state.members.filter(pl.col("mention") == event)["person"].item()
    yield f"One is the death of {_named(lane, person)}, {person}. {STEWARD} confirms it, once. Then:"
    for each in _lanes(plan):
        for row in each.notices.sort("recipient", "reference").iter_rows(named=True):
            facts = ", ".join(json.loads(row["payload"]))
            yield f"  {CALLED[row['recipient']]} is told under {row['reference']}: {facts}"
            yield f"    on the basis of: {row['basis']}"
    yield f"The notices lie in {council.settings.at(council.settings.notices.folder)}, a folder for each system."


# --- the end


def _truth(town: Town) -> Iterator[str]:
    figures, _ = evaluate_council(town.settings, town.folder / "truth.csv", purpose=None)
    yield "The town is made up, so the truth is known."
    yield f"Of the pairs of records that it joined, {figures['precision']:.2%} are one person in truth;"
    yield f"of the pairs that are one person, it joined {figures['recall']:.2%}."
    yield f"Of the addresses that it was sure of, {figures['sure_right']:.2%} are at the right property."


def _next(town: Town, plan: Plan, report: Path) -> Iterator[str]:
    settings = shlex.quote(str(town.settings))
    yield f"The night's report: {report}"
    yield "And try:"
    for row in _couple(plan):
        name = _named(plan.reading, str(row["person"]), ("forename", "surname")).lower()
        yield f"  svoc find {settings} {shlex.quote(name)} --purpose council-tax"
        yield f"  svoc explain {settings} {row['mention']} {row['entry']}"
    yield f"  svoc export {settings} --to {shlex.quote(str(town.folder / 'out'))}"
    yield f"  svoc evaluate {settings} --truth {shlex.quote(str(town.folder / 'truth.csv'))}"

"""What a plan may not do: each guard reads the plan and yesterday, and answers with a reason or with nothing.

What goes or comes back because somebody's right is served is no sign that something else is wrong, and is not counted.
Add a guard as a function here and its name in `GUARDS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from svoc.settings import GuardSettings
from svoc.words.changes import Cause, ChangeKind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import Plan, Yesterday

__all__ = ["GUARDS", "Guard", "reasons", "reasons_beside_a_right", "refusing"]

FEWEST = 100
"""Of fewer persons or records than these no share is taken: one more or less would be too much of it."""

Guard = Callable[[Plan, Yesterday, GuardSettings], Iterator[str]]


def reasons(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> tuple[str, ...]:
    """Give every reason for which this plan must not be committed; none where all is well."""
    return tuple(reason for guard in GUARDS for reason in guard(plan, yesterday, settings))


def reasons_beside_a_right(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> tuple[str, ...]:
    """Give the reasons against a plan that is made to serve somebody's right: whatever else comes with it.

    How long it took is none, for a right does not wait for a faster machine; nor is what holds of last night's truth
    as well, for that is there whether or not the right is served.
    """
    standing = {name: replace(lane, state=yesterday.lane(name)) for name, lane in plan.lanes.items()}
    stood = replace(plan, mentions=yesterday.mentions, lanes=standing)
    found: list[str] = []
    for guard in GUARDS:
        against = list(guard(plan, yesterday, settings))
        if guard in OF_THE_MACHINE or (guard in OF_WHAT_STANDS and len(against) <= _count(guard, stood, settings)):
            continue
        found += against
    return tuple(found)


def _count(guard: Guard, stood: Plan, settings: GuardSettings) -> int:
    return sum(1 for _ in guard(stood, Yesterday(), settings))


def refusing(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> dict[str, int]:
    """Count the reasons that each guard gives, by its name; those that give none are left out."""
    counts = {guard.__name__: sum(1 for _ in guard(plan, yesterday, settings)) for guard in GUARDS}
    return {name: count for name, count in counts.items() if count}


def shrunk(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """A source whose extract holds much less than it held yesterday is probably half a file."""
    stood = yesterday.mentions.filter(~pl.col("mention").is_in(sorted(plan.by_right)))
    now, then = (_by_source(mentions.filter(pl.col("source") != EVENTS_SOURCE)) for mentions in (plan.mentions, stood))
    for source, before in sorted(then.items()):
        left = now.get(source, 0)
        if left < before * settings.shrunk:
            yield f"{source} holds {left} mentions and held {before}: less than {settings.shrunk:.0%} is left"


def lost(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """Too many persons would be gone."""
    yield from _share(plan, yesterday, ChangeKind.GONE, settings.lost, "would be gone")


def merged(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """Too many persons would be joined into others."""
    yield from _share(plan, yesterday, ChangeKind.MERGED, settings.merged, "would be joined into others")


def split(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """Too many persons would be taken apart."""
    yield from _share(plan, yesterday, ChangeKind.SPLIT, settings.split, "would be taken apart")


def too_large(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """A person made of very many records is probably several people."""
    for name, lane in sorted(plan.lanes.items()):
        largest = lane.state.persons["records"].max()
        if isinstance(largest, int) and largest > settings.largest_person:
            yield f"{name}: a person would be made of {largest} records; at most {settings.largest_person} are allowed"


def unplaced(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """Far fewer addresses than usual are found: probably the wrong gazetteer, or a column that moved."""
    for (source,), mentions in plan.mentions.group_by("source", maintain_order=True):
        people = mentions.filter((pl.col("kind") == "person") & pl.col("address").is_not_null())
        share = people["place"].is_not_null().mean()
        if people.height >= FEWEST and isinstance(share, float) and share < settings.placed:
            yield f"{source}: {share:.0%} of addresses are placed; at least {settings.placed:.0%} are expected"


def filled(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """A column that is filled in far less, or far more, than last night has probably moved or changed its meaning."""
    for source, now, then in _profiles(plan, yesterday):
        for column, share in now["filled"].items():
            before = then["filled"].get(column)
            if before is not None and abs(share - before) > settings.filled:
                yield (
                    f"{source}: {column} is filled in {share:.0%} of its records, and was in {before:.0%}; "
                    f"at most {settings.filled:.0%} may come or go"
                )


def reshaped(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """A column whose values look unlike last night's is probably another column, or written by another program."""
    for source, now, then in _profiles(plan, yesterday):
        for column, shapes in now["shapes"].items():
            before = then["shapes"].get(column)
            if before and _values(now, column) >= FEWEST and _values(then, column) >= FEWEST:
                other = sum(max(share - before.get(shape, 0.0), 0.0) for shape, share in shapes.items())
                if other > settings.reshaped:
                    yield (
                        f"{source}: {other:.0%} of what is in {column} looks unlike the last night's; "
                        f"at most {settings.reshaped:.0%} may"
                    )


def asked(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """More new cases than stewards could ever answer mean that something else is wrong; a hundred they can."""
    for name, lane in sorted(plan.lanes.items()):
        before = yesterday.lane(name)
        new = lane.state.cases.join(before.cases, on="case", how="anti").height
        if before.persons.height and new > max(before.persons.height * settings.cases, FEWEST):
            yield (
                f"{name}: {new} new cases for {before.persons.height} persons; at most {settings.cases:.1%} are allowed"
            )


def too_slow(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """A night that takes much longer than it should is one that cannot be done again before the morning."""
    if sum(plan.seconds.values()) > settings.minutes * 60:
        yield f"planning took longer than the {settings.minutes:g} minutes that are allowed"


def too_big(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """A night that nearly fills the machine's memory will be killed by the system when it grows a little."""
    if plan.memory is not None and plan.memory > settings.memory:
        yield f"planning took more than the {settings.memory:.0%} of the machine's memory that are allowed"


GUARDS: tuple[Guard, ...] = (
    shrunk, lost, merged, split, too_large, unplaced, filled, reshaped, asked, too_slow, too_big,
)  # fmt: skip
"""The guards, in the order in which their reasons are told."""

OF_THE_MACHINE: tuple[Guard, ...] = (too_slow, too_big)
"""What says nothing of what a plan would change."""

OF_WHAT_STANDS: tuple[Guard, ...] = (too_large, unplaced)
"""What is asked of a plan alone, and not of how it differs from last night's truth."""


def _profiles(plan: Plan, yesterday: Yesterday) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Give tonight's profile and the last night's of each source that had enough records in both."""
    kept = yesterday.summary.get("profile", {})
    for source, now in sorted(plan.profile.items()):
        then = kept.get(source)
        if then and min(now["records"], then["records"]) >= FEWEST:
            yield source, now, then


def _values(profile: Mapping[str, Any], column: str) -> float:
    """Count the records that fill in a column; every record has a reference."""
    return float(profile["records"] * profile["filled"].get(column, 1.0))


def _by_source(mentions: pl.DataFrame) -> dict[str, int]:
    return dict(mentions["source"].value_counts().iter_rows())


def _share(plan: Plan, yesterday: Yesterday, kind: ChangeKind, most: float, words: str) -> Iterator[str]:
    for name, lane in sorted(plan.lanes.items()):
        before = yesterday.lane(name).persons.height
        of_the_kind = lane.changes.filter(pl.col("kind") == kind.value, pl.col("cause") != Cause.RIGHT.value)
        count = of_the_kind["person"].n_unique()
        if before >= FEWEST and count > before * most:
            yield f"{name}: {count} of {before} persons {words}; at most {most:.1%} are allowed"

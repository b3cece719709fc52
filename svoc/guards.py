"""What a plan may not do: each guard reads the plan and yesterday, and answers with a reason or with nothing.

Add a guard as a function here and its name in `GUARDS`.
"""

from collections.abc import Callable, Iterator

import polars as pl

from svoc.settings import GuardSettings
from svoc.words.changes import ChangeKind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import Plan, Yesterday

__all__ = ["GUARDS", "Guard", "reasons"]

Guard = Callable[[Plan, Yesterday, GuardSettings], Iterator[str]]


def reasons(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> tuple[str, ...]:
    """Give every reason for which this plan must not be committed; none where all is well."""
    return tuple(reason for guard in GUARDS for reason in guard(plan, yesterday, settings))


def shrunk(plan: Plan, yesterday: Yesterday, settings: GuardSettings) -> Iterator[str]:
    """A source whose extract holds much less than it held yesterday is probably half a file."""
    now, then = (
        _by_source(mentions.filter(pl.col("source") != EVENTS_SOURCE))
        for mentions in (plan.mentions, yesterday.mentions)
    )
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
        if people.height >= 100 and isinstance(share, float) and share < settings.placed:
            yield f"{source}: {share:.0%} of addresses are placed; at least {settings.placed:.0%} are expected"


GUARDS: tuple[Guard, ...] = (shrunk, lost, merged, split, too_large, unplaced)
"""The guards, in the order in which their reasons are told."""


def _by_source(mentions: pl.DataFrame) -> dict[str, int]:
    return dict(mentions["source"].value_counts().iter_rows())


def _share(plan: Plan, yesterday: Yesterday, kind: ChangeKind, most: float, words: str) -> Iterator[str]:
    for name, lane in sorted(plan.lanes.items()):
        before = yesterday.lane(name).persons.height
        count = lane.changes.filter(pl.col("kind") == kind.value)["person"].n_unique()
        if before >= 100 and count > before * most:
            yield f"{name}: {count} of {before} persons {words}; at most {most:.1%} are allowed"

"""Follows each notice through the nights since it was sent, to the first that shows what it told."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl

from svoc.notices.routes import CORRECTED, TAKEN_BACK
from svoc.reconciling.verdicts import verdict
from svoc.words.arrivals import ARRIVALS, Arrival

__all__ = ["Reading", "Told", "Version", "arrivals"]


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that was sent and holds: what it said, of whom, in which night; `heard`: the first night after it went.

    `mention`: the party of the record that it named, under its key; `others`: the recipient's other records of the
    person today; `successors`: other parties of the record since, who bear the name that was told, for who is called
    otherwise may be another party to svoc; `newcomers`: records of that name, written since at the place that was told,
    which svoc may not know yet to be the person's.
    """

    notice: str
    kind: str
    recipient: str
    reference: str | None
    person: str
    payload: str
    run: int
    heard: int
    mention: str | None
    others: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    newcomers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A record as it stood in the nights from one to before another; `row`: its columns of `PLACED`."""

    since: int
    before: int | None
    row: Mapping[str, Any]

    def stood(self, run: int) -> bool:
        """Say whether it stood in a night."""
        return self.since <= run and (self.before is None or run < self.before)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: `days`: run -> the day that it spoke of; `read`: source -> the nights that took an extract of it;
    `versions`: mention -> its versions, the oldest first."""

    days: Mapping[int, date]
    read: Mapping[str, Sequence[int]]
    versions: Mapping[str, Sequence[Version]]


def arrivals(told: Iterable[Told], reading: Reading) -> pl.DataFrame:
    """Say of each notice whether it arrived, and when, as a frame of `ARRIVALS`.

    Where a recipient was told of the same kind of thing about one record again, the earlier notice is judged by what
    showed until then.
    """
    if not reading.days:
        return pl.DataFrame(schema=ARRIVALS)
    rows = []
    for _, same in groupby(sorted(told, key=_thread), key=lambda t: _thread(t)[:-2]):
        thread = list(same)
        ends = [following.run for following in thread[1:]] + [max(reading.days)]
        rows += [_row(each, reading, end) for each, end in zip(thread, ends, strict=True)]
    return pl.DataFrame(rows, schema=ARRIVALS, orient="row").sort("notice")


def _thread(told: Told) -> tuple[Any, ...]:
    return told.person, _base(told.kind), told.recipient, told.reference or "", told.run, told.notice


def _base(kind: str) -> str:
    return kind.removesuffix(CORRECTED).removesuffix(TAKEN_BACK)


def _row(told: Told, reading: Reading, end: int) -> dict[str, Any]:
    known = _verdict(told, reading, told.run)
    looked = [run for run in reading.read.get(told.recipient, ()) if told.heard <= run <= end]
    found, at = Arrival.NOT_VISIBLE, None
    if looked:
        found = _verdict(told, reading, looked[-1])
        if found is Arrival.ARRIVED:
            at = next(run for run in looked if _verdict(told, reading, run) is Arrival.ARRIVED)
    knew = known is Arrival.ARRIVED and found is Arrival.ARRIVED
    day, shown = reading.days[told.run], reading.days[at] if at else None
    return {
        "notice": told.notice, "kind": told.kind, "recipient": told.recipient, "reference": told.reference,
        "person": told.person, "told": day, "verdict": found.value, "shown": shown,
        "days": ((shown or reading.days[end]) - day).days, "knew": knew,
    }  # fmt: skip


def _verdict(told: Told, reading: Reading, run: int) -> Arrival:
    """Judge by what stood in a night."""
    payload = json.loads(told.payload)
    if told.kind.endswith(TAKEN_BACK):
        payload = {**payload, "died": None, "deceased": False}
    own = next(iter(_all_standing(reading, [told.mention or "", *told.successors], run)), None)
    others = _all_standing(reading, [*told.others, *told.newcomers], run)
    before = _standing(reading, told.mention, told.run)
    return verdict(_base(told.kind), payload, before, own, others, reading.days[run])


def _all_standing(reading: Reading, mentions: Iterable[str], run: int) -> list[Mapping[str, Any]]:
    return [row for mention in mentions if (row := _standing(reading, mention, run)) is not None]


def _standing(reading: Reading, mention: str | None, run: int) -> Mapping[str, Any] | None:
    versions = reading.versions.get(mention or "", ())
    return next((version.row for version in versions if version.stood(run)), None)

"""Makes of what the store kept what is needed to follow notices: what was told, and every version of the records."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

import polars as pl

from svoc.reconciling.arrivals import Reading, Told, Version, arrivals
from svoc.reconciling.by_service import by_service
from svoc.reconciling.tonight import with_tonight
from svoc.reconciling.verdicts import bears
from svoc.store.hearing import Heard, heard_of
from svoc.store.store import Store
from svoc.words.arrivals import ARRIVALS, as_written
from svoc.words.plan import Plan

__all__ = ["LATELY", "arrivals_of", "arrived_with"]

LATELY = timedelta(days=90)
"""How far back a night looks for what it has told: what no system has shown by then is a matter for people."""


def arrivals_of(store: Store, lane: str, *, tonight: Plan | None = None, since: date | None = None) -> pl.DataFrame:
    """Say of each notice that a lane sent whether it arrived, as a frame of `ARRIVALS`.

    `tonight`: a plan that is not committed yet and counts as if it were; `since`: leave out what was told before a day.
    """
    heard = heard_of(store, lane, since=since)
    if not heard.notices:
        return pl.DataFrame(schema=ARRIVALS)
    if tonight is not None:
        heard = with_tonight(heard, tonight, lane)
    versions: dict[str, list[Version]] = defaultdict(list)
    for row in heard.versions.iter_rows(named=True):
        versions[row["mention"]].append(Version(row["from_run"], row["to_run"], row))
    days = {run: day for run, (day, _) in heard.nights.items()}
    return arrivals(_told(heard, versions), Reading(days, heard.taken, versions))


def arrived_with(store: Store, plan: Plan) -> dict[str, pl.DataFrame]:
    """Count by service, lane by lane, what has arrived with a plan not committed yet: frames of `BY_SERVICE`."""
    since = plan.as_of - LATELY
    return {name: by_service(arrivals_of(store, name, tonight=plan, since=since)) for name in plan.lanes}


@dataclass(slots=True)
class _Records:
    """The systems' records, by whose they are, under which reference they stand and where they lie.

    `of`: (person, source) -> rows of members; `under`: (source, record) -> mentions, and `at`: (source, UPRN) or
    (source, address as it is written) -> mentions.
    """

    versions: Mapping[str, list[Version]]
    of: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    under: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    at: dict[tuple[str, int | str], list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def among(cls, heard: Heard, versions: Mapping[str, list[Version]]) -> Self:
        records = cls(versions)
        for row in heard.members.iter_rows(named=True):
            if row["mention"] in versions:
                records.of[row["person"], versions[row["mention"]][-1].row["source"]].append(row)
        for mention, stood in sorted(versions.items()):
            last = stood[-1].row
            records.under[last["source"], last["record"]].append(mention)
            for place in {place for version in stood for place in _places(version.row)}:
                records.at[last["source"], place].append(mention)
        return records

    def begun_since(self, notice: Mapping[str, Any], mentions: Iterable[str], but: set[str]) -> tuple[str, ...]:
        """Keep what the recipient has written since it was told, and bears the name that was told."""
        payload = json.loads(notice["payload"])
        fresh = (m for m in mentions if m not in but and self.versions[m][0].since > notice["run"])
        return tuple(m for m in fresh if bears(self.versions[m][-1].row, payload))


def _told(heard: Heard, versions: Mapping[str, list[Version]]) -> list[Told]:
    records = _Records.among(heard, versions)
    return [_one(notice, heard, records) for notice in heard.notices]


def _one(notice: Mapping[str, Any], heard: Heard, records: _Records) -> Told:
    recipient, person, run = notice["recipient"], notice["person"], notice["run"]
    then = {r["mention"] for r in records.of[person, recipient] if r["from_run"] <= run and not _over(r, run)}
    named = (m for m in records.under[recipient, notice["reference"]] if m in then)
    mention = next(named, None)
    today = heard.current.get(person) or person
    last = max(heard.nights, default=0)
    others = {r["mention"] for r in records.of[today, recipient] if not _over(r, last)} - {mention}
    known = {mention or "", *others}
    successors = records.begun_since(notice, records.under[recipient, notice["reference"]], known)
    there = (m for place in _places(json.loads(notice["payload"])) for m in records.at[recipient, place])
    newcomers = records.begun_since(notice, dict.fromkeys(there), {*known, *successors})
    return Told(
        notice=notice["notice"],
        kind=notice["kind"],
        recipient=recipient,
        reference=notice["reference"],
        person=today,
        payload=notice["payload"],
        run=run,
        heard=_first_after(heard, notice["sent"]),
        mention=mention,
        others=tuple(sorted(others)),
        successors=successors,
        newcomers=newcomers,
    )


def _places(said: Mapping[str, Any]) -> list[int | str]:
    """Give the UPRN of an address, if it has one, and how it is written."""
    return [place for place in (said.get("uprn"), as_written(said.get("address"), said.get("postcode"))) if place]


def _over(row: Mapping[str, Any], run: int) -> bool:
    return row["to_run"] is not None and row["to_run"] <= run


def _first_after(heard: Heard, sent: datetime) -> int:
    """Name the first night that began after a notice went; one that has not been yet is after all."""
    later = (run for run, (_, began) in heard.nights.items() if _utc(began) > _utc(sent))
    return min(later, default=max(heard.nights, default=0) + 1)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

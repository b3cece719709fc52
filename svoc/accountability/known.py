"""What the records are made of: all that council.toml and the last night say of themselves, and of nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from svoc.accountability.fairness import fared
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.notices.routes import Route
from svoc.settings import CouncilSettings
from svoc.sources.catalogue import SOURCES
from svoc.steps.group import Thresholds
from svoc.words.audit import Kind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.purposes import Lane, Purpose

__all__ = ["Known", "known_of"]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a council's processing.

    `kinds`: each source and its kind in words; `admitted`: each lane and the sources that it admits, whole or in part;
    `run`: the last night, as `svoc runs` shows it; `people`: persons of the batch's lane; `waiting`: questions that
    wait, by kind; `decided`: stewards' decisions, by verdict; `fairness`: `svoc.accountability.fairness.fared`.
    """

    settings: CouncilSettings
    on: date
    kinds: Mapping[str, str]
    purposes: Mapping[str, Purpose]
    lanes: Mapping[str, Lane]
    admitted: Mapping[str, tuple[str, ...]]
    routes: tuple[Route, ...]
    thresholds: Thresholds
    model: str
    run: Mapping[str, Any]
    people: int
    waiting: Mapping[str, int]
    decided: Mapping[str, int]
    fairness: pl.DataFrame

    @property
    def in_force(self) -> list[Purpose]:
        """Give the purposes that have not expired."""
        return [p for p in self.purposes.values() if p.expires is None or p.expires >= self.on]


def known_of(council: Council, *, purpose: str | None = None, actor: str | None = None) -> Known:
    """Gather it, and note in the audit trail that it was; purpose and actor are those in council.toml unless given.

    Raises `SettingsError` before any night, `PurposeRefused` for a purpose that is unknown, past or not the actor's.
    """
    yesterday, policy, today = council.store.yesterday(), council.policy, datetime.now(UTC).date()
    if yesterday.as_of is None:
        raise SettingsError("there is nothing to account for yet: run a night first")
    reader = council.reader(purpose, actor=actor)
    lane = reader.lane
    state = yesterday.lane(lane.name)
    mentions = yesterday.mentions.filter(lane.admits() & (pl.col("source") != EVENTS_SOURCE))
    last = council.store.runs()[0]
    counts = {"persons": state.persons.height, "records": mentions.height}
    whom = {"actor": reader.actor, "purpose": reader.purpose.code, "lane": lane.name}
    council.audit.note(Kind.REPORT, run=yesterday.run, counts=counts, about={"surface": "accountability"}, **whom)
    return Known(
        settings=council.settings,
        on=today,
        kinds={source: SOURCES[kind].words if kind in SOURCES else kind for source, kind in policy.kinds.items()},
        purposes=policy.purposes.purposes,
        lanes=policy.purposes.lanes,
        admitted={
            name: tuple(source for source in policy.kinds if source not in each.without_sources)
            for name, each in policy.purposes.lanes.items()
        },
        routes=policy.routes,
        thresholds=policy.thresholds,
        model=policy.fingerprint,
        run=last,
        people=state.persons.height,
        waiting=_counted(state.cases, "kind"),
        decided=_counted(council.store.decisions(), "verdict"),
        fairness=fared(mentions, state.members, state.cases),
    )


def _counted(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return {str(name): count for name, count in frame[column].value_counts().sort(column).iter_rows()}

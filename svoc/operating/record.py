"""Keeps the record of one night while it runs: a log line and the seconds of each step, and the metrics at its end."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import structlog

from svoc.errors import GuardRefused, LeftUndone, SvocError, exit_code_of, said_of
from svoc.memory import peak_bytes
from svoc.operating.metrics import Ended, write_metrics
from svoc.settings import CouncilSettings
from svoc.store.figures import Standing, standing_of
from svoc.store.store import Store
from svoc.words.plan import Plan

__all__ = ["NightRecord", "recorded"]

log = structlog.get_logger("svoc")

COUNTED: Mapping[str, tuple[str, ...]] = {
    "delta": ("new", "amended", "standing", "withdrawn"),
    "place": ("mentions",),
    "triage": ("cases",),
    "identify": ("persons_new", "persons_gone", "joined", "parted"),
    "merge": ("persons",),
    "compare": ("changed",),
    "announce": ("notices",),
}
"""Which of a plan's figures say what came of a step; the other steps have none of their own."""


@dataclass(slots=True)
class NightRecord:
    """What is known of a night so far."""

    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: dict[str, float] = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)
    refusals: Mapping[str, int] = field(default_factory=dict)
    sent: int | None = None
    exit_code: int = 0
    run: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[dict[str, Any]]:
        """Time a step and write its line when it is done, with the counts that it leaves in what it is given."""
        began, counts = time.perf_counter(), dict[str, Any]()
        yield counts
        self._line(name, time.perf_counter() - began, counts)

    def planned(self, plan: Plan, took: float) -> None:
        """Write a line for each step of a plan; what none of them took, reading did, and the guards."""
        self.run, self.figures = plan.run, plan.figures()
        structlog.contextvars.bind_contextvars(run=plan.run)
        rows = plan.taken["rows"].sum()
        self._line("read", max(took - sum(plan.seconds.values()), 0.0), {"files": plan.taken.height, "rows": rows})
        for name, seconds in plan.seconds.items():
            self._line(name, seconds, {count: self.figures[count] for count in COUNTED.get(name, ())})

    def refused(self, by_guard: Mapping[str, int]) -> None:
        """Note that guards refused the plan."""
        self.refusals, self.exit_code = by_guard, GuardRefused.exit_code

    def _line(self, name: str, seconds: float, counts: Mapping[str, Any]) -> None:
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        log.info("step", step=name, seconds=round(seconds, 3), **counts)

    def ended(self) -> Ended:
        """Give how the night ended, were it to end now."""
        return Ended(
            exit_code=self.exit_code,
            began=self.began,
            ended=datetime.now(UTC),
            seconds=self.seconds,
            figures=self.figures,
            refusals=self.refusals,
            sent=self.sent,
            peak=peak_bytes(),
        )


@contextmanager
def recorded(settings: CouncilSettings, *, dry_run: bool = False, **bound: str) -> Iterator[NightRecord]:
    """Keep the record of a night that runs within, and write its metrics however it ends; a dry run leaves none.

    Every log line within bears `bound` and a mark of this attempt, and the run as soon as it is known. Raises
    `LeftUndone` where the night is committed and the file of metrics cannot be written.
    """
    record = NightRecord()
    with structlog.contextvars.bound_contextvars(attempt=uuid4().hex[:8], run=None, **bound):
        try:
            yield record
        except BaseException as fault:
            record.exit_code = exit_code_of(fault)
            told = said_of(fault) if not isinstance(fault, SvocError) else type(fault).__name__
            log.error("failed", error=told, exit_code=record.exit_code)
            with suppress(OSError):
                _write(settings, record, dry_run=dry_run)
            raise
        try:
            _write(settings, record, dry_run=dry_run)
        except OSError as fault:
            if record.exit_code:
                return
            raise LeftUndone(record.run, "its metrics were not written", fault) from None


def _write(settings: CouncilSettings, record: NightRecord, *, dry_run: bool) -> None:
    if settings.metrics.path and not dry_run:
        write_metrics(settings.at(settings.metrics.path), record.ended(), _standing(settings))


def _standing(settings: CouncilSettings) -> Standing | None:
    """Count what stands, if the database is there to be asked."""
    try:
        store = Store.there(settings.council.database, settings.folder)
        if store is None:
            return None
        try:
            return standing_of(store)
        finally:
            store.close()
    except SvocError:
        return None

"""The figures of a night for Prometheus: what it did, how it ended, and what stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from svoc.operating.exposition import Metric, blocks, exposition
from svoc.operating.manifest import versions
from svoc.store.figures import Standing
from svoc.whole_files import write_whole

__all__ = ["Ended", "metrics_of", "write_metrics"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a night ended, refused and failed ones too.

    `seconds`: by step; `figures`: those of the plan (`Plan.figures`), where it came so far; `refusals`: how many
    reasons each guard gave; `sent`: notices that went out; `peak`: the most memory held, in bytes.
    """

    exit_code: int
    began: datetime
    ended: datetime
    seconds: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)
    refusals: Mapping[str, int] = field(default_factory=dict)
    sent: int | None = None
    peak: int | None = None


def write_metrics(path: Path, ended: Ended, standing: Standing | None) -> None:
    """Write the file of metrics, whole or not at all; where the database is away, what stood is taken over from before.

    Everybody may read it: it holds counts alone, and its reader is another user. Raises `OSError`.
    """
    told = _of_the_night(ended)
    text = exposition([*told, *(_of_what_stands(standing) if standing else ())])
    if standing is None and path.is_file():
        names = {metric.name for metric in told}
        text += "".join(block for name, block in blocks(path.read_text(encoding="utf-8")).items() if name not in names)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    path.chmod(0o644)


def metrics_of(ended: Ended, standing: Standing) -> list[Metric]:
    """Give every metric of a night that ended and of what stands after it."""
    return [*_of_the_night(ended), *_of_what_stands(standing)]


def _of_the_night(ended: Ended) -> list[Metric]:
    f = ended.figures
    mentions = [({"change": name}, f[name]) for name in ("new", "amended", "standing", "withdrawn") if name in f]
    people = {
        "new": "persons_new",
        "gone": "persons_gone",
        "joined": "joined",
        "parted": "parted",
        "changed": "changed",
    }
    took = (ended.ended - ended.began).total_seconds()
    return [
        Metric("svoc_build_info", "The versions that ran; always 1.", [({**versions()}, 1)]),
        Metric("svoc_night_exit_code", "How the last night that was begun ended: 0 done, 4 refused, 5 try again.",
               _one(ended.exit_code)),
        Metric("svoc_night_end_timestamp_seconds", "When the last night that was begun ended.",
               _one(ended.ended.timestamp())),
        Metric("svoc_night_duration_seconds", "How long it took.", _one(took)),
        Metric("svoc_night_step_duration_seconds", "How long each of its steps took.",
               [({"step": step}, seconds) for step, seconds in ended.seconds.items()]),
        Metric("svoc_night_mentions", "What its records are against those of the night before.", mentions),
        Metric("svoc_night_persons", "Persons whom it changed, in the lane that the batch reads.",
               [({"change": change}, f[name]) for change, name in people.items() if name in f]),
        Metric("svoc_night_notices_made", "Notices that it made.", _one(f.get("notices"))),
        Metric("svoc_night_notices_sent", "Notices that it sent.", _one(ended.sent)),
        Metric("svoc_night_guard_refusals", "Reasons that each guard gave against it.",
               [({"guard": guard}, count) for guard, count in ended.refusals.items()]),
        Metric("svoc_night_peak_memory_bytes", "The most memory that it held.", _one(ended.peak)),
    ]  # fmt: skip


def _of_what_stands(standing: Standing) -> list[Metric]:
    finished = standing.finished.timestamp() if standing.finished else None
    return [
        Metric("svoc_last_success_timestamp_seconds", "When the last night was published.", _one(finished)),
        Metric("svoc_runs_published_total", "Nights published so far: the number of the last.", _one(standing.run),
               kind="counter"),
        Metric("svoc_mentions", "Parties named in the records that stand.", _one(standing.mentions)),
        Metric("svoc_persons", "Persons of each lane.",
               [({"lane": n}, c) for n, c in sorted(standing.persons.items())]),
        Metric("svoc_cases_open", "Cases that wait for a steward.",
               [({"lane": lane, "kind": kind}, c) for (lane, kind), c in sorted(standing.cases.items())]),
        Metric("svoc_notices_waiting", "Notices that have not been sent.", _one(standing.waiting)),
        Metric("svoc_notices_dead", "Notices that could not be sent and are tried no more, until somebody sees to it.",
               [({"recipient": name}, count) for name, count in sorted(standing.dead.items())]),
        Metric("svoc_notices_overdue", "Notices that were sent and should have been acknowledged by now.",
               [({"recipient": name}, count) for name, count in sorted(standing.overdue.items())]),
        Metric("svoc_source_content_timestamp_seconds", "The day of which each source last spoke.",
               [({"source": name}, _midnight(on)) for name, on in sorted(standing.dated.items())]),
        Metric("svoc_database_size_bytes", "What the database takes on the disk.", _one(standing.size)),
        Metric("svoc_audit_events_total", "The last event of the audit trail when the last night was published.",
               _one(standing.audited), kind="counter"),
    ]  # fmt: skip


def _one(value: float | None) -> list[tuple[Mapping[str, str], float]]:
    return [] if value is None else [({}, value)]


def _midnight(on: date) -> float:
    return datetime.combine(on, time(), UTC).timestamp()

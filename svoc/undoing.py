"""What the commands that stop and undo do with a council: each opens it, does one thing, gives figures and words."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import structlog

from svoc.council import Council
from svoc.errors import SettingsError
from svoc.naming import name_of
from svoc.reading import Reader, masked_past
from svoc.reports.night_report import write_report
from svoc.rollback import RolledBack, roll_back
from svoc.store.approvals import approve, last_refused
from svoc.store.runs import note
from svoc.verifying import verify
from svoc.words.audit import Kind
from svoc.words.changes import ChangeKind
from svoc.words.plan import Plan, Yesterday
from svoc.words.purposes import Lane

__all__ = ["approve_plan", "show_plan", "undo_nights", "verify_store"]

log = structlog.get_logger("svoc")

SHOWN = 20
"""How many persons of each kind of change are listed in words; the figures hold all."""

STANDS = "This is the plan that was refused."
OTHER = "What waits has changed since it was refused: this is the plan of now."
PASSES = "No guard holds anything against it: the next night commits it."


def undo_nights(
    settings: Path, run: int, *, reason: str, actor: str | None = None, dry_run: bool = False
) -> tuple[dict[str, Any], str]:
    """Undo a run and all after it, and carry the notices that unsay what was told."""
    with Council.open(settings) as council, council.night():
        who = actor or council.settings.council.actor
        if dry_run:
            done, sent = roll_back(council.store, run, because=reason, actor=who, dry_run=True), 0
        else:
            done, sent = _rolled_back(council, run, because=reason, actor=who), council.deliver()
    counts = {name: value for name, value in done.figures().items() if isinstance(value, int)}
    log.info("would roll back" if dry_run else "rolled back", actor=who, **counts, notices_sent=sent)
    last = "a dry run: nothing was changed" if dry_run else f"{sent} notices went out"
    return {**done.figures(), "notices_sent": sent}, f"{done.words()}\n{last}"


def _rolled_back(council: Council, run: int, *, because: str, actor: str) -> RolledBack:
    new = council.store.published() + 1
    with council.audit.acting(Kind.ROLLBACK, actor=actor, because=because, run=new, counts={"restores": run - 1}) as at:
        done = roll_back(council.store, run, because=because, actor=actor)
    note(council.store, done.run, {"audit": at.figures()})
    return done


def show_plan(settings: Path, *, purpose: str | None, actor: str | None) -> tuple[dict[str, Any], str]:
    """Show the plan that was refused last: why, its figures, and whom it would change, as far as a purpose may see.

    It is worked out again, for it was not kept; its report is written again too. Raises `SettingsError` where none was
    refused since the last night.
    """
    with Council.open(settings) as council:
        reader = council.reader(purpose, actor=actor)
        refused = _refused(council)
        yesterday = council.store.yesterday()
        plan = council.plan(yesterday)
        report = write_report(plan, yesterday, council.settings.at(council.settings.reports.folder))
        changes, own = concerned(plan, yesterday, reader), of_lane(plan, yesterday, reader.lane)
        counts = {"changes": changes.height}
        persons = changes["person"].unique()
        reader.note(Kind.REPORT, persons=persons, counts=counts, run=plan.run, about={"surface": "plan"})
    log.info("shown", run=plan.run, purpose=reader.purpose.code, actor=reader.actor)
    same = name_of(plan) == refused["plan"]
    figures = {
        "plan": name_of(plan),
        "same_as_refused": same,
        "run": plan.run,
        "as_of": plan.as_of,
        "reasons": list(plan.reasons),
        "approved": plan.approved,
        "figures": own.figures(),
        "taken": plan.taken.select("source", "file", "sha256").to_dicts(),
        "changes": changes.to_dicts(),
        "report": str(report),
    }
    head = STANDS if same else OTHER if plan.reasons else f"{OTHER} {PASSES}"
    approved = [f"approved by {plan.approved['actor']}: {plan.approved['because']}"] if plan.approved else []
    reasons = [f"- {reason}" for reason in plan.reasons]
    listed = [line for kind in ChangeKind for line in _listed(changes.filter(pl.col("kind") == kind.value), kind.value)]
    words = [f"plan {name_of(plan)}: {head}", *reasons, *approved, own.summary(), *listed, f"report: {report}"]
    return figures, "\n".join(words)


def of_lane(plan: Plan, yesterday: Yesterday, lane: Lane) -> Plan:
    """Give of a plan what is of one lane, so that its figures are of that lane alone."""
    gone = plan.withdrawn.join(yesterday.mentions.filter(lane.admits()), on="mention", how="semi")
    own = {lane.name: plan.lanes[lane.name]}
    return replace(plan, lane=lane.name, lanes=own, mentions=plan.mentions.filter(lane.admits()), withdrawn=gone)


def concerned(plan: Plan, yesterday: Yesterday, reader: Reader) -> pl.DataFrame:
    """Give the changes of a lane that a purpose may see, each with the records of the person then and now.

    Columns: those of `CHANGES`, `records_before` and `records` (lists of mention keys). Of a person of whom a record is
    not the lane's, as it is drawn now, nothing is told.
    """
    own, lane, purpose = plan.lanes[reader.lane.name], reader.lane, reader.purpose
    sides = (
        (yesterday.mentions, yesterday.lane(lane.name).members, "records_before"),
        (plan.mentions, own.state.members, "records"),
    )
    changes = reader.shield.with_members(own.state.members).history(own.changes)
    for mentions, members, name in sides:
        admitted = pl.col("mention").is_in(mentions.filter(lane.admits())["mention"].implode())
        changes = changes.join(members.filter(~admitted), on="person", how="anti")
        keys = members.group_by("person").agg(pl.col("mention").sort().alias(name))
        changes = changes.join(keys, on="person", how="left")
    kept = [] if purpose.references else ["records_before", "records"]
    told = changes.with_columns(pl.lit(None, dtype=changes.schema[name]).alias(name) for name in kept)
    return masked_past(told, purpose).sort("kind", "person", "field")


def _listed(changes: pl.DataFrame, kind: str) -> list[str]:
    persons = changes.unique("person", keep="first", maintain_order=True)
    if persons.is_empty():
        return []
    lines = [f"{kind}: {persons.height} persons"]
    for row in persons.head(SHOWN).iter_rows(named=True):
        keys = row["records_before"] or row["records"] or []
        lines.append(f"  {row['person']} ({row['cause'].replace('_', ' ')}): {', '.join(keys)}")
    return lines + ([f"  and {persons.height - SHOWN} more"] if persons.height > SHOWN else [])


def approve_plan(settings: Path, *, reason: str | None, actor: str | None) -> tuple[dict[str, Any], str]:
    """Approve the plan that was refused last, for a reason; the next night commits that one and no other."""
    if not (reason or "").strip():
        raise SettingsError("--reason: say why the plan is right after all; it is kept with the night")
    with Council.open(settings) as council:
        refused = _refused(council)
        who = actor or council.settings.council.actor
        about = {"plan": refused["plan"]}
        with council.audit.acting(Kind.APPROVE, actor=who, because=reason, run=refused["run"], about=about):
            approve(council.store.engine, refused, actor=who, because=str(reason))
    log.info("approved", run=refused["run"], plan=refused["plan"], actor=who)
    figures = {**{name: refused[name] for name in ("plan", "run", "reasons")}, "actor": who, "because": reason}
    reasons = [f"- {each}" for each in refused["reasons"]]
    words = f"plan {refused['plan']} of night {refused['run']} is approved by {who}, against:"
    return figures, "\n".join([words, *reasons, "The next night commits it, if nothing that it rests on has changed."])


def verify_store(settings: Path) -> tuple[dict[str, Any], str]:
    """Ask every law of a council's store; nothing is written."""
    with Council.open(settings) as council:
        found = verify(council.store, council.policy, council.audit)
        wrong = found.figures()["violations"]
        counts = {"laws": len(found.laws), "violations": wrong}
        council.audit.note(Kind.VERIFY, actor=council.settings.council.actor, run=found.run, counts=counts)
    log.info("verified", run=found.run, violations=wrong)
    return found.figures(), found.words()


def _refused(council: Council) -> dict[str, Any]:
    found = last_refused(council.store.engine)
    if found is None:
        raise SettingsError("no plan was refused since the last night: there is none to show or approve")
    return found

"""What the commands do with a council: each opens it, does one thing, gives figures and words."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import structlog

from matchers import card
from svoc.accounts import finish, let_go
from svoc.certainty import Certainty, known_by, read_certainty
from svoc.choosing import WANTED, Pairs, as_settings, choices, choices_words
from svoc.confirming import Claims
from svoc.council import Council
from svoc.errors import GuardRefused, LeftUndone, SettingsError, StalePlan
from svoc.evaluating import evaluation, fairness, fairness_words, read_truth
from svoc.guards import refusing
from svoc.households import at_home, read_people
from svoc.naming import name_of
from svoc.noting import letting_go, note_refused
from svoc.operating import NightRecord, manifest_of, recorded
from svoc.passing import plan_passing_over
from svoc.person_model import trained_on
from svoc.reading import Reader, Standing, people_of
from svoc.reconciling import arrived_with
from svoc.reports.night_report import drop_reports, write_report
from svoc.settings import CouncilSettings
from svoc.steps.pair import pair
from svoc.store.approvals import keep_refused
from svoc.store.informants import let_go_of_informants
from svoc.store.keeping import forget, last_run_before
from svoc.store.runs import note
from svoc.whole_files import write_whole
from svoc.words.answers import waiting_alone
from svoc.words.decisions import holding
from svoc.words.events import INFERRED
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import Plan
from svoc.words.protection import same_actor

__all__ = [
    "Done",
    "evaluate_council",
    "run_night",
    "tell_events",
    "thresholds_of_council",
    "train_model",
]

log = structlog.get_logger("svoc")

SHOWN = 20
"""How many warnings of a night go into the log; its report has them all."""

READ_IT = "Read it by svoc plan show; if the night is right after all, approve it by svoc plan approve."

AGAIN = (
    "The same files are read again the next night. Take away what is at fault, or lay a later extract of its source "
    "beside it: that is taken in its place."
)

PLANNED_AT_MOST = 3
"""How often a night is planned before it gives way to stewards who keep deciding."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a night ended: figures, the story in lines, and whether a guard refused it."""

    figures: dict[str, Any]
    words: list[str]
    refused: bool
    report: Path | None = None


def run_night(settings: Path, *, purpose: str | None = None, actor: str | None = None, dry_run: bool = False) -> Done:
    """Plan, guard, commit and deliver one night; a dry run changes nothing but writes the report.

    What a steward decides while the night is planned is not left to the next: the night is planned again with it.
    """
    told = CouncilSettings.read(settings)
    bound = {"purpose": purpose or told.council.purpose, "actor": actor or told.council.actor}
    with (
        recorded(told, dry_run=dry_run, **bound) as record,
        Council.open(settings) as council,
        council.night(),
    ):
        lane = council.policy.purposes.lane(bound["purpose"], on=datetime.now(UTC).date())
        council.policy = replace(council.policy, lane=lane.name)
        for left in reversed(range(PLANNED_AT_MOST)):
            try:
                return _one_night(council, record, dry_run=dry_run, **bound)
            except StalePlan:
                if not left:
                    raise
                log.info("planning again", because="a decision or a life event came meanwhile")
    raise AssertionError("a night is planned once at least")


def _one_night(council: Council, record: NightRecord, *, dry_run: bool, purpose: str, actor: str) -> Done:
    with record.step("recall") as counts:
        yesterday = council.store.yesterday()
        counts.update(mentions=yesterday.mentions.height, decisions=yesterday.decisions.height)
    began = time.perf_counter()
    plan = plan_passing_over(council, yesterday)
    record.planned(plan, time.perf_counter() - began)
    if plan.warnings:
        log.warning("doubtful", warnings=plan.warnings[:SHOWN], more=len(plan.warnings[SHOWN:]))
    with record.step("report"):
        folder = council.settings.at(council.settings.reports.folder)
        report = write_report(plan, yesterday, folder, arrivals=arrived_with(council.store, plan))
    figures = {"run": plan.run, **plan.figures(), "report": str(report), "seconds": plan.seconds}
    if plan.refused:
        if not dry_run:
            note_refused(council.audit, plan, actor=actor, purpose=purpose)
            keep_refused(council.store.engine, plan, name_of(plan), actor=actor)
        record.refused(refusing(plan, yesterday, council.settings.guards))
        log.warning("refused", reasons=plan.reasons, **{f"by_{name}": n for name, n in record.refusals.items()})
        told = {**figures, "refused": list(plan.reasons), "plan": name_of(plan)}
        again = [AGAIN] if plan.taken.height else []
        return Done(told, [str(GuardRefused(plan.reasons)), *again, READ_IT], refused=True)
    if dry_run:
        return Done(figures, [plan.summary(), "a dry run: nothing was changed", f"report: {report}"], refused=False)
    with record.step("commit"):
        made_of = manifest_of(
            plan, council.policy, council.settings, purpose=purpose, actor=actor, seconds=record.seconds
        )
        council.commit(plan, manifest=made_of)
    forgotten = _afterwards(council, plan, record)
    head = council.audit.head()
    trail = f"audit trail: {head.seq}:{head.hash}"
    words = [plan.summary(), f"{record.sent} notices went out", f"report: {report}", trail]
    done = {**figures, "notices_sent": record.sent, "forgotten": forgotten, "audit": head.figures()}
    return Done(done, words, refused=False, report=report)


def _afterwards(council: Council, plan: Plan, record: NightRecord) -> dict[str, int]:
    """Do what comes once the night is committed: carry its notices, let go of what is past, complete its manifest.

    Raises `LeftUndone`, for whatever fails here, the night stands.
    """
    undone = "its notices wait, and go out with the next night"
    try:
        with record.step("deliver") as counts:
            delivered = council.carry()
            record.sent = counts["notices"] = delivered.sent
            if delivered.failed or delivered.faults:
                log.warning("not all was delivered", **delivered.figures(), faults=delivered.faults[:SHOWN])
        undone = "what is past was not let go, which the next night does"
        with record.step("forget") as counts:
            keep, now = council.settings.retention, datetime.now(UTC)
            audited = letting_go(council.audit, keep, run=plan.run, actor=council.settings.council.actor)
            forgotten = {**forget(council.store, keep, now=now), "audit": audited}
            reported = last_run_before(council.store, keep.reports_days, now=now)
            forgotten["reports"] = drop_reports(council.settings.at(council.settings.reports.folder), reported)
            forgotten["by_source"] = let_go(council, now=now)
            forgotten["informants"] = let_go_of_informants(council.store.engine, days=keep.informants_days, now=now)
            counts.update(forgotten)
        undone = "an erasure that was begun is not finished, which svoc account finish does"
        finish(council)
        undone = "its manifest lacks its last seconds"
        seconds = {step: round(took, 3) for step, took in record.seconds.items()}
        note(council.store, plan.run, {"seconds": seconds, "notices_sent": record.sent, "forgotten": forgotten})
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:
        raise LeftUndone(plan.run, undone, fault) from None
    log.info("committed", as_of=str(plan.as_of), notices_sent=record.sent, **plan.figures())
    return forgotten


def tell_events(settings: Path, file: Path, *, confirmed_by: str | None, because: str) -> tuple[dict[str, Any], str]:
    """Take a file of life events, settle them, and carry the notices of those that a human confirmed."""
    with Council.open(settings) as council, council.night():
        told, fresh = council.tell_file(file)
        confirmed, half = confirm_matched(council, confirmed_by, because) if confirmed_by else (0, 0)
        plan = council.settle()
        council.commit(plan)
        sent = council.deliver()
    waiting = plan.reading.state.cases.filter(pl.col("kind") == "life_event").height
    figures = {
        **told.counts, "fresh": fresh, "confirmed": confirmed, "half_confirmed": half, "waiting": waiting,
        "notices_sent": sent,
        "faults": [str(f) for f in told.faults], "warnings": [str(w) for w in told.warnings],
    }  # fmt: skip
    log.info("told", run=plan.run, fresh=fresh, confirmed=confirmed, waiting=waiting, notices_sent=sent)
    words = (
        f"{told.counts['events']} life events, {fresh} new; {confirmed} confirmed, {waiting} wait for a steward, "
        f"{sent} notices went out"
    ) + (f"; of those that wait, {half} are confirmed and take a second person" if half else "")
    return figures, "\n".join([words, *(str(f) for f in told.faults)])


def confirm_matched(council: Council, steward: str, because: str) -> tuple[int, int]:
    """Record a steward's confirmation of every life event that fits exactly one person, but of none that is inferred.

    Gives how many count from now on, and how many wait for a second person. What this steward confirmed before, and
    nobody since, is let be: the whole batch is one person's word.
    """
    held = council.store.decisions().filter(pl.col("superseded_by").is_null())
    mine = [e for e, who in waiting_alone(held).select("left", "steward").iter_rows() if same_actor(who, steward)]
    guessed = pl.col("event").str.starts_with(f"{EVENTS_SOURCE}/{INFERRED}:")
    candidates = council.candidates().filter(~pl.col("event").is_in(mine) & ~guessed)
    matched = candidates.filter(pl.col("state") == "matched").unique("event", keep="first", maintain_order=True)
    claims = Claims.of(council.store)
    for event, mention in matched.select("event", "mention").iter_rows():
        council.confirm(event, mention, steward=steward, because=because, matched=True, claims=claims)
    held = council.store.decisions().filter(pl.col("superseded_by").is_null())
    half = matched.join(waiting_alone(held), left_on="event", right_on="left", how="semi").height
    return matched.height - half, half


def train_model(settings: Path, out: Path, *, seed: int) -> dict[str, Any]:
    """Learn a model from the mentions of the last night, and write its card beside it."""
    with Council.open(settings) as council:
        mentions = council.store.yesterday().mentions
        if mentions.is_empty():
            raise SettingsError("there is nothing to learn from yet: run a night first")
        model = trained_on(mentions, council.policy.lists_once, seed=seed)
        pairs = pair(mentions, model, council.policy.engine)
    beside = out.with_suffix(".md")
    write_whole(out, model.to_json())  # it holds names that many bear
    write_whole(beside, card(model, pairs, name=out.stem))
    return {"model": str(out), "card": str(beside), "mentions": mentions.height, "seed": seed}


def thresholds_of_council(settings: Path, *, wanted: float | None, purpose: str | None) -> tuple[dict[str, Any], str]:
    """Show what thresholds would do with the pairs of the last night, and those for a wanted precision."""
    with Council.open(settings) as council:
        policy, certainty = council.policy, certainty_of(council)
        material, _ = last_pairs(council.reader(purpose), to="show")
    table = choices(material, policy.thresholds, certainty, wanted=WANTED if wanted is None else [wanted])
    own = certainty.model == known_by(policy.model)
    basis = f"{'assumed' if certainty.assumed else 'calibrated'}: {certainty.fitted_on}"
    lines = [choices_words(table), f"expected figures are {basis}", *([] if own else [OF_ANOTHER_MODEL])]
    figures = {"choices": table.to_dicts(), "basis": basis, "of_this_model": own}
    if wanted is not None:
        chosen = table.row(-1, named=True)
        figures["settings"] = as_settings(chosen)
        lines.append(f"for a precision of {wanted}, in {settings.name}:\n{figures['settings']}")
    return figures, "\n".join(lines)


OF_ANOTHER_MODEL = "and were fitted to the weights of another model than the one in force: take them as a hint"


def evaluate_council(
    settings: Path, truth: Path, *, purpose: str | None, people: Path | None = None
) -> tuple[dict[str, Any], str]:
    """Compare members with the truth; with a list of people also how those who live together were kept apart."""
    known = read_truth(truth)
    living = read_people(people) if people else None
    with Council.open(settings) as council:
        stands = council.reader(purpose).measuring(to="compare")
    mentions, members = stands.mentions, people_of(stands)
    measured, figures = evaluation(members, known)
    table = fairness(members, known, mentions)
    told: dict[str, Any] = {
        **{
            name: measured.value(name)
            for name in ("precision", "recall", "f1", "bcubed_precision", "bcubed_recall", "exact")
        },
        **{
            f"{name}_{scope}": measured.value(name, scope=scope)
            for scope in ("within", "between")
            for name in ("precision", "recall")
        },
        **figures,
    }
    words = "\n".join(
        f"{name:18} {value:.4f}" if isinstance(value, float) else f"{name:18} {value}" for name, value in told.items()
    )
    answer, story = {**told, "subgroups": table.to_dicts()}, f"{words}\n\n{fairness_words(table)}"
    if living is None:
        return answer, story
    home = at_home(members, known, living, stands.state.cases)
    return {**answer, "at_home": home.figures()}, f"{story}\n\n{home.words()}"


def certainty_of(council: Council) -> Certainty:
    """Give the certainties that a council names, or the shipped ones."""
    named = council.settings.matching.certainty
    return read_certainty(council.settings.at(named) if named else None)


def last_pairs(reader: Reader, *, to: str) -> tuple[Pairs, Standing]:
    """Score the pairs of the last night of a lane again, with all that grouping them takes, and what that night left.

    Raises `SettingsError` where there has been no night; `to` says what the pairs were wanted for.
    """
    policy, stands = reader.policy, reader.measuring(to=to)
    if stands.as_of is None:
        raise SettingsError(f"there are no pairs to {to} yet: run a night first")
    pairs, decisions = pair(stands.mentions, policy.model, policy.engine), holding(stands.decisions, stands.as_of)
    return Pairs(stands.mentions, pairs, decisions, policy.lists_once), stands

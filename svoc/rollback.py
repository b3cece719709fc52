"""Undoes nights: a new run in which stands again what stood before them, and which tells only what is unsaid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from svoc.errors import SettingsError
from svoc.steps.restore import forwards_of, households_forwards_of, ways_back
from svoc.steps.retract import Facts, retract
from svoc.store.restoring import (
    Return,
    decided_since,
    finished_at,
    give_back,
    notices_since,
    rows_since,
)
from svoc.store.store import Store
from svoc.words.decisions import holding
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.notices import Retracted
from svoc.words.persons import FACTS
from svoc.words.plan import Yesterday

__all__ = ["RolledBack", "roll_back"]


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What a rollback did, or would do.

    `run` is the new run, in which stands what stood in run `restores`; `undone` are the runs between. `aside`: frame of
    `TAKEN`, the extracts that are not taken again; `woken` and `retired`: how many identifiers stand again and how many
    stand no more; `decisions`: those made since that the next night follows, `asleep` those whose records are not
    there; `events`: how many life events were told since; `notices`: what becomes of notices.
    """

    run: int
    restores: int
    undone: tuple[int, ...]
    aside: pl.DataFrame
    woken: int
    retired: int
    changes: int
    decisions: tuple[int, ...]
    asleep: tuple[int, ...]
    events: int
    notices: Retracted

    def figures(self) -> dict[str, Any]:
        """Give it as values that JSON can hold."""
        return {
            "run": self.run,
            "restores": self.restores,
            "undone": list(self.undone),
            "set_aside": self.aside.select("source", "file", "sha256").to_dicts(),
            "identifiers_woken": self.woken,
            "identifiers_retired": self.retired,
            "changes": self.changes,
            "decisions_that_apply": list(self.decisions),
            "decisions_asleep": list(self.asleep),
            "life_events_that_apply": self.events,
            "notices_withdrawn": len(self.notices.withdrawn),
            "notices_put_back": len(self.notices.waiting),
            "notices_taken_back": self.notices.notices.filter(pl.col("kind").str.ends_with("-retracted")).height,
            "notices_told_again": self.notices.notices.filter(~pl.col("kind").str.ends_with("-retracted")).height,
            "notices_left_to_you": list(self.notices.left),
        }

    def words(self) -> str:
        """Tell it in lines."""
        told, n = self.figures(), len(self.undone)
        nights = f"night {self.undone[0]}" if n == 1 else f"nights {self.undone[0]} to {self.undone[-1]}"
        before = f"as night {self.restores} left it" if self.restores else "empty, as before the first night"
        lines = [f"run {self.run} undoes {nights}: everything stands {before}"]
        lines.append(f"{self.woken} identifiers stand again, {self.retired} are retired; {self.changes} changes")
        lines += [f"set aside, and not taken again: {f} ({s})" for s, f in self.aside.select("source", "file").rows()]
        lines += _listed("decisions made since, which the next night follows", told["decisions_that_apply"])
        lines += _listed("decisions made since that sleep, for their records are gone", told["decisions_asleep"])
        if self.events:
            lines.append(f"life events told since, which the next night follows: {self.events}")
        lines.append(
            f"notices: {told['notices_withdrawn']} withdrawn, {told['notices_put_back']} put back, "
            f"{told['notices_taken_back']} taken back, {told['notices_told_again']} told again"
        )
        lines += _listed("acknowledged already, so see to them yourself", told["notices_left_to_you"])
        return "\n".join(lines)


def roll_back(store: Store, run: int, *, because: str, actor: str, dry_run: bool = False) -> RolledBack:
    """Undo a run and all after it; a dry run only says what that would do. Raises `SettingsError` for no such run.

    Who is who, golden persons and mentions stand again as the run before left them, under the identifiers of then; what
    those runs took is set aside by its content. Decisions and life events belong to no run, and stay.
    """
    if not because.strip():
        raise SettingsError("say why the night is undone: the reason is kept with the run")
    with store.night():
        today = store.yesterday()
        if not 1 <= run <= today.run:
            last = f"the last is {today.run}" if today.run else "there has been none"
            raise SettingsError(f"there is no night {run} to undo; {last}")
        then = store.yesterday(run=run - 1)
        back = _planned(store, then, today, {"because": because, "actor": actor})
        done = _told(store, then, today, back)
        if not dry_run:
            give_back(store, back)
    return done


def _planned(store: Store, then: Yesterday, today: Yesterday, manifest: Mapping[str, Any]) -> Return:
    since, lived = (rows_since(store, part, then.run) for part in ("members", "households"))
    people, households, changes = {}, {}, {}
    for name in sorted({*then.lanes, *today.lanes}):
        before, now, mine = then.lane(name), today.lane(name), pl.col("lane") == name
        people[name] = forwards_of(before, now, since.filter(mine))
        households[name] = households_forwards_of(before, now, lived.filter(mine), people[name])
        seen, seen_today = (y.mentions.join(y.lane(name).members, on="mention", how="semi") for y in (then, today))
        changes[name] = ways_back(before, now, people[name], seen, seen_today)
    outbox = notices_since(store, then.run)
    return Return(
        run=today.run + 1,
        restores=then.run,
        as_of=then.as_of or store.runs()[-1]["as_of"],
        forwards={"forwards": people, "households_forwards": households},
        changes=changes,
        retracted=retract(outbox, _facts(outbox, then, people), run=today.run + 1),
        manifest={**manifest, "undone": list(range(then.run + 1, today.run + 1))},
    )


def _facts(outbox: pl.DataFrame, then: Yesterday, forwards: Mapping[str, pl.DataFrame]) -> Facts:
    """Give the golden facts of whoever will stand behind the record of which a system was told."""
    facts: dict[tuple[str, str, str, str], Mapping[str, Any]] = {}
    told = outbox.select("lane", "person", "recipient", "reference").unique()
    for (lane,), asked in told.group_by("lane"):
        state = then.lane(str(lane))
        leads = forwards[str(lane)].rename({"retired": "person"}).with_columns(led=pl.lit(value=True))
        now = pl.when(pl.col("led")).then("current").otherwise("person")
        records = state.members.join(then.mentions.select("mention", "source", "record"), on="mention")
        found = (
            asked.join(leads, on="person", how="left")
            .with_columns(standing=now)
            .join(
                records.select("source", "record", standing="person").unique(),
                left_on=["standing", "recipient", "reference"],
                right_on=["standing", "source", "record"],
            )
            .join(state.persons.select(*FACTS, standing="person"), on="standing")
        )
        for row in found.iter_rows(named=True):
            facts[row["lane"], row["person"], row["recipient"], row["reference"]] = row
    return facts


def _told(store: Store, then: Yesterday, today: Yesterday, back: Return) -> RolledBack:
    numbers, events = decided_since(store, finished_at(store, then.run))
    live = then.mentions["mention"].implode()
    since = holding(today.decisions, back.as_of or date.min).filter(pl.col("decision").is_in(numbers))
    there = pl.col("right").is_in(live) & (
        pl.col("left").is_in(live) | pl.col("left").str.starts_with(f"{EVENTS_SOURCE}/")
    )
    return RolledBack(
        run=back.run,
        restores=back.restores,
        undone=tuple(back.manifest["undone"]),
        aside=today.taken.join(then.taken, on=["source", "sha256"], how="anti", maintain_order="left"),
        woken=_missing(then, today),
        retired=_missing(today, then),
        changes=sum(changes.height for changes in back.changes.values()),
        decisions=tuple(since.filter(there)["decision"]),
        asleep=tuple(since.filter(~there)["decision"]),
        events=events,
        notices=back.retracted,
    )


def _missing(here: Yesterday, there: Yesterday) -> int:
    """Count the persons of all lanes that stand here and not there."""
    return sum(
        state.persons.join(there.lane(name).persons, on="person", how="anti").height
        for name, state in here.lanes.items()
    )


def _listed(words: str, values: Sequence[Any]) -> list[str]:
    return [f"{words}: {', '.join(map(str, values))}"] if values else []

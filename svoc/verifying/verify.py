"""Asks every law of a store, and says what was looked at and what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from svoc.policy import Policy
from svoc.store import tables
from svoc.store.audit import Audit
from svoc.store.bulk import read_rows
from svoc.store.frames import decoded
from svoc.store.lock import night_lock
from svoc.store.opening import told_plainly
from svoc.store.restoring import finished_at
from svoc.store.standing import of_table, oldest_kept, published_run
from svoc.store.store import Store
from svoc.verifying.audited import audit_is_whole
from svoc.verifying.rows import ROW_LAWS, Found
from svoc.verifying.states import STATE_LAWS, changes_tell_all
from svoc.words.changes import CHANGES
from svoc.words.plan import Yesterday

__all__ = ["Verified", "verify"]

CHANGE = of_table(tables.ChangeRow)


@dataclass(frozen=True, slots=True)
class Law:
    """One law, of one lane or of all: how much was looked at, and every violation, named by keys and numbers.

    `known`: what is not as it was, and somebody owned up to.
    """

    words: str
    lane: str
    checked: int
    violations: tuple[str, ...]
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in a store after its last run."""

    run: int
    laws: tuple[Law, ...]

    @property
    def sound(self) -> bool:
        """Say whether every law holds."""
        return not any(law.violations for law in self.laws)

    def figures(self) -> dict[str, Any]:
        """Give it as values that JSON can hold."""
        laws = [
            {
                "law": law.words,
                "lane": law.lane,
                "checked": law.checked,
                "violations": list(law.violations),
                "known": list(law.known),
            }
            for law in self.laws
        ]
        wrong = sum(len(law.violations) for law in self.laws)
        return {"run": self.run, "sound": self.sound, "violations": wrong, "laws": laws}

    def words(self) -> str:
        """Tell it in lines: each law, how much was looked at, and each violation beneath it."""
        lines = []
        for law in self.laws:
            said = f"{len(law.violations)} WRONG" if law.violations else "holds"
            where = f"{law.lane}: " if law.lane else ""
            lines += [f"{said:10} {where}{law.words} ({law.checked} looked at)"]
            lines += [f"           - {violation}" for violation in law.violations]
            lines += [f"           - known: {loss}" for loss in law.known]
        told = "the store holds together" if self.sound else "the store is damaged: restore it from a backup"
        return "\n".join([*lines, f"after run {self.run} {told}"])


def verify(store: Store, policy: Policy, audit: Audit | None = None) -> Verified:
    """Ask every law, and change nothing; no night can begin meanwhile, and `AnotherNight` is raised while one works.

    What retention has let go of is not asked for. With `audit` its chain is asked too.
    """
    store = Store(store.engine)  # what is kept beside the database is not what is asked about
    with night_lock(store.engine), told_plainly():
        with store.engine.connect() as connection:
            run, oldest = published_run(connection), oldest_kept(connection)
            laws = [_law(law, law(connection, run, oldest)) for law in ROW_LAWS]
        if audit:
            law = _law(audit_is_whole, audit_is_whole(store, audit))
            laws.append(replace(law, known=tuple(loss.words() for loss in audit.losses())))
        stands = _as_decided(store, store.yesterday())
        for lane in sorted(stands.lanes):
            laws += [_law(law, law(stands, lane, policy), lane) for law in STATE_LAWS]
        if run and (run - 1 >= oldest or not oldest):
            before = store.yesterday(run=run - 1)
            laws += [
                _law(changes_tell_all, changes_tell_all(before.lane(lane), _changes(store, run, lane), state), lane)
                for lane, state in sorted(stands.lanes.items())
            ]
    return Verified(run, tuple(laws))


def _law(law: Callable[..., Found], found: Found, lane: str = "") -> Law:
    words = str(law.__doc__).split("\n")[0].rstrip(".")
    return Law(words[0].lower() + words[1:], lane, found[0], tuple(found[1]))


def _as_decided(store: Store, stands: Yesterday) -> Yesterday:
    """Leave out the decisions that the last night could not know, or that hold again since another was taken back."""
    last = finished_at(store, stands.run)
    pairs = ["left", "right"]
    taken_back = stands.decisions.filter(pl.col("superseded_by") == pl.col("decision"))
    known = stands.decisions.join(taken_back, on=pairs, how="anti")
    return replace(stands, decisions=known.filter(pl.col("at") < last) if last else known.clear())


def _changes(store: Store, run: int, lane: str) -> pl.DataFrame:
    with store.engine.connect() as connection:
        its = (CHANGE.c.run == run) & (CHANGE.c.lane == lane)
        return decoded(read_rows(connection, CHANGE, ["id", *CHANGES], its).sort("id"), CHANGES)

"""What people do about notices: look where each stands, let one go again, drop one, take down what a recipient said."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from svoc.delivering.hearing import SAYABLE, say
from svoc.errors import SettingsError
from svoc.notices.base import Answer
from svoc.store.audit import Audit
from svoc.store.outbox import drop, reasons_of, retry, told
from svoc.store.store import Store
from svoc.words.audit import Kind, as_word
from svoc.words.notices import State

__all__ = ["LISTED", "dropped", "let_go", "listed", "said_by_hand"]

LISTED = ("notice", "recipient", "kind", "state", "run", "tries", "sent_at", "due", "overdue")
"""What is shown of a notice: nothing of the person, not even the recipient's reference of them."""


def listed(
    store: Store,
    audit: Audit,
    *,
    actor: str,
    states: Collection[State] = (),
    recipients: Collection[str] = (),
    overdue: bool = False,
    reasons: bool = False,
    today: date | None = None,
) -> list[dict[str, Any]]:
    """List notices of all lanes, the oldest first; that it was asked is noted.

    `overdue`: only those whose acknowledgement was wanted by now; `reasons`: with what a recipient gave as its reason,
    in its own words, and what went wrong with a dead letter.
    """
    late = (pl.col("state") == State.SENT.value) & (pl.col("due") < (today or datetime.now(UTC).date()))
    found = told(store, states=states, recipients=recipients).with_columns(overdue=late.fill_null(value=False))
    found = found.filter("overdue") if overdue else found
    audit.note(Kind.LIST, actor=actor, counts={"rows": found.height}, about={"list": "notices"})
    why = reasons_of(store, found["notice"].to_list()) if reasons else {}
    rows = found.select(LISTED).to_dicts()
    return [{**row, "reason": why.get(row["notice"])} if reasons else row for row in rows]


def let_go(store: Store, audit: Audit, notices: Sequence[str], *, actor: str, because: str) -> int:
    """Let dead letters and others that wait go with the next delivery; raise `SettingsError` for any that does not."""
    rows = _of(store, notices, {State.DEAD, State.WAITING}, "waits or is a dead letter")
    with _noted(audit, rows, "retried", actor=actor, because=because):
        return retry(store, notices)


def dropped(store: Store, audit: Audit, notices: Sequence[str], *, actor: str, because: str) -> int:
    """Withdraw notices that were not sent, so that they never are, and what waits behind them goes."""
    rows = _of(store, notices, {State.DEAD, State.WAITING}, "waits or is a dead letter")
    with _noted(audit, rows, "dropped", actor=actor, because=because):
        return sum(drop(store, notice) for notice in notices)


def said_by_hand(store: Store, audit: Audit, notices: Sequence[str], state: State, *, actor: str, because: str) -> int:
    """Take down what a recipient said in another way, as by telephone; raise `SettingsError` for what was not sent."""
    _of(store, notices, {State.SENT, *SAYABLE}, "was sent")
    answers = [Answer(notice, state.value, because) for notice in notices]
    return sum(say(store, audit, answer, actor=actor, because=because) for answer in answers)


def _of(store: Store, notices: Sequence[str], states: Collection[State], words: str) -> list[dict[str, Any]]:
    if not notices:
        raise SettingsError("which notices? expected the identifier of one or more; svoc notices COUNCIL list has them")
    rows = told(store, notices=notices).to_dicts()
    fit = {row["notice"] for row in rows if row["state"] in states}
    if wrong := [notice for notice in notices if notice not in fit]:
        raise SettingsError(f"there is no notice that {words} of the name {', '.join(sorted(set(wrong)))}")
    return rows


def _noted(audit: Audit, rows: Sequence[dict[str, Any]], state: str, *, actor: str, because: str) -> Any:
    recipients = {row["recipient"] for row in rows}
    about = {"state": state} | ({"recipient": as_word(recipients.pop())} if len(recipients) == 1 else {})
    persons = sorted({row["person"] for row in rows})
    return audit.acting(
        Kind.ANSWER, actor=actor, because=because, persons=persons, counts={"notices": len(rows)}, about=about
    )

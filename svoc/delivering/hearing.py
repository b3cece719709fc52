"""Takes down what a recipient says of notices: that it has them, acted on them, or turned them down and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from svoc.notices.base import Answer
from svoc.store.audit import Audit
from svoc.store.outbox import answered, told
from svoc.store.store import Store
from svoc.words.audit import Kind, as_word
from svoc.words.notices import State

__all__ = ["SAYABLE", "Heard", "hear", "say"]

SAYABLE = (State.ACKNOWLEDGED, State.ACTIONED, State.REJECTED)
"""What may be said of a notice that was sent."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How many answers were new; the notices that this recipient was never told of; those that have not gone yet."""

    taken: int
    unknown: tuple[str, ...]
    early: tuple[str, ...]


def hear(store: Store, audit: Audit, said: Iterable[Answer], *, recipient: str, actor: str) -> Heard:
    """Take down what a recipient says of its own notices; what was said before is not said again."""
    answers = list(said)
    if not answers:
        return Heard(0, (), ())
    known = told(store, recipients=[recipient], notices={answer.notice for answer in answers})
    states = dict(known.select("notice", "state").iter_rows())
    unknown = tuple(a.notice for a in answers if states.get(a.notice) in {None, State.WITHDRAWN.value})
    early = tuple(a.notice for a in answers if states.get(a.notice) in {State.WAITING.value, State.DEAD.value})
    taken = 0
    for answer in answers:
        if answer.notice in {*unknown, *early} or not _is_news(states[answer.notice], answer.state):
            continue
        states[answer.notice] = answer.state
        taken += say(store, audit, answer, recipient=recipient, actor=actor)
    return Heard(taken, unknown, early)


def _is_news(stands: str, said: str) -> bool:
    return said != stands and not (said == State.ACKNOWLEDGED.value and stands != State.SENT.value)


def say(
    store: Store, audit: Audit, answer: Answer, *, actor: str, recipient: str | None = None, because: str | None = None
) -> bool:
    """Take down one answer; say whether there is such a notice that was sent. `because`: why a human says it."""
    found = told(store, notices=[answer.notice], recipients=[recipient] if recipient else ()).to_dicts()
    if not found or not found[0]["sent"]:
        return False
    (row,) = found
    about = {"recipient": as_word(row["recipient"]), "state": answer.state}
    whom = {"persons": [row["person"]], "run": row["run"], "lane": row["lane"], "because": because}
    with audit.acting(Kind.ANSWER, actor=actor, about=about, **whom):
        return answered(store, answer.notice, State(answer.state), reason=answer.reason, recipient=recipient)

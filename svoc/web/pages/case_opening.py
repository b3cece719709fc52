"""Opening a case for a page: only what waits for who is signed in, held while they look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from svoc.desk import Case, Desk
from svoc.desk.queues import Queue, of_the_role, one_waiting
from svoc.desk.sitting import hold
from svoc.errors import TryAgain
from svoc.web.asking import Form, Who
from svoc.web.pages.case_form import LETTERS, named
from svoc.web.texts import Texts

__all__ = ["Column", "columns", "held", "lettered", "opened", "queue_of", "there_of"]


@dataclass(frozen=True, slots=True)
class Column:
    """One record: its letter, where it is from, and whether it is a life event."""

    letter: str
    source: str
    record: str
    event: bool
    person: str | None


def opened(desk: Desk, who: Who, case_id: str) -> Case | None:
    """Give a case that waits for who is signed in; nothing where it does not."""
    found = of_the_role(one_waiting(desk, case_id), who.identity.roles)
    return found[0].case if found else None


def there_of(desk: Desk, case: Case) -> list[str]:
    """Name the records of a case that are there, in its order."""
    found = set(desk.records(case.mentions)["mention"])
    return [mention for mention in case.mentions if mention in found]


def held(desk: Desk, case_id: str) -> tuple[str, datetime | None]:
    """Take a case, and say who else has it; while a night writes, looking does not wait for it."""
    try:
        lease = hold(desk, case_id)
    except TryAgain:
        return "", None
    return ("", lease.until) if lease.is_of(desk.steward) else (lease.steward, lease.until)


def columns(
    records: Sequence[Mapping[str, Any]], persons: Sequence[str | None], *, event: bool = False
) -> tuple[Column, ...]:
    """Head each record, in their order; `event`: whether the first is a life event."""
    return tuple(
        Column(LETTERS[n], record["source"], record["record"] or "", event and n == 0, persons[n])
        for n, record in enumerate(records[: len(LETTERS)])
    )


def lettered(desk: Desk, there: Sequence[str]) -> dict[str, str]:
    """Say in words which record is meant by a mention, and of each of their persons which record is theirs."""
    texts, whose = Texts.of("en"), desk.persons_of(there)
    called = {mention: texts("case.record", letter=letter) for mention, letter in named(there).items()}
    for mention, letter in reversed(list(named(there).items())):
        if mention in whose:
            called[whose[mention]] = texts("preview.of_record", letter=letter, person=whose[mention])
    return called


def queue_of(form: Form) -> str:
    """Name the queue that a form came from, if it is one."""
    return form.text("queue") if form.text("queue") in set(Queue) else ""

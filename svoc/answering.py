"""What the commands for people's rights do with a council: each opens it, does one thing, gives figures and words."""

import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from svoc.accounts import ACCOUNTS, account, answer, erase, finish, free, object_to, rectify, restrict, take_back
from svoc.accounts.handed_out import handed_out, handed_out_wrong
from svoc.accounts.informants import forget, informants
from svoc.accounts.subject import subject_of
from svoc.council import Council
from svoc.reports.account import account_page
from svoc.store.acts import acts_of
from svoc.whole_files import write_whole
from svoc.words.rights import Outcome

__all__ = ["answer_objection", "erase_person", "finish_erasures", "forget_informants", "free_person", "give_account",
           "list_acts", "record_objection", "rectify_person", "restrict_person", "show_informants",
           "take_back_rectification"]  # fmt: skip

log = structlog.get_logger("svoc")

PURPOSE = "subject-access"
Answer = tuple[dict[str, Any], str]


def give_account(settings: Path, person: str, *, actor: str | None, because: str, to: Path | None) -> Answer:
    """Write the account of a person as a page and as JSON, under a name that tells of nobody."""
    with Council.open(settings) as council:
        told = account(council, person, actor=_actor(council, actor), because=because, purpose=PURPOSE)
        folder = to or council.settings.at(ACCOUNTS)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        page = folder / f"account_{secrets.token_hex(4)}.html"
        write_whole(page.with_suffix(".json"), json.dumps(told, ensure_ascii=False, indent=2, default=str))
        write_whole(page, account_page(told, council=council.settings.council.name))
    counts = {name: len(told[name]) for name in ("records", "links", "decisions", "history", "notices", "reads")}
    log.info("account given", **counts)
    words = "\n".join(
        [
            "look through it before you give it away, and make sure who asks",
            f"page: {page}",
            f"data: {page.with_suffix('.json')}",
        ]
    )
    return {**counts, "page": str(page), "data": str(page.with_suffix(".json"))}, words


def erase_person(
    settings: Path, person: str, *, actor: str | None, because: str, record: str | None, untold: str
) -> Answer:
    """Erase a person, or one of their records, and carry the notices of it."""
    with Council.open(settings) as council:
        who = _actor(council, actor)
        done = erase(council, person, actor=who, because=because, purpose=PURPOSE, record=record, untold=untold)
        sent = council.deliver()
    log.info("erased", records=done.records, files=done.files, notices_sent=sent)
    return {**done.figures(), "notices_sent": sent}, f"{done.words()}\n{sent} notices went out"


def show_informants(settings: Path, reference: str, *, actor: str | None, because: str) -> Answer:
    """List who told of a life event."""
    with Council.open(settings) as council:
        found = informants(council, reference, actor=_actor(council, actor), because=because, purpose=PURPOSE)
    named = ("role", "title", "forenames", "surname", "organisation", "relationship", "phone", "email")
    lines = ["  ".join(str(row[name]) for name in named if row[name]) for row in found.iter_rows(named=True)]
    return {"informants": found.to_dicts()}, "\n".join(lines) or "nobody is kept who told of it"


def forget_informants(settings: Path, reference: str, *, actor: str | None, because: str) -> Answer:
    """Erase who told of a life event."""
    with Council.open(settings) as council:
        went = forget(council, reference, actor=_actor(council, actor), because=because)
    log.info("informants erased", informants=went)
    return {"informants": went}, f"{went} who told of it are erased; the event itself stands"


def finish_erasures(settings: Path) -> Answer:
    """Finish the erasures that something interrupted."""
    with Council.open(settings) as council:
        done = finish(council)
    return done.figures(), done.words() if done.records or not done.clean else "no erasure was left undone"


def restrict_person(
    settings: Path, person: str, *, actor: str | None, because: str, record: str | None, untold: str
) -> Answer:
    """Restrict the use of a person's records, and carry the notices of it."""

    def done(council: Council, who: str) -> Answer:
        subject = subject_of(council, person, purpose=PURPOSE, actor=who, because=because)
        exports = handed_out(council, subject.person)
        number = restrict(council, person, actor=who, because=because, purpose=PURPOSE, record=record, untold=untold)
        sent = council.deliver()
        words = [
            f"restricted by act {number}: svoc account free council.toml {number} ends it; {sent} notices went out"
        ]
        words += [f"was handed out, and may name this person: {export}" for export in exports]
        return {"act": number, "notices_sent": sent, "exports": exports}, "\n".join(words)

    return _done(settings, actor, done)


def rectify_person(settings: Path, person: str, facts: Mapping[str, str], *, actor: str | None, because: str) -> Answer:
    """Put facts of a person right, and carry the notices to whoever was sent the wrong ones."""

    def done(council: Council, who: str) -> Answer:
        subject = subject_of(council, person, purpose=PURPOSE, actor=who, because=because)
        exports = handed_out_wrong(council, subject.person, subject.lane, facts)
        number, told = rectify(council, person, facts, actor=who, because=because, purpose=PURPOSE)
        sent = council.deliver()
        words = f"put right by act {number}; {told} systems had been sent what was wrong; {sent} notices went out"
        lines = [f"was handed out with what was wrong, and is yours to follow up: {export}" for export in exports]
        return {"act": number, "told": told, "notices_sent": sent, "exports": exports}, "\n".join([words, *lines])

    return _done(settings, actor, done)


def take_back_rectification(settings: Path, number: int, *, actor: str | None, because: str) -> Answer:
    """Take back that a fact was put right."""

    def done(council: Council, who: str) -> Answer:
        take_back(council, number, actor=who, because=because)
        return {"act": number}, f"act {number} is taken back: what the sources say is heard again"

    return _done(settings, actor, done)


def free_person(settings: Path, number: int, *, actor: str | None, because: str) -> Answer:
    """End a restriction."""

    def done(council: Council, who: str) -> Answer:
        records = free(council, number, actor=who, because=because)
        sent = council.deliver()
        words = f"{records} records are used again; {sent} notices went out"
        return {"act": number, "records": records, "notices_sent": sent}, words

    return _done(settings, actor, done)


def record_objection(settings: Path, person: str, against: str, *, actor: str | None, because: str) -> Answer:
    """Record an objection to a purpose."""

    def done(council: Council, who: str) -> Answer:
        number = object_to(council, person, against, actor=who, because=because, purpose=PURPOSE)
        return {"act": number}, f"objection {number} is recorded, and waits for an answer"

    return _done(settings, actor, done)


def answer_objection(settings: Path, number: int, outcome: Outcome, *, actor: str | None, because: str) -> Answer:
    """Answer an objection."""

    def done(council: Council, who: str) -> Answer:
        latest = answer(council, number, outcome, actor=who, because=because)
        return {"act": latest, "outcome": outcome.value}, f"objection {number} is {outcome.value}, as act {latest}"

    return _done(settings, actor, done)


def list_acts(settings: Path) -> Answer:
    """List what was done for people's rights."""
    with Council.open(settings) as council:
        acts = acts_of(council.store, holding=False).drop("mentions")
    lines = [
        f"{row['act']:>6}  {row['kind']:9} {row['person'] or 'nobody any more':16} {row['actor']}, {row['at']:%Y-%m-%d}"
        f"{_state(row)}: {row['because']}"
        for row in acts.iter_rows(named=True)
    ]
    return {"acts": acts.to_dicts()}, "\n".join(lines) or "nothing was done yet"


def _state(row: dict[str, Any]) -> str:
    about = f", {row['purpose']} {row['outcome']}" if row["purpose"] else ""
    return about + (f" (ended by {row['ended_by']}, {row['ended_at']:%Y-%m-%d})" if row["ended_at"] else "")


def _done(settings: Path, actor: str | None, work: Callable[[Council, str], Answer]) -> Answer:
    with Council.open(settings) as council:
        return work(council, _actor(council, actor))


def _actor(council: Council, actor: str | None) -> str:
    return actor or council.settings.council.actor

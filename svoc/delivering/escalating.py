"""Tells whoever a route names that acknowledgements are overdue: which notices, to whom, since when, and no facts."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from svoc.delivering.channels import mail_of
from svoc.errors import SettingsError
from svoc.notices.base import Undelivered
from svoc.notices.file_drop import box_of
from svoc.notices.recipients import Recipients
from svoc.notices.routes import Route, first_told
from svoc.settings import CouncilSettings
from svoc.store.outbox import escalated, overdue
from svoc.store.store import Store
from svoc.whole_files import write_whole

__all__ = ["escalate", "late"]


def late(store: Store, *, now: datetime) -> list[dict[str, Any]]:
    """Give the notices whose acknowledgement is overdue, the oldest first, without facts."""
    kept = ("notice", "recipient", "reference", "kind", "due", "escalated")
    rows = overdue(store, now.date())
    return [{**{name: row[name] for name in kept}, "days": (now.date() - row["due"]).days} for row in rows]


def escalate(
    store: Store, settings: CouncilSettings, recipients: Recipients, routes: Iterable[Route], *, now: datetime
) -> tuple[int, list[str]]:
    """Tell of what is overdue and was not told of before; give of how many notices, and what went wrong.

    Somebody with an e-mail address gets an e-mail; a recipient gets a file in its folder.
    """
    by: dict[str, list[dict[str, Any]]] = {}
    for row in late(store, now=now):
        to = _told_of(row, recipients, routes)
        if to and not row["escalated"]:
            by.setdefault(to, []).append(row)
    faults, number = list[str](), 0
    for to, rows in by.items():
        try:
            _tell(to, rows, settings)
        except (Undelivered, SettingsError) as fault:
            faults.append(f"overdue acknowledgements could not be told of: {fault}")
            continue
        escalated(store, [row["notice"] for row in rows], now=now)
        number += len(rows)
    return number, faults


def _told_of(row: Mapping[str, Any], recipients: Recipients, routes: Iterable[Route]) -> str:
    """Say whom the route names by which a notice went: one that names the recipient goes before one of its service."""
    name, kind = row["recipient"], first_told(row["kind"])
    service = recipients.services.get(name) or recipients.unread.get(name, "")
    its = [route for route in routes if route.kind == kind and route.recipient in {name, service}]
    ranked = sorted(its, key=lambda route: route.recipient != name)
    return ranked[0].escalate_to if ranked else ""


def _tell(to: str, rows: list[dict[str, Any]], settings: CouncilSettings) -> None:
    ids = [row["notice"] for row in rows]
    known_by = hashlib.blake2b("\x1f".join(ids).encode(), digest_size=10).hexdigest()
    if "@" in to:
        lines = [f"{row['notice']}  {row['recipient']}  {row['kind']}  wanted by {row['due']}" for row in rows]
        mail = mail_of(to, settings)
        subject = f"{settings.council.name}: {len(rows)} acknowledgements are overdue"
        mail.post(mail.message(subject, "\n".join([*lines, ""]), known_by=known_by))
        return
    told = [{name: str(row[name]) for name in ("notice", "recipient", "kind", "due")} for row in rows]
    box = box_of(settings.at(settings.notices.folder), to)
    write_whole(box / f"overdue-{known_by}.json", json.dumps({"overdue": told}, indent=2))

"""Reads what recipients say of notices: files that they leave in their folder, and addresses that they answer at.

A recipient leaves CSV (`notice,state,reason`), JSON or JSON lines in `acknowledged/` of its folder in the outbox. A
file that was understood goes to `taken/` there; one of which a line was refused goes to `refused/`, whole, after its
other lines were taken; one that speaks of what has not been sent yet stays for the next time. Nothing is deleted.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from svoc.delivering.channels import webhook_of
from svoc.delivering.hearing import SAYABLE, hear
from svoc.errors import Fault, SettingsError, nearest
from svoc.notices.base import Answer, Undelivered
from svoc.notices.recipients import Recipients
from svoc.settings import CouncilSettings
from svoc.store.audit import Audit
from svoc.store.store import Store

__all__ = ["BOX", "Collected", "collect"]

BOX, TAKEN, REFUSED = "acknowledged", "taken", "refused"
LARGEST = 32 * 1024 * 1024
KINDS = (".csv", ".json", ".jsonl")
EXPECTED = f"{', '.join(SAYABLE[:-1])} or {SAYABLE[-1]}"

Line = tuple[int, Any]
"""Where it stands in its file, and what it holds."""


@dataclass(frozen=True, slots=True)
class Collected:
    """How many notices something new was said of, and what was not understood."""

    answers: int
    faults: tuple[str, ...]


def collect(store: Store, audit: Audit, settings: CouncilSettings, recipients: Recipients) -> Collected:
    """Take down all that recipients have said since; what is wrong with one file or address harms no other."""
    answers, faults = 0, list[str]()
    outbox, actor = settings.at(settings.notices.folder), settings.council.actor
    for file in sorted(outbox.glob(f"*/{BOX}/*")):
        if file.is_symlink() or not file.is_file() or file.suffix not in KINDS or file.name.startswith("."):
            continue
        found, wrong = _read(file)
        recipient = file.parent.parent.name
        heard = hear(store, audit, [answer for _, answer in found], recipient=recipient, actor=actor)
        answers += heard.taken
        lines = {answer.notice: line for line, answer in found}
        never = "a notice that this recipient was sent"
        wrong += [Fault(file.name, lines[each], "notice", never) for each in heard.unknown]
        faults += [f"{recipient}: {fault}" for fault in wrong]
        if wrong or not heard.early:
            _put_by(file, REFUSED if wrong else TAKEN)
    for name, own in recipients.settings.items():
        if own.states:
            try:
                said = webhook_of(name, own, settings).collect(own.states)
            except (Undelivered, SettingsError) as fault:
                faults.append(f"{name}: {fault}")
            else:
                answers += hear(store, audit, said, recipient=name, actor=actor).taken
    return Collected(answers, tuple(faults))


def _put_by(file: Path, where: str) -> None:
    folder = file.parent / where
    folder.mkdir(exist_ok=True, mode=0o700)
    final, number = folder / file.name, 1
    while final.exists():
        number += 1
        final = folder / f"{file.stem}-{number}{file.suffix}"
    file.replace(final)


def _read(file: Path) -> tuple[list[tuple[int, Answer]], list[Fault]]:
    """Give what a file says, by line, and what is wrong with it."""
    if file.stat().st_size > LARGEST:
        return [], [Fault(file.name, expected="a file of at most 32 MB")]
    try:
        text = file.read_text(encoding="utf-8-sig")
        lines = list(_lines(file.suffix, text))
    except UnicodeDecodeError:
        return [], [Fault(file.name, expected="UTF-8")]
    except (ValueError, RecursionError, csv.Error):
        return [], [Fault(file.name, expected=f"{file.suffix.removeprefix('.').upper()} as docs/receiving.md shows it")]
    found: list[tuple[int, Answer]] = []
    faults: list[Fault] = []
    for number, said in lines:
        read = _answer(file.name, number, said)
        if isinstance(read, Fault):
            faults.append(read)
        else:
            found.append((number, read))
    return found, faults


def _lines(suffix: str, text: str) -> Iterator[Line]:
    if suffix == ".csv":
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        if not {"notice", "state"} <= set(rows.fieldnames or ()):
            raise ValueError("no such columns")
        yield from ((rows.line_num, row) for row in rows)
    elif suffix == ".jsonl":
        yield from ((number, _parsed(line)) for number, line in enumerate(text.splitlines(), start=1) if line.strip())
    else:
        said = json.loads(text)
        listed = said.get("notices") if isinstance(said, dict) else said
        if not isinstance(listed, list):
            raise ValueError("no list")
        yield from enumerate(listed, start=1)


def _parsed(line: str) -> Any:
    """Give what a line of JSON holds; None where it is none: one line that is spoilt takes nothing from the others."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _answer(file: str, line: int, said: Any) -> Answer | Fault:
    notice, state = (said.get("notice"), said.get("state")) if isinstance(said, dict) else (None, None)
    if not isinstance(notice, str) or not notice.strip():
        return Fault(file, line, "notice", "the identifier of a notice")
    word = state.strip().casefold() if isinstance(state, str) else ""
    if word not in SAYABLE:
        return Fault(file, line, "state", EXPECTED, nearest(word, list(SAYABLE)))
    reason = said.get("reason")
    return Answer(notice.strip(), word, reason.strip()[:500] or None if isinstance(reason, str) else None)

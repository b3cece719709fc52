"""What the pages on which records change hands have in common: what is shown, the preview, and the keeping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from svoc.desk import Desk, Preview
from svoc.desk.regrouping import Said
from svoc.desk.sides import Row
from svoc.web.pages.case_form import named
from svoc.web.pages.case_opening import Column, lettered
from svoc.web.pages.groups_form import Chosen
from svoc.web.pages.reasons import REASONS
from svoc.web.rendering import page
from svoc.web.texts import Texts

__all__ = ["Offered", "Regrouping", "foreseen"]

Offered = tuple[str, str]
"""Somebody to whom a record may be moved: their identifier, and what they are called."""


@dataclass(frozen=True, slots=True)
class Regrouping:
    """A page on which records are put into groups or moved: `action`: where its form goes, `back`: where it came from.

    `name`: of the person, "" for a case; `queue`: that the case came from; `holder`: who else has it; `others`: to whom
    a record may be moved.
    """

    action: str
    back: str
    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    token: str
    chosen: Chosen
    queue: str = ""
    holder: str = ""
    others: tuple[Offered, ...] = ()
    reasons: tuple[str, ...] = REASONS["group"]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What it would change: `told`: in words what was chosen; `fields`: what the form sends again."""

    action: str
    back: str
    told: tuple[str, ...]
    because: str
    preview: Preview
    letters: Mapping[str, str]
    fields: tuple[tuple[str, str], ...]


def foreseen(
    request: Request, desk: Desk, shown: Regrouping, said: Sequence[Said], there: Sequence[str], *, to: str = ""
) -> Response:
    """Show what was chosen and what it would change; nothing is written. `to`: who shall have what is moved."""
    found = desk.suppose_all(said)
    letters = lettered(desk, there)
    told = _moved(shown.chosen, to) if shown.chosen.moved else _grouped(shown.chosen, there)
    fields = (("token", shown.token), ("queue", shown.queue), *shown.chosen.fields)
    return page(
        request,
        "regrouped.html",
        Foreseen(shown.action, shown.back, told, shown.chosen.because, found, letters, fields),
    )


def _grouped(chosen: Chosen, there: Sequence[str]) -> tuple[str, ...]:
    texts, letters = Texts.of("en"), named(there)
    groups = [", ".join(letters[mention] for mention in group) for group in chosen.members(there)]
    return tuple(texts("groups.group", n=n + 1, letters=group) for n, group in enumerate(groups))


def _moved(chosen: Chosen, to: str) -> tuple[str, ...]:
    return (Texts.of("en")("groups.moved", letters=", ".join(chosen.moved), to=to),)

"""What a steward has decided: each decision with what the machine made of it, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from svoc.desk import Desk
from svoc.desk.desk import SLIP
from svoc.desk.sides import Row, side_by_side
from svoc.errors import SettingsError
from svoc.explaining import Explanation
from svoc.web.asking import Deciding, FormOf
from svoc.web.pages.queue import desk_of
from svoc.web.pages.wrong import Wrong, wrong
from svoc.web.rendering import page
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.protection import same_actor

__all__ = ["router"]

router = APIRouter(prefix="/desk/decisions", include_in_schema=False)

SHOWN = 50
Decision = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mine:
    """`decisions`: rows of `DECISIONS`, the latest first; `names`: mention -> the name on its record."""

    decisions: tuple[Decision, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class One:
    """A decision, its records side by side, and what the machine makes of them now; `fault`: what the form lacks.

    `act`: the decisions that were made in one act with it and hold, itself among them; `called`: mention -> the name on
    its record.
    """

    decision: Decision
    act: tuple[Decision, ...]
    called: Mapping[str, str]
    names: tuple[str, ...]
    sources: tuple[str, ...]
    rows: tuple[Row, ...]
    explained: tuple[Explanation, ...]
    fault: str = ""


@router.get("")
def mine(request: Request, who: Deciding) -> Response:
    """List what the steward decided."""
    desk = desk_of(request, who)
    own = [r for r in desk.history().iter_rows(named=True) if same_actor(r["steward"], desk.steward)][::-1][:SHOWN]
    return page(request, "decisions.html", Mine(tuple(own), _called(desk, own)))


@router.get("/{number}")
def one(request: Request, who: Deciding, number: str) -> Response:
    """Show a decision, and what the machine made of its two records."""
    desk = desk_of(request, who)
    decision = _decision(desk, number)
    if decision is None:
        return wrong(request, Wrong("not_found"), status=404)
    return page(request, "decision.html", _one(desk, decision))


@router.post("/undo")
def undo(request: Request, who: Deciding, form: FormOf) -> Response:
    """Take decisions back, each with all of its act: those of this sitting as a slip, any other with a reason."""
    desk = desk_of(request, who)
    named = [int(n) for n in form.text("numbers").split(",") if n.isdecimal() and len(n) < 12]
    numbers = sorted({n for number in named for n in desk.act_of(number)})
    lately = {n for made in who.session.made for n in made}
    because = form.text("because") or (SLIP if set(numbers) <= lately else "")
    if not numbers:
        raise SettingsError("nothing was named that could be taken back")
    if not because:
        decision = _decision(desk, str(numbers[0]))
        if decision is None:
            return wrong(request, Wrong("not_found"), status=404)
        return page(request, "decision.html", _one(desk, decision, fault="decision.no_because"), status=400)
    taken = desk.undo(*numbers, because=because)
    who.session.made = [made for made in who.session.made if not set(made) & set(numbers)]
    who.session.said.append(("undone" if taken else "not_undone", "undone"))
    return RedirectResponse("/desk/decisions", 303)


def _decision(desk: Desk, number: str) -> Decision | None:
    if not number.isdecimal() or len(number) > 12:
        return None
    found = desk.history().filter(pl.col("decision") == int(number))
    return found.row(0, named=True) if found.height else None


def _one(desk: Desk, decision: Decision, *, fault: str = "") -> One:
    ends = [end for end in (decision["left"], decision["right"]) if end]
    found = {row["mention"]: row for row in desk.records(ends).iter_rows(named=True)}
    records = [found[end] for end in ends if end in found]
    hides = desk.hides_any(ends)
    said = desk.history().filter(pl.col("decision").is_in(desk.act_of(decision["decision"])))
    act = tuple(said.filter(pl.col("superseded_by").is_null()).iter_rows(named=True))
    return One(
        decision=decision,
        act=act,
        called=_called(desk, act),
        names=tuple(record["name"] or "" for record in records),
        sources=tuple(record["source"] for record in records),
        rows=tuple(side_by_side(records, desk.reader().purpose, hides=hides)),
        explained=_explained(desk, ends) if len(records) == 2 else (),
        fault=fault,
    )


def _called(desk: Desk, decisions: Sequence[Decision]) -> dict[str, str]:
    """Give the name on each record that decisions are about."""
    ends = sorted({said[end] for said in decisions for end in ("left", "right") if said[end]})
    return {mention: name or "" for mention, name in desk.records(ends).select("mention", "name").iter_rows()}


def _explained(desk: Desk, ends: list[str]) -> tuple[Explanation, ...]:
    if any(end.startswith(f"{EVENTS_SOURCE}/") for end in ends):
        return ()
    try:
        return (desk.explain(ends[0], ends[1]),)
    except SettingsError:
        return ()  # a record that is no longer there is not weighed

"""The verb that asks who read or did what: audit."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from svoc.cli.logs import log_to_stderr
from svoc.cli.verbs import AsJson, Settings, answer
from svoc.errors import SettingsError
from svoc.words.audit import Kind

__all__ = ["audit"]

Person = Annotated[str | None, typer.Option(help="Who saw this person: an identifier, as 7F3K-92QD-M.")]
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on (UTC).")]
OfKind = Annotated[Kind | None, typer.Option(help="Of this kind alone.")]
Actor = Annotated[str | None, typer.Option(help="What this actor read or did.")]
After = Annotated[int, typer.Option(help="After the event of this number: what a SIEM has not had yet.", min=0)]
Lines = Annotated[bool, typer.Option("--lines", help="One JSON object a line, for a SIEM.")]
Reasons = Annotated[bool, typer.Option("--reasons", help="With the reasons that people wrote, in JSON too.")]
By = Annotated[str | None, typer.Option(help="Who asks; the actor in council.toml unless given.")]
Because = Annotated[str | None, typer.Option(help="Why it is asked; kept beside the event.")]
IsHead = Annotated[bool, typer.Option("--head", help="The last event's number and hash alone, to be kept elsewhere.")]
Holds = Annotated[str | None, typer.Option(help="Whether the trail holds an event as it was kept: 412:HASH.")]
IsLost = Annotated[bool, typer.Option("--lost", help="Own up that the end that nights knew is lost for good.")]
Purpose = Annotated[str | None, typer.Option(help="What it is asked for.")]


def audit(
    settings: Settings,
    *,
    person: Person = None,
    since: Since = None,
    kind: OfKind = None,
    actor: Actor = None,
    after: After = 0,
    by: By = None,
    because: Because = None,
    purpose: Purpose = None,
    lines: Lines = False,
    reasons: Reasons = False,
    head: IsHead = False,
    holds: Holds = None,
    lost: IsLost = False,
    as_json: AsJson = False,
) -> None:
    """List who read or did what, when, what for and why; of one person, one actor, one kind; the asking is noted too.

    Example: svoc audit council.toml --person 7F3K-92QD-M --by a.bell --because "a resident asks who saw her"
    --head, --holds and --lost ask of the chain, and list nothing.

    Example: svoc audit council.toml --lines --after 1204
    Example: svoc audit council.toml --head
    """
    from svoc.auditing import asking, head_of_trail, is_held, own_up_to_loss
    from svoc.store.audit_asking import Asked, Noted

    if lines and as_json:
        raise SettingsError("--lines and --json: expected one of the two")
    log_to_stderr(settings)
    if head or holds:
        found_head = is_held(settings, holds) if holds else head_of_trail(settings)
        answer(found_head.figures(), f"{found_head.seq}:{found_head.hash}", as_json=as_json)
        return
    if lost:
        count = own_up_to_loss(settings, by=by, because=because)
        answer({"lost": count}, f"{count} ends of the trail are taken down as lost", as_json=as_json)
        return
    asked = Asked(since=since.replace(tzinfo=UTC) if since else None, kind=kind, actor=actor, after=after)

    def told(event: Noted) -> dict[str, Any]:
        return {**event.figures(), **({"because": event.because} if reasons and event.because else {})}

    with asking(settings, asked, person=person, by=by, because=because, purpose=purpose) as found:
        if as_json:
            typer.echo(json.dumps({"events": [told(event) for event in found]}, sort_keys=True))
            return
        for event in found:
            typer.echo(json.dumps(told(event), sort_keys=True) if lines else event.words())

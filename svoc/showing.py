"""What the commands that show what the nights made do: each opens the council, reads through the gate, writes."""

from pathlib import Path
from typing import Any

import structlog

from svoc.council import Council
from svoc.errors import SettingsError
from svoc.exporting import FORMATS, export
from svoc.reports.custodian import PURPOSE, custodian_lists, uses_of, write_lists
from svoc.reports.explanation import explanation_page
from svoc.whole_files import write_whole
from svoc.words.audit import Kind

__all__ = ["explain_pair", "export_council", "list_for_custodian"]

log = structlog.get_logger("svoc")


def export_council(
    settings: Path,
    folder: Path,
    *,
    purpose: str | None,
    form: str,
    actor: str | None = None,
    because: str | None = None,
) -> dict[str, Any]:
    """Write what a purpose may read."""
    if form not in FORMATS:
        raise SettingsError(f"--format {form}: expected one of {', '.join(FORMATS)}")
    with Council.open(settings) as council:
        frames = council.reader(purpose, actor=actor, because=because).frames(form=form)
    export(frames, folder, form=form)
    return {name: frame.height for name, frame in frames.items()}


def list_for_custodian(
    settings: Path, folder: Path, *, actor: str | None = None, because: str | None = None
) -> dict[str, Any]:
    """Write the address custodian's lists of the published night; give how long each is, and the page.

    They are always read for the purpose `address-maintenance`: nothing else may be made of them.
    """
    with Council.open(settings) as council:
        reader = council.reader(PURPOSE, actor=actor, because=because)
        stands = reader.standing()
        if stands.as_of is None:
            raise SettingsError("there is nothing to list yet: run a night first")
        # Unmasked: by their names the lists know which words of an address are a person's, and leave them out.
        uses = uses_of(reader.marked(stands.mentions), council.policy.kinds, stands.as_of)
        lists = custodian_lists(uses, council.gazetteer, on=stands.as_of)
        figures = lists.figures()
        reader.note(Kind.LIST, counts={"rows": sum(figures.values())}, run=stands.run, about={"list": "custodian"})
        section = council.settings.council
    page = write_lists(lists, folder, whose=section.name, as_of=stands.as_of.isoformat())
    log.info("listed", purpose=PURPOSE, actor=actor or section.actor, run=stands.run, **figures)
    return {**figures, "page": str(page)}


def explain_pair(
    settings: Path,
    left: str,
    right: str,
    *,
    purpose: str | None,
    for_subject: bool = False,
    html: Path | None = None,
    actor: str | None = None,
    because: str | None = None,
) -> tuple[dict[str, Any], str]:
    """Explain a pair of mentions: what the night made of the two, and why; with `html` as a page too."""
    with Council.open(settings) as council:
        reader = council.reader(purpose, actor=actor, because=because)
        found = reader.explain(left, right, for_subject=for_subject)
    if html:
        write_whole(html, explanation_page(found, purpose=reader.purpose))
    figures = {**found.figures(), "text": found.text(), **({"page": str(html)} if html else {})}
    return figures, "\n".join([found.text(), *([f"\npage: {html}"] if html else [])])

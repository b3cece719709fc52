"""What the command insight does with a council: it opens it, reads through the gate, and writes the figures."""

from collections import Counter
from pathlib import Path
from typing import Any

import structlog

from svoc.council import Council
from svoc.errors import PurposeRefused, SettingsError
from svoc.insight import PURPOSE, insight
from svoc.reports.insight import write_insight
from svoc.words.audit import Kind
from svoc.words.notices import State

__all__ = ["survey"]

log = structlog.get_logger("svoc")


def survey(
    settings: Path,
    folder: Path,
    *,
    purpose: str | None = None,
    cost: float | None = None,
    actor: str | None = None,
    because: str | None = None,
) -> dict[str, Any]:
    """Write the figures of the last night, in tens; give at least how many people and notices there are, and the page.

    `cost`: pounds that a contact costs this council. Raises `PurposeRefused` for any purpose but `statistics`,
    `SettingsError` before the first night.
    """
    if (purpose or PURPOSE) != PURPOSE:
        raise PurposeRefused(f"insight is read for the purpose {PURPOSE!r} alone, not for {purpose!r}")
    with Council.open(settings) as council:
        reader = council.reader(PURPOSE, actor=actor, because=because)
        stands = reader.standing()
        if stands.as_of is None:
            raise SettingsError("there is nothing to count yet: run a night first")
        acknowledged = Counter(reader.notices(states=[State.ACKNOWLEDGED])["recipient"])
        marked = reader.marked(stands.mentions)
        made = insight(
            marked,
            stands.state,
            council.gazetteer.properties.select("uprn", "ward"),
            systems=sorted(set(council.policy.kinds) - set(reader.lane.without_sources)),
            acknowledged={name: acknowledged[name] for name in council.policy.recipients.names(council.policy.kinds)},
            as_of=stands.as_of,
        )
        rows = sum(frame.height for frame in made.frames.values())
        reader.note(Kind.LIST, counts={"rows": rows}, run=stands.run, about={"list": "insight"})
        section = council.settings.council
    page = write_insight(made, folder, whose=section.name, as_of=stands.as_of.isoformat(), cost=cost)
    log.info("insight", purpose=PURPOSE, actor=actor or section.actor, run=stands.run, people=made.people)
    return {"people": made.people, "notices": made.notices, "page": str(page)}

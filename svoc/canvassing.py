"""What the command canvass does with a council: it opens it, reads through the gate, and writes the lists."""

from pathlib import Path
from typing import Any

import polars as pl
import structlog

from svoc.canvass import PURPOSE, canvass
from svoc.canvass.material import Material
from svoc.council import Council
from svoc.errors import PurposeRefused, SettingsError
from svoc.reports.canvass import write_canvass
from svoc.words.audit import Kind
from svoc.words.full_register import registers_among

__all__ = ["prepare_canvass"]

log = structlog.get_logger("svoc")


def prepare_canvass(
    settings: Path,
    folder: Path,
    *,
    purpose: str | None = None,
    vouching: bool = False,
    actor: str | None = None,
    because: str | None = None,
) -> dict[str, Any]:
    """Write the lists of the canvass after the last night; give how long each is, and the page.

    Raises `PurposeRefused` for any purpose but `canvass-match`, `SettingsError` before the first night or without a
    register.
    """
    if (purpose or PURPOSE) != PURPOSE:
        raise PurposeRefused(f"the canvass is read for the purpose {PURPOSE!r} alone, not for {purpose!r}")
    with Council.open(settings) as council:
        reader = council.reader(PURPOSE, actor=actor, because=because)
        stands = reader.standing()
        if stands.as_of is None:
            raise SettingsError("there is nothing to match yet: run a night first")
        registers = registers_among(council.policy.kinds)
        if not registers:
            raise SettingsError("[[sources]] kind: expected a source that is an electoral_register")
        standing = council.gazetteer.properties.filter(pl.col("end").is_null()).select("uprn", "class_code")
        material = Material(reader.marked(stands.mentions), stands.state, registers, standing, stands.as_of)
        made = canvass(material, vouching=vouching)
        rows = sum(frame.height for frame in made.frames.values())
        reader.note(Kind.LIST, counts={"rows": rows}, run=stands.run, about={"list": "canvass"})
        section = council.settings.council
    page = write_canvass(made, folder, whose=section.name, as_of=stands.as_of.isoformat())
    log.info("canvass", purpose=PURPOSE, actor=actor or section.actor, run=stands.run, **made.figures())
    return {**made.figures(), "page": str(page)}

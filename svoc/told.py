"""Reads the life events that wait beside the extracts: what a night is told besides what its sources say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

import polars as pl

from svoc.errors import SettingsError
from svoc.settings import CouncilSettings, SourceSettings
from svoc.sources.finish import day_in
from svoc.sources.life_events import LifeEvents, read_events
from svoc.sources.signed_events import Trust
from svoc.sources.statements import today_here
from svoc.sources.taking import NONE_ASIDE, waiting
from svoc.words.events import EMPTY_LIFE_EVENTS
from svoc.words.informants import EMPTY_INFORMANTS
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import TAKEN

__all__ = ["NOTHING_TOLD", "Told", "read_told", "told_in", "trust_of"]


@dataclass(frozen=True, slots=True)
class Told:
    """What files of life events say: frame of `LIFE_EVENTS`, frame of `TAKEN` for the files, what is doubtful, and who
    told of them (frame of `INFORMANTS`)."""

    events: pl.DataFrame
    taken: pl.DataFrame
    warnings: tuple[str, ...] = ()
    informants: pl.DataFrame = field(default_factory=lambda: EMPTY_INFORMANTS)


NOTHING_TOLD = Told(EMPTY_LIFE_EVENTS, pl.DataFrame(schema=TAKEN))


def trust_of(settings: CouncilSettings, known: Mapping[str, str]) -> Trust:
    """Say whose signed events are believed; `known`: the tokens that were taken before (`svoc.store.said_anew`)."""
    own, keys = settings.life_events, settings.life_events.keys
    file = settings.at(keys.jwks) if keys.jwks else None
    more = {"issuers": tuple(keys.issuers), "audience": keys.audience, "days": keys.days, "signed": own.signed}
    return Trust.by(file, known=dict(known), **more)


def told_in(path: Path, settings: CouncilSettings, known: Mapping[str, str]) -> LifeEvents:
    """Read one file of life events as a council's settings have it."""
    return read_events(path, settings.life_events.columns, dated=day_in(path.name), trust=trust_of(settings, known))


def read_told(
    settings: CouncilSettings,
    taken: pl.DataFrame,
    *,
    until: object,
    aside: pl.DataFrame = NONE_ASIDE,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Told:
    """Read the files of life events that no night has taken and that are not later than `until`, the day of tonight's
    extracts; where there is none, all that wait.

    `known`: the signed tokens that were taken before. One event that cannot be used takes nothing from the others: it
    is a warning, and the file's line is named.
    """
    if not settings.life_events.path:
        return NOTHING_TOLD
    source = SourceSettings(name=EVENTS_SOURCE, kind=EVENTS_SOURCE, path=settings.life_events.path)
    try:
        found = waiting(source, settings.folder, taken, aside=aside, required=False)
    except SettingsError as fault:
        raise SettingsError(str(fault).replace(f"[sources.{EVENTS_SOURCE}]", "[life_events] path:")) from None
    due = [w for w in found if not isinstance(until, date) or w.dated <= until]
    # What a file of a later day tells has happened, though this machine's clock was set back.
    ends = [max(d for d in (today_here(), w.dated, until) if isinstance(d, date)) for w in due]
    columns, trust = settings.life_events.columns, trust_of(settings, known)
    told = zip(due, ends, strict=True)
    read = [read_events(w.path, columns, today=end, dated=day_in(w.path.name), trust=trust) for w, end in told]
    rows = [(w.source, w.name, w.sha256, w.dated, e.events.height) for w, e in zip(due, read, strict=True)]
    return Told(
        pl.concat([EMPTY_LIFE_EVENTS, *(e.events for e in read)]),
        pl.DataFrame(rows, schema=TAKEN, orient="row"),
        tuple(str(fault) for e in read for fault in (*e.faults, *e.warnings)),
        pl.concat([EMPTY_INFORMANTS, *(e.informants for e in read)]),
    )

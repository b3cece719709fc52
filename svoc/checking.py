"""Look at everything that a night would read, and tell all faults of all files at once; nothing is written."""

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from svoc.binding import Complaints, all_waiting, policy_of, read_each, read_gazetteer
from svoc.delivering.channels import channel_of
from svoc.policy import Policy
from svoc.settings import CouncilSettings, SourceSettings
from svoc.sources.base import Extract
from svoc.sources.catalogue import layout_of
from svoc.sources.taking import Waiting, waiting
from svoc.store.store import Store
from svoc.told import read_told
from svoc.words.plan import TAKEN

__all__ = ["check"]


def check(path: Path) -> dict[str, Any]:
    """Give the counts of what council.toml names; raise `SettingsError` or `InputFaults` with all that is wrong.

    It reads every extract that no night has taken, however many wait, and of a source of which none waits the last.
    The counts of a source are those of the last of its extracts. An extract that has come too late is only named.
    """
    settings = CouncilSettings.read(path)
    found, figures = Complaints(), dict[str, Any]()
    for source in settings.sources:
        with found.gathered():
            layout_of(source)
    with found.gathered():
        _channels(settings, policy_of(settings), found)
    with found.gathered():
        gazetteer = read_gazetteer(settings)
        figures["gazetteer_properties"] = gazetteer.properties.height
        if settings.gazetteers:
            figures |= {f"gazetteer_{kind}": gazetteer.supply.counts[kind] for kind in ("boundary", "clash")}
    taken = _taken(settings)
    left = all_waiting(settings, taken, found)
    extracts = _extracts(settings, left, found)
    with found.gathered():
        figures["life_events"] = read_told(settings, taken, until=None).events.height
    found.tell()
    return figures | _counts(extracts) | _late(left)


def _channels(settings: CouncilSettings, policy: Policy, found: Complaints) -> None:
    """Make every channel that a notice may go by, as a delivery would: what is missing shows before a notice waits."""
    own = {(each.channel, name) for name, each in policy.recipients.settings.items()}
    among = {*policy.recipients.services, *policy.recipients.unread}
    routed = {(route.channel, route.recipient) for route in policy.routes if route.channel and route.recipient in among}
    for channel, recipient in sorted(own | routed):
        with found.gathered():
            channel_of(channel, recipient, settings, policy.recipients)


def _extracts(
    settings: CouncilSettings, left: list[tuple[SourceSettings, list[Waiting]]], found: Complaints
) -> list[Extract]:
    chosen: list[Waiting] = []
    for source, extracts in left:
        chosen += [extract for extract in extracts if not extract.after] or _last(source, settings)
    known = {extract.source for extract in chosen if _has_layout(settings, extract.source)}
    return read_each(settings, [extract for extract in chosen if extract.source in known], found)


def _late(left: list[tuple[SourceSettings, list[Waiting]]]) -> dict[str, str]:
    """Name the extracts that are older than what their source gave last, and that no night will take."""
    late = {source.name: [w.name for w in extracts if w.after] for source, extracts in left}
    return {f"{name}_too_late": ", ".join(files) for name, files in late.items() if files}


def _last(source: SourceSettings, settings: CouncilSettings) -> list[Waiting]:
    return waiting(source, settings.folder, pl.DataFrame(schema=TAKEN))[-1:]


def _has_layout(settings: CouncilSettings, name: str) -> bool:
    """Tell whether a source can be read at all; where it cannot, that has been complained of once."""
    ignored = Complaints()
    with ignored.gathered():
        layout_of(next(source for source in settings.sources if source.name == name))
    return not ignored.settings


def _taken(settings: CouncilSettings) -> pl.DataFrame:
    """Ask the database what was taken, where there is one; it is only read."""
    store = Store.there(settings.council.database, settings.folder)
    if store is None:
        return pl.DataFrame(schema=TAKEN)
    try:
        taken: pl.DataFrame = store.taken()
        return taken
    finally:
        store.close()


def _counts(extracts: list[Extract]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    many = Counter(extract.source for extract in extracts)
    for extract in extracts:
        figures[f"{extract.source}_extracts"] = many[extract.source]
        figures[f"{extract.source}_mentions"] = extract.records.height
        figures |= {f"{extract.source}_{name}": count for name, count in extract.counts.items()}
    return figures

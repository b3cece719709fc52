"""Every kind of source there is; a new one is a file of its own and a line here."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from svoc.errors import SettingsError, nearest
from svoc.settings import SourceSettings
from svoc.sources.base import Extract, Layout, Source
from svoc.sources.council_tax import COUNCIL_TAX
from svoc.sources.electoral_register import ELECTORAL_REGISTER
from svoc.sources.generic import GENERIC
from svoc.sources.life_events import LIFE_EVENTS_SOURCE
from svoc.sources.rows import Rows

__all__ = ["SOURCES", "layout_of", "read_extract", "source_of"]

SOURCES: Mapping[str, Source] = MappingProxyType(
    {source.kind: source for source in (COUNCIL_TAX, ELECTORAL_REGISTER, GENERIC, LIFE_EVENTS_SOURCE)}
)
"""Each kind of source by the name that `kind` has in council.toml."""


def source_of(settings: SourceSettings) -> Source:
    """Give the kind of source that settings name; raise `SettingsError` with the nearest where there is none such."""
    if settings.kind not in SOURCES:
        raise SettingsError(_unknown(settings, "kind", settings.kind, SOURCES))
    return SOURCES[settings.kind]


def layout_of(settings: SourceSettings) -> Layout:
    """Give the layout that settings name; raise `SettingsError` with the nearest where the kind has none such."""
    layouts = source_of(settings).layouts
    if settings.layout not in layouts:
        raise SettingsError(_unknown(settings, "layout", settings.layout, layouts))
    return layouts[settings.layout]


def read_extract(settings: SourceSettings, path: Path, before: Rows | None = None) -> Extract:
    """Read one extract as its settings say; where the rows of the one `before` are given, only what is new in it.

    A layout that cannot do so, an update, and rows that were read otherwise are all read whole (`Extract.partial`).

    Raises `SettingsError` for a kind, layout, file or column that is not there, `InputFaults` with all faults of the
    files otherwise.
    """
    layout = layout_of(settings)
    return layout.reread(settings, path, before) if layout.reread else layout.read(settings, path)


def _unknown(settings: SourceSettings, setting: str, value: str, choices: Iterable[str]) -> str:
    known = sorted(choices)
    hint = nearest(value, known)
    told = f"did you mean {hint}?" if hint else f"expected one of {', '.join(known)}"
    return f"[[sources]] {settings.name}: {setting} {value} is not known; {told}"

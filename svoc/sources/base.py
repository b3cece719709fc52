"""DOOR: what a kind of source must give, so that a new one is one file and one line in the list beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from svoc.errors import Fault
from svoc.settings import SourceSettings
from svoc.sources.rows import Rows

__all__ = ["Extract", "Layout", "Reader", "Rereader", "Source"]


@dataclass(frozen=True, slots=True)
class Extract:
    """What one extract of one source says.

    `records`: frame of `svoc.words.records.RECORDS`, sorted, one row for each party named.
    `withdrawn`: references of records that an update extract takes away (`record` String), empty for a full one.
    `content_date`: the day that the content speaks of; `stated`: whether that day is told, by the settings, the file's
    name or a column, and not worked out from stays or the file's own; `counts`: what came in, what was refused at the
    door and why (names of counts are words with underscores: rows, persons, organisations, executors, voids, anonymous,
    anonymous_refused, under_16, ...); `warnings`: what a reader should look at but what stops nothing.

    `rows`: where the layout is one row an entry, what the next extract of the source can be read against. An extract
    read so is `partial`: `records` are those that are new or may have changed, `withdrawn` those that are gone, and all
    else of the source stands as it stood (but for `line`); everything else here is as of the whole.
    """

    source: str
    kind: str
    files: tuple[Path, ...]
    records: pl.DataFrame
    content_date: date | None = None
    stated: bool = False
    mode: str = "full"
    withdrawn: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"record": pl.String()}))
    counts: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()
    rows: Rows | None = None
    partial: bool = False

    @property
    def size(self) -> int:
        """Give how many records the extract has, those included that were not read again."""
        kinds = ("persons", "organisations", "executors", "voids")
        return sum(self.counts[kind] for kind in kinds) if self.partial else self.records.height


Reader = Callable[[SourceSettings, Path], Extract]
"""Reads one extract; raises `InputFaults` with all faults of its files, or `SettingsError` for a column not there."""

Rereader = Callable[[SourceSettings, Path, Rows | None], Extract]
"""Reads one extract as a `Reader` does, or, where it is given the rows of the one before, what is new in it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which suppliers lay out a kind of source: its name, what it is in words, how it is read.

    `reread`: where the layout is one row an entry, how it is read against the rows of the extract before.
    """

    name: str
    words: str
    read: Reader
    reread: Rereader | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of source.

    `lists_once`: it names a person once at one place and time (the free labelled non-matches of the household);
    `renumbered`: its references are allotted anew from time to time, and then name others;
    `reference_codes`: the gazetteer's cross-reference codes for this kind's property references;
    `purposes`: what it may be used for (words of `svoc.words.purposes`); empty means that the lanes decide.
    """

    kind: str
    words: str
    layouts: Mapping[str, Layout]
    lists_once: bool = True
    renumbered: bool = False
    reference_codes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

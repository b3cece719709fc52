"""DOOR: what a kind of source must give, so that a new one is one file and one line in the list beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from svoc.errors import Fault
from svoc.settings import SourceSettings

__all__ = ["Extract", "Layout", "Reader", "Source"]


@dataclass(frozen=True, slots=True)
class Extract:
    """What one extract of one source says.

    `records`: frame of `svoc.words.records.RECORDS`, sorted, one row for each party named.
    `withdrawn`: references of records that an update extract takes away (`record` String), empty for a full one.
    `content_date`: the day that the content speaks of; `stated`: whether that day is told, by the settings, the file's
    name or a column, and not worked out from stays or the file's own; `counts`: what came in, what was refused at the
    door and why (names of counts are words with underscores: rows, persons, organisations, executors, voids, anonymous,
    anonymous_refused, under_16, ...); `warnings`: what a reader should look at but what stops nothing.
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


Reader = Callable[[SourceSettings, Path], Extract]
"""Reads one extract; raises `InputFaults` with all faults of its files, or `SettingsError` for a column not there."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way in which suppliers lay out a kind of source: its name, what it is in words, how it is read."""

    name: str
    words: str
    read: Reader


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

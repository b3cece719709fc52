"""Everything that can go wrong, in words that the person who must mend it understands.

::

    SvocError                    exit code 1
    ├── SettingsError            2   council.toml, an option, a column or a path that is not there
    │   └── PurposeRefused       2   a purpose that is unknown, expired or not allowed to read this
    ├── InputFaults              3   an extract or gazetteer holds faults; nothing was written
    ├── GuardRefused             4   a plan would do harm; nothing was changed
    └── TryAgain                 5   busy, database away or out of room; nothing was changed
        ├── AnotherNight         5   another night holds the lock
        ├── StalePlan            5   the plan was made on another truth than that which stands now
        └── StoreUnavailable     5   the database or the disk does not take or give

Messages name files, lines and columns, never a person or what a field holds of one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

__all__ = [
    "AnotherNight",
    "Fault",
    "GuardRefused",
    "InputFaults",
    "PurposeRefused",
    "SettingsError",
    "StalePlan",
    "StoreUnavailable",
    "SvocError",
    "TryAgain",
    "nearest",
]

SHOWN = 50


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong with one file, told so that it can be found and mended.

    >>> print(Fault(file="council_tax.csv", line=7, column="liability_start", expected="a date as 2026-11-02"))
    council_tax.csv, line 7, column liability_start: expected a date as 2026-11-02
    """

    file: str
    line: int | None = None
    column: str | None = None
    expected: str = ""
    nearest: str | None = None

    def __str__(self) -> str:
        place = [self.file]
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.column is not None:
            place.append(f"column {self.column}")
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"{', '.join(place)}: expected {self.expected}{hint}"


class SvocError(Exception):
    """The root of all errors that a user of svoc is shown without a traceback."""

    exit_code = 1


class SettingsError(SvocError):
    """Says which setting, option, column or path cannot be used, and the nearest that can."""

    exit_code = 2


class PurposeRefused(SettingsError):
    """Says that a purpose does not exist, has expired or may not read what was asked."""


class InputFaults(SvocError):
    """Holds every fault of the files that were read; nothing was written.

    `faults` has them all; the message shows the first fifty and counts the rest.
    """

    exit_code = 3

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(_told(self.faults))


class GuardRefused(SvocError):
    """Says which guards refused a plan and on which counts; the store is as it was."""

    exit_code = 4

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("The plan was refused and nothing was changed:\n" + "\n".join(f"- {r}" for r in reasons))


class TryAgain(SvocError):
    """Says that nothing is wrong with the input: the same command may work later."""

    exit_code = 5


class AnotherNight(TryAgain):
    """Says that another night holds the lock, and since when."""


class StalePlan(TryAgain):
    """Says what came between the making of a plan and its commit: plan again."""


class StoreUnavailable(TryAgain):
    """Says that the database or the disk does not take or give, and what to look at."""


def nearest(wanted: str, choices: Iterable[str]) -> str | None:
    """Find the choice that somebody who typed `wanted` most likely meant.

    >>> nearest("liabilty_start", ["liability_start", "postcode"])
    'liability_start'
    """
    by_folded = {c.casefold(): c for c in choices}
    found = get_close_matches(wanted.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def file_name(path: Path | str) -> str:
    """Give the part of a path that a message shows: the name alone, as people know their files."""
    return Path(path).name


def _told(faults: tuple[Fault, ...]) -> str:
    head = f"{len(faults)} fault{'s' if len(faults) != 1 else ''} in the input; nothing was written:"
    lines = [f"- {fault}" for fault in faults[:SHOWN]]
    rest = [f"- and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
    return "\n".join([head, *lines, *rest])

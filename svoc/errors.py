"""Everything that can go wrong, in words that the person who must mend it understands.

::

    SvocError                    exit code 1
    ├── SettingsError            2   council.toml, an option, a column or a path that is not there
    │   ├── PurposeRefused       2   a purpose that is unknown, expired or not allowed to read this
    │   └── DecidedMeanwhile     2   somebody else has answered the case, or what it shows is not so any more
    ├── InputFaults              3   an extract or gazetteer holds faults; nothing was written
    ├── GuardRefused             4   a plan would do harm; nothing was changed
    ├── LeftUndone              any  the night is committed, and what comes after it was not done: the cause's code
    └── TryAgain                 5   busy, database away or out of room; nothing was changed
        ├── AnotherNight         5   another night holds the lock
        ├── StalePlan            5   the plan was made on another truth than that which stands now
        └── StoreUnavailable     5   the database or the disk does not take or give

Messages name files, lines and columns, never a person or what a field holds of one.
"""

import errno
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

__all__ = [
    "AnotherNight",
    "DecidedMeanwhile",
    "Fault",
    "GuardRefused",
    "InputFaults",
    "LeftUndone",
    "PurposeRefused",
    "SettingsError",
    "StalePlan",
    "StoreUnavailable",
    "SvocError",
    "TryAgain",
    "exit_code_of",
    "nearest",
    "said_of",
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


class DecidedMeanwhile(SettingsError):
    """Says that a case is not as it was when it was shown: look again."""

    def __init__(self, words: str = "somebody else has answered this case since you were shown it: look again") -> None:
        super().__init__(words)


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


class LeftUndone(SvocError):
    """Says that a night is committed, what it left undone after that, and why; the next night does it."""

    def __init__(self, run: int, undone: str, cause: BaseException) -> None:
        super().__init__(f"night {run} is committed; {undone}: {said_of(cause)}")
        self.exit_code = exit_code_of(cause)


NOT_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError, FileExistsError, PermissionError)
"""Refusals of the system that another path or another right mends, and that waiting does not."""


def exit_code_of(fault: BaseException) -> int:
    """Give the code with which a command ends.

    >>> exit_code_of(GuardRefused(["half a file"])), exit_code_of(PermissionError()), exit_code_of(KeyError())
    (4, 2, 1)
    """
    if isinstance(fault, SvocError):
        return fault.exit_code
    if isinstance(fault, OSError):
        return SettingsError.exit_code if isinstance(fault, NOT_THERE) else TryAgain.exit_code
    return 1


def said_of(fault: BaseException) -> str:
    """Put what went wrong into a sentence without personal data.

    Of an unexpected error it names kind and place, and never its message, its values or what called it: they may hold
    what a field holds.

    >>> said_of(ValueError("MRS ANN SMITH"))
    'unexpected ValueError'
    """
    if isinstance(fault, SvocError):
        return str(fault)
    if isinstance(fault, OSError):
        name = Path(str(fault.filename)).name if fault.filename else "a file"
        words = "the disk is full" if fault.errno in {errno.ENOSPC, errno.EDQUOT} else fault.strerror
        return f"{name}: cannot be read or written ({words or type(fault).__name__})"
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [f for f in frames if Path(f.filename).parts[-2:-1] not in {("typer",), ("click",)}] or list(frames)
    where = f" at {'/'.join(Path(ours[-1].filename).parts[-3:])}, line {ours[-1].lineno}" if ours else ""
    return f"unexpected {type(fault).__name__}{where}"


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

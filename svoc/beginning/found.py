"""What is found out about one file: its kind, its layout, its columns, and how sure each of them is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from svoc.beginning.mapping import Certainty, Column

__all__ = ["GAZETTEER", "KINDS", "LIFE_EVENTS", "PEOPLE", "Found", "Line"]

GAZETTEER, LIFE_EVENTS = "gazetteer", "life_events"
PEOPLE = ("council_tax", "electoral_register", "generic")
KINDS = (GAZETTEER, *PEOPLE, LIFE_EVENTS)
"""What a file may be."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a mapping as council.toml has it: svoc's name, the headings, how sure and why.

    A line that is not `used` stands there as a comment, for a person to take or leave.
    """

    name: str
    headings: tuple[str, ...]
    certainty: Certainty
    why: str
    used: bool = True

    @classmethod
    def of(cls, name: str, columns: tuple[Column, ...], *, needed: bool = False) -> "Line":
        """Make the line of some columns: as sure as the least sure of them."""
        worst = min(columns, key=lambda column: column.certainty)
        used = needed or worst.certainty > Certainty.LOOK or " or is it " in worst.why
        return cls(name, tuple(column.heading for column in columns), worst.certainty, worst.why, used)


@dataclass(frozen=True, slots=True)
class Found:
    """One file, or several of one making, and what they are taken for.

    `kind` is one of `KINDS`, or empty where nothing can be made of them, and `why` says so; `mode` is full or update;
    `others` are the headings that nothing here reads.
    """

    files: tuple[Path, ...]
    kind: str
    certainty: Certainty
    why: str
    layout: str = ""
    mode: str = "full"
    lines: tuple[Line, ...] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def to_look_at(self) -> int:
        """Count what a person should look at."""
        unsure = sum(line.certainty is Certainty.LOOK for line in self.lines)
        return unsure + len(self.missing) + (self.certainty is Certainty.LOOK)

"""Turns a file into numbered lines of text, whatever its encoding and line ends."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Lines:
    """A file as text: its name, its lines and their numbers.

    `frame` has line UInt32 (from 1) and text String; blank lines are left out.
    """

    name: str
    frame: pl.DataFrame

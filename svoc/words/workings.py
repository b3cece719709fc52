"""What a night leaves so that the next need not read everything again; it may be thrown away at any time."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

__all__ = ["Workings"]


@dataclass(frozen=True, slots=True)
class Workings:
    """What the last night worked out on the way to its answers.

    `rests_on`: what it followed from besides the records; where that is another tonight, it is of no use. `people`:
    from `svoc.steps.pair.features`, all mentions that may be people; `keys`: from `matchers.keyed`, of the same;
    `pairs`: lane -> its scored pairs; `held`: frame of `DECISIONS`, the decisions that held.
    """

    rests_on: str
    people: pl.DataFrame
    keys: pl.DataFrame
    pairs: Mapping[str, pl.DataFrame]
    held: pl.DataFrame

"""What a night leaves so that the next need not read everything again; it may be thrown away at any time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

__all__ = ["Workings"]


@dataclass(frozen=True, slots=True)
class Workings:
    """What the last night worked out on the way to its answers.

    `rests_on`: what it followed from besides the records; where that is another tonight, it is of no use. `people`:
    from `svoc.steps.pair.features`, all mentions that may be people; `keys`: from `matchers.keyed`, of the same;
    `pairs`: lane -> its scored pairs; `held`: frame of `DECISIONS`, the decisions that held; `rows`: source -> what
    its last extract's rows are known again by (`svoc.sources.rows.Rows`: the frame, and what it tells beside it).
    """

    rests_on: str
    people: pl.DataFrame
    keys: pl.DataFrame
    pairs: Mapping[str, pl.DataFrame]
    held: pl.DataFrame
    rows: Mapping[str, tuple[pl.DataFrame, Mapping[str, str]]] = field(default_factory=dict)

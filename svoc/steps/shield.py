"""Say who is under protection: whoever shares a person with a flagged record, in whatever lane, over any number."""

from collections.abc import Iterable

import polars as pl

from svoc.words.protection import HELD

__all__ = ["shield", "together"]


def shield(held: pl.DataFrame, groups: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Spread protection (frame of `HELD`) over all that belongs together, and give it as a frame of `HELD`.

    `groups`: frames `mention`, `person`; every frame is one lane, or another reason for which records belong to one
    person. Protection goes from record to record through any of them, and each kind goes by itself.

    >>> held = pl.DataFrame({"mention": ["a"], "kind": ["safe-address"]})
    >>> lanes = [pl.DataFrame({"mention": ["a", "b"], "person": ["P", "P"]}),
    ...          pl.DataFrame({"mention": ["b", "c", "d"], "person": ["Q", "Q", "R"]})]
    >>> shield(held, lanes)["mention"].to_list()
    ['a', 'b', 'c']
    """
    lanes = list(groups)
    spread = [
        pl.DataFrame({"mention": together(of["mention"], lanes), "kind": str(kind)}, schema=HELD)
        for (kind,), of in held.group_by("kind")
    ]
    return pl.concat([pl.DataFrame(schema=HELD), *spread]).sort(list(HELD))


def together(mentions: pl.Series, lanes: Iterable[pl.DataFrame]) -> pl.Series:
    """Name these mentions and all that share a person with them in any lane, through however many others."""
    found = mentions.unique()
    lanes = list(lanes)
    while True:
        theirs = [
            lane.filter(
                pl.col("person").is_in(
                    lane.filter(pl.col("mention").is_in(found.implode()))["person"].unique().implode()
                )
            )["mention"]
            for lane in lanes
        ]
        wider = pl.concat([found, *theirs]).unique()
        if len(wider) == len(found):
            return found.sort()
        found = wider

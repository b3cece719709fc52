"""What is different from yesterday, and why."""

from enum import StrEnum

import polars as pl

__all__ = ["CHANGES", "Cause", "ChangeKind"]


class Cause(StrEnum):
    """Why something changed; only a change of the world is ever announced."""

    WORLD = "world"  # a source says something new
    IDENTITY = "identity"  # a merge, a split, a new key
    PLACEMENT = "placement"  # the gazetteer or the resolver moved a pin
    POLICY = "policy"  # the model or a rule changed
    FIRST_SIGHT = "first_sight"  # the first night, or the first night of a source
    ROLLBACK = "rollback"  # a night was undone
    RIGHT = "right"  # somebody's right was served: records were erased, restricted or freed


class ChangeKind(StrEnum):
    """What happened to a person."""

    NEW = "new"
    GONE = "gone"
    MERGED = "merged"
    SPLIT = "split"
    MEMBERS = "members"  # records came or went
    CHANGED = "changed"


CHANGES: dict[str, pl.DataType] = {
    "person": pl.String(),
    "kind": pl.String(),  # of ChangeKind
    "field": pl.String(),  # for changed: the golden fact
    "before": pl.String(),  # members: a JSON list of mention keys; split: the person that it was part of
    "after": pl.String(),  # new and split: the facts as JSON; members: as before; merged: the person that it is now
    "cause": pl.String(),  # of Cause
    "source": pl.String(),  # the source whose record says so, or did where nobody does any more
    "mention": pl.String(),
}
"""Columns and dtypes of changes, sorted by person, kind and field."""

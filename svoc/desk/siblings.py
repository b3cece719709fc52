"""Which cases a decision closes besides the one that it answers: those that ask of nobody else."""

from collections.abc import Mapping
from itertools import combinations

import polars as pl

from svoc.words.decisions import CaseKind, Verdict
from svoc.words.plan import LaneState

__all__ = ["closed_by"]

JUDGED = (Verdict.SAME.value, Verdict.DIFFERENT.value)
CLOSED = (CaseKind.HOUSEHOLD.value, CaseKind.POSSIBLE_MOVE.value, CaseKind.LOOKS_WRONG.value)
"""Kinds of case that ask of every two of their records whether they are one person."""


def closed_by(decisions: pl.DataFrame, state: LaneState) -> set[str]:
    """Name the cases of which every two persons have been judged since the night, by decisions about any case or none.

    `decisions`: frame of `DECISIONS` that were made since the night and hold. Between two persons of the night one
    decision is enough, as it is for the next night (`svoc.steps.triage`); within one person it takes each pair.
    """
    said = decisions.filter(pl.col("verdict").is_in(JUDGED))
    if said.is_empty():
        return set()
    ends = {*said["left"], *said["right"]}
    asked = state.cases.filter(pl.col("kind").is_in(CLOSED) & (pl.col("mentions").list.len() > 1))
    of_them = {*asked["mentions"].explode(), *ends}
    whose = dict(state.members.filter(pl.col("mention").is_in(sorted(of_them))).select("mention", "person").iter_rows())
    judged = {_named(two, whose) for two in said.select("left", "right").iter_rows()}
    rows = asked.select("case", "mentions").iter_rows()
    return {case for case, among in rows if all(_named(two, whose) in judged for two in combinations(among, 2))}


def _named(two: tuple[str, str], whose: Mapping[str, str]) -> frozenset[str]:
    """Name two records by their persons, where these are two."""
    persons = frozenset(whose.get(mention, mention) for mention in two)
    return persons if len(persons) > 1 else frozenset(two)

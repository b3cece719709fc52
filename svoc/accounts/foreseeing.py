"""What putting a fact right would change and who would be told, before anything is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from svoc.accounts.corrections import corrections_of
from svoc.accounts.rectification import mention_of, statement_of, what_is_right
from svoc.council import Council
from svoc.steps.suppose import decided
from svoc.words.decisions import Verdict
from svoc.words.events import EventAction
from svoc.words.plan import Plan

__all__ = ["Foreseen", "foresee"]

SUPPOSED = 999_999_999
"""The number of an act that is not done."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The next settling as it is, and with the fact put right; `told`: recipient -> notices of the lane."""

    without: Plan
    supposed: Plan
    told: Mapping[str, int]


def foresee(
    council: Council, person: str, facts: Mapping[str, str], *, actor: str, because: str, purpose: str
) -> Foreseen:
    """Suppose that facts are put right, as `svoc.accounts.rectify` takes them, and write nothing.

    Raises `SettingsError` and `PurposeRefused` as that does.
    """
    subject, whole, anchors = what_is_right(council, person, facts, actor=actor, because=because, purpose=purpose)
    yesterday, mention = council.store.yesterday(), mention_of(SUPPOSED)
    events = pl.concat([yesterday.events, statement_of(SUPPOSED, whole, EventAction.ASSERTED)])
    ledger = decided(yesterday.decisions, Verdict.CONFIRMED.value, [(mention, anchor) for anchor in anchors])
    supposed = council.settle(replace(yesterday, events=events, decisions=ledger))
    state = supposed.lanes[subject.lane].state
    whose = state.members.filter(pl.col("mention") == mention)["person"].to_list()
    rows = state.persons.filter(pl.col("person").is_in(whose)).iter_rows(named=True)
    told = [corrections_of(council, supposed, subject.lane, row, whole)["recipient"] for row in rows]
    counted = Counter(str(recipient) for each in told for recipient in each)
    return Foreseen(council.settle(yesterday), supposed, dict(sorted(counted.items())))

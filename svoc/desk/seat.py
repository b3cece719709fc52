"""A place at the desk: what one steward may see of what stands, for one purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from svoc.council import Council
from svoc.desk.case import Case
from svoc.desk.shared import Shared
from svoc.errors import SettingsError
from svoc.explaining import Explainer, Explanation
from svoc.reading import Reader, Standing
from svoc.store.past import last_seen
from svoc.words.answers import waiting_alone
from svoc.words.decisions import holding
from svoc.words.plan import Yesterday

__all__ = ["Seat"]


@dataclass(slots=True)
class Seat:
    """What one steward sees for one purpose; `shared`: what several desks of one process read once."""

    council: Council
    steward: str
    purpose: str
    shared: Shared | None = None

    def __post_init__(self) -> None:
        self.shared = self.shared or Shared(self.council)
        self.reader()

    @property
    def lane(self) -> str:
        """Give the lane that the purpose reads."""
        return self.reader().lane.name

    def reader(self) -> Reader:
        """Give the gate, opened for the steward and the purpose."""
        return self.council.reader(self.purpose, actor=self.steward)

    def standing(self) -> Standing:
        """Give what stands in the lane, unmasked, to work with."""
        assert self.shared is not None
        return self.shared.standing(self.reader())

    def explainer(self) -> Explainer:
        """Give what explains pairs of the lane's records, as far as the purpose may read."""
        return self.reader().explainer(self.standing())

    def yesterday(self) -> Yesterday:
        """Give what stands, read once for each night."""
        assert self.shared is not None
        return self.shared.yesterday()

    def _now(self) -> Standing:
        """Give what stands with the ledger as it is now, and not as it was when the night was read."""
        assert self.shared is not None
        return self.shared.newest(self.reader())

    def records(self, mentions: Sequence[str]) -> pl.DataFrame:
        """Give records of the lane as the purpose may see them, those that are gone as they were when last seen."""
        there = self.standing().mentions.filter(pl.col("mention").is_in(list(mentions)))
        gone = last_seen(self.council.store, set(mentions) - set(there["mention"]))
        return self.reader().shown(pl.concat([there, gone], how="diagonal"))

    def persons_of(self, mentions: Sequence[str]) -> dict[str, str]:
        """Say whose records are, as the last night has it; those that are nobody's are left out."""
        members = self.standing().state.members
        return dict(members.filter(pl.col("mention").is_in(list(mentions))).select("mention", "person").iter_rows())

    def hides(self, case: Case) -> bool:
        """Say whether nothing of a case may be shown that tells where somebody is."""
        return self.hides_any(case.mentions)

    def hides_any(self, mentions: Sequence[str]) -> bool:
        """Say the same of some records."""
        return not self._protected().isdisjoint(mentions)

    def _protected(self) -> frozenset[str]:
        """Give every record of a person of whom one record, whichever it is, is under protection.

        None, where the desk's purpose sees them.
        """
        reader = self.reader()
        if reader.purpose.sees_protected:
            return frozenset()
        assert self.shared is not None
        return self.shared.guarded(reader)

    def explain(self, left: str, right: str, *, for_subject: bool = False) -> Explanation:
        """Explain two mentions as far as the desk's purpose may read (`svoc.explaining.Explainer.explain`)."""
        return self.reader().explain(left, right, for_subject=for_subject)

    def history(self) -> pl.DataFrame:
        """Give every decision ever made about the lane's records, as a frame of `svoc.words.decisions.DECISIONS`."""
        return self.reader().decisions(self._now())

    def answered_by_one(self) -> frozenset[str]:
        """Name the life events that take two people and that one has answered; what they said is not told."""
        held = holding(self._now().decisions, date.min)
        return frozenset(waiting_alone(held)["left"])

    def _refuse_strangers(self, mentions: set[str], yesterday: Yesterday) -> None:
        """Refuse records that are not of the lane, nor were when they were last seen."""
        lane = self.reader().lane
        known = yesterday.mentions.filter(pl.col("mention").is_in(sorted(mentions)))
        away = mentions - set(known["mention"])
        there = {*known.filter(lane.admits())["mention"]}
        there |= set(last_seen(self.council.store, away).filter(lane.admits())["mention"]) if away else set()
        if strangers := sorted(mentions - there):
            raise SettingsError(f"there is no mention {strangers[0]}")

"""What an answer, or taking one back, would change: worked out on a copy, and nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from svoc.desk.case import Case
from svoc.desk.meaning import pairs_meant, spoken
from svoc.desk.preview import Preview, difference
from svoc.desk.regrouping import Said
from svoc.desk.seat import Seat
from svoc.errors import SettingsError
from svoc.steps.suppose import decided, taken_back, unanswered
from svoc.words.plan import Plan, Yesterday
from svoc.words.protection import WHERE

__all__ = ["Supposing"]


@dataclass(slots=True)
class Supposing(Seat):
    """A place at the desk from which answers are previewed."""

    def preview(
        self,
        case: Case,
        verdict: str,
        *,
        pair: tuple[str, str] | None = None,
        expires: date | None = None,
    ) -> Preview:
        """Say what an answer (as in `decide`) would change, and write nothing."""
        return self.suppose(spoken(case, verdict), pairs_meant(case, verdict, pair), expires=expires)

    def preview_undo(self, *numbers: int) -> Preview:
        """Say what taking decisions back would change, and write nothing."""
        yesterday = self.council.store.yesterday()
        held = self.reader().standing(yesterday).decisions.filter(pl.col("superseded_by").is_null())["decision"]
        if missing := sorted(set(numbers) - set(held)):
            raise SettingsError(f"there is no decision {missing[0]} that holds")
        return self._supposing(yesterday, taken_back(yesterday.decisions, numbers))

    def suppose(self, verdict: str, pairs: Sequence[tuple[str, str]], *, expires: date | None = None) -> Preview:
        """Say what a verdict about pairs of mentions, of a case or not, would change, and write nothing."""
        return self.suppose_all([(verdict, left, right) for left, right in pairs], expires=expires)

    def suppose_all(self, said: Sequence[Said], *, expires: date | None = None) -> Preview:
        """Say what deciding of several pairs (as in `decide_all`) would change, and write nothing."""
        yesterday = self.council.store.yesterday()
        self._refuse_strangers({m for _, *two in said for m in two}, yesterday)
        ledger = unanswered(yesterday.decisions, [left for _, left, _ in said])
        for verdict, left, right in said:
            ledger = decided(ledger, verdict, [(left, right)], expires=expires)
        return self._supposing(yesterday, ledger)

    def _supposing(self, yesterday: Yesterday, ledger: pl.DataFrame) -> Preview:
        """Settle on a copy, once without and once with the supposed ledger, and compare."""
        supposed = self.council.settle(replace(yesterday, decisions=ledger))
        return self.compare(self.council.settle(yesterday), supposed)

    def compare(self, without: Plan, supposed: Plan) -> Preview:
        """Say what of two plans for one night the purpose may see that differs."""
        reader = self.reader()
        found = difference(without, supposed, reader.lane.name, fields=reader.purpose.fields)
        members = supposed.lanes[self.lane].state.members
        hidden = members.filter(pl.col("mention").is_in(sorted(self._protected())))["person"]
        told = ~(pl.col("person").is_in(hidden.implode()) & pl.col("field").is_in(WHERE))
        moved = found.moved if reader.purpose.references else ()
        return replace(found, facts=found.facts.filter(told), moved=moved)

"""What a decision would change, before anything is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from svoc.words.changes import CHANGES, ChangeKind
from svoc.words.plan import LanePlan, Plan

__all__ = ["FACTS_CHANGED", "Preview", "difference"]

FACTS_CHANGED: dict[str, pl.DataType] = {n: CHANGES[n] for n in ("person", "field", "before", "after")}
"""Golden facts that would become others, sorted by person and field."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What deciding, or taking back, would change, beside what the next settling changes anyhow.

    `joined`: (person, the person whom they would be from then on); `parted`: (new person, the person whom they were
    part of); `moved`: (record, whose it is, whose it would be) where both persons stay; `facts`: frame of
    `FACTS_CHANGED`, as far as the purpose may see; `told`: recipient -> notices; `closed`, `opened`: cases that nobody
    would be asked any more, and new ones (case -> why it is asked). Persons, cases and notices are those of the desk's
    lane: what other lanes would do is not told. An identifier of a new person is what it would be if the next run
    settled this.
    """

    joined: tuple[tuple[str, str], ...]
    parted: tuple[tuple[str, str], ...]
    facts: pl.DataFrame
    told: Mapping[str, int]
    closed: tuple[str, ...]
    opened: Mapping[str, str]
    moved: tuple[tuple[str, str, str], ...] = ()

    @property
    def nothing(self) -> bool:
        """Say whether all would stay as it is."""
        return not (self.people or self.facts.height or self.told or self.closed or self.opened)

    @property
    def people(self) -> bool:
        """Say whether anybody would be another person."""
        return bool(self.joined or self.parted or self.moved)

    def figures(self) -> dict[str, object]:
        """Give all of it for machines."""
        return {
            "joined": [list(pair) for pair in self.joined],
            "parted": [list(pair) for pair in self.parted],
            "moved": [list(each) for each in self.moved],
            "facts": self.facts.to_dicts(),
            "told": dict(self.told),
            "closed": list(self.closed),
            "opened": dict(self.opened),
        }

    def words(self) -> str:
        """Tell all of it in lines."""
        if self.nothing:
            return "nothing would change"
        lines = [f"{gone} would be {into}" for gone, into in self.joined]
        lines += [f"{new} would be taken out of {old}" for new, old in self.parted]
        lines += [f"{record} would be moved from {old} to {new}" for record, old, new in self.moved]
        lines += [f"{p}: {f} {b or 'nothing'} would become {a or 'nothing'}" for p, f, b, a in self.facts.iter_rows()]
        lines += [f"{recipient} would be sent {n} notice{'s' if n > 1 else ''}" for recipient, n in self.told.items()]
        lines += [f"case {case} would be closed" for case in self.closed]
        lines += [f"case {case} would be opened: {why}" for case, why in self.opened.items()]
        return "\n".join(lines)


def difference(without: Plan, supposed: Plan, lane: str, *, fields: tuple[str, ...] | None) -> Preview:
    """Compare two plans for one night, of which the second knows one decision more or less.

    `lane`: whose persons and cases are told; `fields`: the golden facts that may be told, or all of them.
    """
    one, other = without.lanes[lane], supposed.lanes[lane]
    changes = _beyond(other.changes, one.changes)
    told = Counter(str(recipient) for recipient in _beyond_notices(other, one)["recipient"])
    before, after = (dict(p.state.cases.select("case", "reason").iter_rows()) for p in (one, other))
    facts = changes.filter(pl.col("kind") == ChangeKind.CHANGED.value)
    seen = facts if fields is None else facts.filter(pl.col("field").is_in(list(fields)))
    joined, parted = _pairs(changes, ChangeKind.MERGED, "after"), _pairs(changes, ChangeKind.SPLIT, "before")
    return Preview(
        joined=joined,
        parted=parted,
        moved=_moved(_as_known(one), other.state.members, {p for pair in (*joined, *parted) for p in pair[:1]}),
        facts=seen.select(FACTS_CHANGED.keys()).sort("person", "field"),
        told=dict(sorted(told.items())),
        closed=tuple(sorted(before.keys() - after.keys())),
        opened={case: after[case] for case in sorted(after.keys() - before.keys())},
    )


def _as_known(planned: LanePlan) -> pl.DataFrame:
    """Give who has which record, where whoever the plan itself would part is still whom they are part of.

    Nobody has met a person of a night that has not fallen: to be kept from being parted is not to be moved.
    """
    new = dict(_pairs(planned.changes, ChangeKind.SPLIT, "before"))
    return planned.state.members.with_columns(pl.col("person").replace(new))


def _moved(before: pl.DataFrame, after: pl.DataFrame, told: set[str]) -> tuple[tuple[str, str, str], ...]:
    """Name the records that go from one person who stays to another, and are not told of by a merge or a split."""
    both = before.select("mention", "person").join(after.select("mention", new="person"), on="mention")
    gone = both.filter((pl.col("person") != pl.col("new")) & ~pl.col("person").is_in(sorted(told)))
    return tuple(gone.filter(~pl.col("new").is_in(sorted(told))).sort("mention").iter_rows())


def _beyond(changes: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return changes.join(others, on=["person", "kind", "field", "before", "after"], how="anti", nulls_equal=True)


def _beyond_notices(planned: LanePlan, other: LanePlan) -> pl.DataFrame:
    return planned.notices.join(other.notices, on="notice", how="anti")


def _pairs(changes: pl.DataFrame, kind: ChangeKind, other: str) -> tuple[tuple[str, str], ...]:
    rows = changes.filter(pl.col("kind") == kind.value).select("person", other).sort("person", other)
    return tuple(rows.unique(maintain_order=True).iter_rows())

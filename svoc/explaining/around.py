"""The pair in the midst of all that has a say in it, solved again as the night solved it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from matchers.explain import context_if
from matchers.graph import grouped
from svoc.policy import Policy
from svoc.steps.group import Grouping, group
from svoc.steps.pair import besides, pair

__all__ = ["Around"]


@dataclass(frozen=True, slots=True)
class Around:
    """Some mentions, whoever is at their places or may be one with them, and all pairs between them.

    `mentions`: frame of `PLACED`; `pairs`: as `svoc.steps.pair` gives them, company included; `decisions`: frame of
    `DECISIONS` that hold; `grouping`: what `svoc.steps.group` makes of them, which for the mentions asked about is what
    it makes of them among all.
    """

    mentions: pl.DataFrame
    pairs: pl.DataFrame
    decisions: pl.DataFrame
    policy: Policy
    grouping: Grouping

    @classmethod
    def of(cls, mentions: pl.DataFrame, ends: Iterable[str], decisions: pl.DataFrame, policy: Policy) -> "Around":
        """Look around some mentions of a lane (frame of `PLACED`).

        An answer about a pair rests on its rivals, on whom these are one with at their own places, and on what their
        households add: so on all pairs that touch anybody at the place of anybody who may be meant.
        """
        asked = pl.Series("mention", sorted(set(ends)), dtype=pl.String)
        first = pair(mentions, policy.model, policy.engine, touching=asked)
        near = _decided_with(pl.concat([asked, first["left"], first["right"]]).unique(), decisions)
        places = mentions.filter(pl.col("mention").is_in(near.implode()))["place"].drop_nulls().unique()
        there = pl.col("mention").is_in(near.implode()) | pl.col("place").is_in(places.implode())
        members = _decided_with(mentions.filter(there)["mention"], decisions)
        pairs = pair(mentions, policy.model, policy.engine, touching=members)
        among = mentions.filter(pl.col("mention").is_in(members.implode()))
        pairs = pairs.filter(pl.all_horizontal(pl.col("left", "right").is_in(members.implode())))
        return cls(among, pairs, decisions, policy, _grouped(among, pairs, decisions, policy))

    def mention(self, key: str) -> dict[str, Any]:
        """Give one mention as a row."""
        return self.mentions.row(by_predicate=pl.col("mention") == key, named=True)

    def row(self, left: str, right: str) -> dict[str, Any] | None:
        """Give the scored pair, or nothing where no rule brings the two together."""
        found = self.pairs.filter(pl.col("left").is_in([left, right]) & pl.col("right").is_in([left, right]))
        return found.row(0, named=True) if found.height else None

    def link(self, left: str, right: str) -> dict[str, Any] | None:
        """Give the link of the two as the night keeps it, a row of `LINKS`, or nothing."""
        links = self.grouping.links
        found = links.filter(pl.col("left").is_in([left, right]) & pl.col("right").is_in([left, right]))
        return found.row(0, named=True) if found.height else None

    def cluster(self, key: str) -> str:
        """Name the person of a mention by the smallest key among those here."""
        found = self.grouping.clusters.filter(pl.col("mention") == key)["cluster"].to_list()
        return str(found[0]) if found else key

    def joined(self, left: str, right: str) -> bool:
        """Say whether the two are one person by what is here."""
        return self.cluster(left) == self.cluster(right)

    def way(self, left: str, right: str) -> list[str]:
        """Name the records over which two mentions are one person, link by link; none where it leads out of here."""
        same = self.grouping.links.filter(pl.col("answer") == "same").select("left", "right")
        ends = pl.concat([same, same.select(left="right", right="left")]).sort("left", "right")
        partners = dict(ends.group_by("left", maintain_order=True).agg("right").iter_rows())
        came, reached = {left: ""}, [left]
        for end in reached:
            fresh = [other for other in partners.get(end, []) if other not in came]
            came |= dict.fromkeys(fresh, end)
            reached += fresh
        path = [came.get(right, "")]
        while path[-1] not in {"", left}:
            path.append(came[path[-1]])
        return path[-2::-1]

    def without(self, row: dict[str, Any]) -> "Around":
        """Give the same where nothing brings a pair together."""
        pairs = self.pairs.filter((pl.col("left") != row["left"]) | (pl.col("right") != row["right"]))
        return replace(self, pairs=pairs, grouping=_grouped(self.mentions, pairs, self.decisions, self.policy))

    def if_instead(self, row: dict[str, Any], comparison: str, grade: int, gain: int) -> "Around":
        """Give the same with one comparison of one pair at another level."""
        its = (pl.col("left") == row["left"]) & (pl.col("right") == row["right"])
        grades, model = f"grade_{comparison}", self.policy.model
        changing = next(c for c in model.comparisons if c.name == comparison)
        changed = self.pairs.filter(its).with_columns(
            pl.lit(grade, self.pairs.schema[grades]).alias(grades),
            context=pl.lit(context_if(row, model, changing, grade)),
            weight=(pl.col("weight") + gain).cast(pl.Int32),
        )
        changed = changed.with_columns(besides(changed, model))
        pairs = pl.concat([self.pairs.filter(~its), changed.select(self.pairs.columns)])
        grouping = _grouped(self.mentions, pairs, self.decisions, self.policy)
        return replace(self, pairs=pairs, grouping=grouping)


def _grouped(mentions: pl.DataFrame, pairs: pl.DataFrame, decisions: pl.DataFrame, policy: Policy) -> Grouping:
    return group(mentions, pairs, decisions, policy.thresholds, policy.lists_once)


def _decided_with(mentions: pl.Series, decisions: pl.DataFrame) -> pl.Series:
    """Add whoever a decision connects with these mentions, through however many others."""
    said = decisions.select("left", "right")
    ends = pl.concat([mentions, said["left"], said["right"]]).unique().sort()
    groups = grouped(ends, said)
    touched = groups.filter(pl.col("id").is_in(mentions.implode()))["group"].unique()
    return groups.filter(pl.col("group").is_in(touched.implode()))["id"]

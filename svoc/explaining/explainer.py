"""Explains pairs of mentions of one lane for one purpose, from what the last night left."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import polars as pl

from matchers import score_pairs
from svoc.errors import SettingsError
from svoc.explaining.around import Around
from svoc.explaining.explanation import EXPLANATION, Explanation, Reason
from svoc.explaining.frame import laid_out
from svoc.explaining.gate import Gate
from svoc.explaining.turning import turning
from svoc.explaining.veil import veiled
from svoc.explaining.why import Asked, reasons
from svoc.explaining.wording import Ends
from svoc.policy import Policy
from svoc.steps.pair import features
from svoc.words.decisions import holding
from svoc.words.plan import LaneState, Yesterday
from svoc.words.purposes import Purpose

__all__ = ["Explainer"]

STALE = "the night weighed the pair otherwise; the model or the policy has changed since, and this is how it stands now"
WITHHELD = "what the other record says is about another person, and is not told here"

NOT_FOR_THIS_PURPOSE = "what it rests on is not told for this purpose"


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains what a night made of pairs of mentions, as far as a purpose may read.

    `mentions`: frame of `PLACED`, those that the purpose's lane admits; `state`: what the lane holds; `decisions`:
    frame of `DECISIONS` that hold; `kept_back`: mentions of the lane that are not among those, and of which is
    told whose they are and no more.
    """

    mentions: pl.DataFrame
    state: LaneState
    decisions: pl.DataFrame
    policy: Policy
    purpose: Purpose
    kept_back: frozenset[str] = frozenset()

    @classmethod
    def of(cls, yesterday: Yesterday, policy: Policy, purpose: Purpose) -> Self:
        """Stand where the last night ended."""
        lane = policy.purposes.lanes[purpose.lane]
        decisions = holding(yesterday.decisions, yesterday.as_of or date.min)
        return cls(yesterday.mentions.filter(lane.admits()), yesterday.lane(lane.name), decisions, policy, purpose)

    def veiling(self, hidden: frozenset[str]) -> Self:
        """Give the same where of these mentions nothing is told but whose they are."""
        if not hidden:
            return self
        theirs = pl.col("mention").is_in(sorted(hidden))
        there = frozenset(self.mentions.filter(theirs)["mention"])
        return replace(self, mentions=self.mentions.filter(~theirs), kept_back=there)

    def around(self, ends: Iterable[str]) -> Around:
        """Look around some mentions once, to explain several pairs of them."""
        return Around.of(self.mentions, ends, self.decisions, self.policy)

    def explain(self, left: str, right: str, *, for_subject: bool = False, around: Around | None = None) -> Explanation:
        """Explain two mentions; which of the two is named first makes no difference.

        With `for_subject` the answer is for the person whom `left` names, as in a subject access request: it names no
        third party, neither by name nor by reference, and of a record that is not theirs it says nothing. Raises
        `SettingsError` for a mention that the purpose may not read.
        """
        self._there(left, right)
        own = self._persons_mentions(left) if for_subject else None
        if own is not None and right not in own:
            return _withheld(left)
        one, other = sorted((left, right))
        if not self.kept_back.isdisjoint((one, other)):
            return self._kept_back(one, other)
        gate = Gate.of(self.purpose, own)
        found = around or self.around((one, other))
        persons = self._person(one), self._person(other)
        same = persons[0] is not None and persons[0] == persons[1]
        asked = Asked(found, one, other, same, gate)
        why = reasons(asked)
        scored, ends = self._scored(asked)
        steps = laid_out(asked, scored, ends, why, self.policy)
        told = Explanation(
            left=one,
            right=other,
            same=same,
            persons=persons,
            summary=_summary(asked, steps),
            reasons=why,
            change=turning(asked, why),
            weight=None if scored is None else int(scored["weight"][0]),
            steps=steps,
            note=self._stale(asked, scored),
        )
        return veiled(told, self.purpose)

    def _there(self, left: str, right: str) -> None:
        if left == right:
            raise SettingsError("the two mentions are the same one: name two")
        known = {*self.mentions.filter(pl.col("mention").is_in([left, right]))["mention"], *self.kept_back}
        missing = [mention for mention in (left, right) if mention not in known]
        if missing:
            raise SettingsError(f"no such mention: {', '.join(missing)}; a mention reads source/record/number")

    def _kept_back(self, one: str, other: str) -> Explanation:
        """Say whose the two are, and nothing that rests on where anybody lives."""
        persons = self._person(one), self._person(other)
        same = persons[0] is not None and persons[0] == persons[1]
        reason = Reason("withheld", NOT_FOR_THIS_PURPOSE)
        return Explanation(one, other, same, persons, "", (reason,), "", None, pl.DataFrame(schema=EXPLANATION))

    def _person(self, mention: str) -> str | None:
        found = self.state.members.filter(pl.col("mention") == mention)["person"].to_list()
        return str(found[0]) if found else None

    def _persons_mentions(self, mention: str) -> frozenset[str]:
        members = self.state.members
        person = members.filter(pl.col("mention") == mention).select("person")
        return frozenset({mention, *members.join(person, on="person", how="semi")["mention"]})

    def _scored(self, asked: Asked) -> tuple[pl.DataFrame | None, Ends | None]:
        """Score the pair with its bits, with the company that it was decided in; nothing where one is no person."""
        records = self.mentions.filter(pl.col("mention").is_in([asked.left, asked.right])).select("source", "record")
        people = features(self.mentions.join(records.unique(), on=["source", "record"], how="semi"))
        rows = {row["id"]: row for row in people.iter_rows(named=True)}
        if not {asked.left, asked.right} <= rows.keys():
            return None, None
        pair = pl.DataFrame({"left": [asked.left], "right": [asked.right]})
        scored = score_pairs(people, pair, self.policy.model, bits=True)
        row = asked.around.row(asked.left, asked.right)
        if row:
            scored = scored.with_columns(
                pl.lit(row["company"], pl.Int32).alias("company"), pl.lit(row["weight"], pl.Int32).alias("weight")
            )
        return scored, Ends(rows[asked.left], rows[asked.right], asked.gate)

    def _stale(self, asked: Asked, scored: pl.DataFrame | None) -> str:
        if self.kept_back:  # the night weighed the pair among them too: a difference would tell of somebody hidden
            return ""
        its = (pl.col("left") == asked.left) & (pl.col("right") == asked.right)
        kept = self.state.links.filter(its)["weight"].drop_nulls().to_list()
        return STALE if kept and scored is not None and kept[0] != scored["weight"][0] else ""


def _withheld(left: str) -> Explanation:
    nothing = pl.DataFrame(schema=EXPLANATION)
    reason = Reason("third_party", WITHHELD)
    return Explanation(left, "another record", False, (None, None), "", (reason,), "", None, nothing)


def _summary(asked: Asked, steps: pl.DataFrame) -> str:
    """Say in a line where the two are and what agrees."""
    one, other = asked.ends
    where = "at one address" if asked.together else "at two addresses"
    if not asked.together and None in {one["place"], other["place"]}:
        where = "not both at an address that is certain"
    names = steps.filter((pl.col("what") == "name") & (pl.col("kind") == "comparison"))["words"].to_list()
    names = [words.removeprefix("name: ") for words in names]
    beside = steps.filter(pl.col("kind").is_in(["company", "household"]))["words"].to_list()
    agreeing = steps.filter((pl.col("kind") == "comparison") & (pl.col("what") != "name") & (pl.col("bits") >= 1_000))
    return "; ".join([where, *names, *agreeing["words"], *beside])

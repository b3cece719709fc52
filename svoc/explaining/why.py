"""What decided about a pair: the rule or the threshold that joined it or kept it apart, with how far it was from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from matchers import candidates
from matchers.evidence import KIN
from svoc.explaining.around import Around
from svoc.explaining.explanation import Reason, bits
from svoc.explaining.gate import Gate
from svoc.explaining.household import at_once, described, rival_inside
from svoc.steps.group import BESIDES, rivals
from svoc.steps.pair import features
from svoc.words.decisions import Verdict
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["Asked", "reasons"]

MANY = 7
"""From so many mentions on at one place, a margin that decides may be a lower bound (`matchers.assign`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: two mentions, the smaller key first, what is around them, what the night made of them."""

    around: Around
    left: str
    right: str
    same: bool
    gate: Gate

    @property
    def ends(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give both mentions as rows."""
        return self.around.mention(self.left), self.around.mention(self.right)

    @property
    def together(self) -> bool:
        """Say whether both are at one place."""
        one, other = self.ends
        return one["place"] is not None and one["place"] == other["place"]

    def described(self, mention: str) -> str:
        """Describe a third mention."""
        return described(self.around, self.gate, mention, (self.left, self.right))


def reasons(asked: Asked) -> tuple[Reason, ...]:
    """Say what decided, the reason that weighs most first; there is always one."""
    fixed = _fixed(asked)
    if fixed:
        return (fixed,)
    row = asked.around.row(asked.left, asked.right)
    link = asked.around.link(asked.left, asked.right)
    if asked.same:
        return (_joined(asked, row, link),)
    if row is None:
        return (_never_met(asked),)
    found = _inside(asked, row, link) if asked.together else tuple(_across(asked, row))
    return found or (_parted(asked),)


def _fixed(asked: Asked) -> Reason | None:
    """Find what settles the question whatever the records agree on."""
    one, other = asked.ends
    if EVENTS_SOURCE in {one["source"], other["source"]}:
        return _event(asked)
    if {one["kind"], other["kind"]} != {"person"}:
        return Reason("not_a_person", "only people are compared, and one of the two is none")
    return _decided(asked) or (None if asked.same else _listed(asked))


def _listed(asked: Asked) -> Reason | None:
    """Say that a source which lists a person once lists the two."""
    one, other = asked.ends
    if one["source"] != other["source"] or not asked.around.policy.lists_once.get(one["source"], True):
        return None
    source = one["source"].replace("_", " ")
    if one["record"] == other["record"]:
        return Reason("side_by_side", f"the {source} names the two side by side in one record, so they are two people")
    if asked.together and at_once(one, other):
        words = f"the {source} lists a person once at one place and time, and lists both there at once"
        return Reason("listed_once", words)
    return None


def _event(asked: Asked) -> Reason:
    if asked.same:
        return Reason("life_event", "a steward confirmed that the life event is this person's")
    return Reason("life_event", "a life event joins nobody by itself: a steward says whose it is")


def _decided(asked: Asked) -> Reason | None:
    said = asked.around.decisions.filter(
        (pl.col("left") == asked.left)
        & (pl.col("right") == asked.right)
        & pl.col("verdict").is_in([Verdict.SAME.value, Verdict.DIFFERENT.value])
    ).sort("decision")
    if said.is_empty():
        return None
    row = said.row(-1, named=True)
    what = "one person" if row["verdict"] == Verdict.SAME.value else "two people"
    later = (row["verdict"] == Verdict.SAME.value) != asked.same
    wait = "; it waits for the next settling, or for another decision that contradicts it" if later else ""
    return Reason(f"steward_{row['verdict']}", f"a steward said on {row['at']:%Y-%m-%d} that they are {what}{wait}")


def _never_met(asked: Asked) -> Reason:
    """Say that no block brought the pair together, or that too many records share what would have."""
    model = asked.around.policy.model
    both = asked.around.mentions.filter(pl.col("mention").is_in([asked.left, asked.right]))
    if candidates(features(both), model.blocks).pairs.height:
        return Reason("crowd", "never compared: too many records share what would have brought them together")
    rules = "; ".join(str(block).replace("_", " ") for block in model.blocks)
    return Reason("never_met", f"never compared: none of the rules brings them together ({rules})")


# ---------------------------------------------------------------- one person


def _joined(asked: Asked, row: dict[str, Any] | None, link: dict[str, Any] | None) -> Reason:
    limits = asked.around.policy.thresholds
    if row is None or link is None or link["answer"] != "same":
        return _through_others(asked)
    if asked.together and link["margin"] is not None:
        least = "at least " if _household(asked) >= MANY else ""
        words = (
            f"the best reading of the household has them as one, by {least}{bits(link['margin'])} over the best that "
            f"keeps them apart; {bits(limits.margin)} are asked for"
        )
        return Reason("best_reading", words, link["margin"], limits.margin)
    if asked.together:
        return Reason("steward_same", "what stewards said of these and other records makes them one person")
    words = f"{bits(row['weight'])} speak for one person; {bits(limits.join)} are asked for between two addresses"
    rival = _rival_across(asked)
    clear = f"; the next best, {asked.described(rival[1])}, is {bits(row['weight'] - rival[0])} behind" if rival else ""
    return Reason("heavy_enough", words + clear, row["weight"], limits.join)


def _through_others(asked: Asked) -> Reason:
    way = asked.around.way(asked.left, asked.right)
    by = f"by way of {', '.join(map(asked.gate.record, way))}" if way else "by way of other records"
    return Reason("through_others", f"not by this pair: the two are one person {by}")


def _household(asked: Asked) -> int:
    return asked.around.mentions.filter(pl.col("place") == asked.ends[0]["place"]).height


# ---------------------------------------------------------------- two people, or a question


def _inside(asked: Asked, row: dict[str, Any], link: dict[str, Any] | None) -> tuple[Reason, ...]:
    """Say why two mentions at one place were not joined."""
    needs = asked.around.policy.thresholds.margin
    rival = rival_inside(asked.around, asked.left, asked.right)
    instead = f": {asked.described(rival)}" if rival else ""
    margin = link["margin"] if link else None
    if margin is None and row["weight"] < needs:
        return (_too_light(row["weight"], needs),)
    if margin is None:
        return (Reason("another_reading", f"another reading of the household is clearly better{instead}"),)
    asks = "; a steward is asked"
    if margin == 0:
        return (Reason("tie", f"another reading of the household is just as good{instead}{asks}", 0, needs),)
    if margin < needs and rival:
        how = f"{bits(margin)} behind the best that joins them" if margin > 0 else f"better by {bits(-margin)}"
        words = f"another reading of the household is {how}{instead}; {bits(needs)} are asked for{asks}"
        return (Reason("narrow", words, margin, needs),)
    if row["weight"] < needs:
        return (_too_light(row["weight"], needs),)
    return (_too_light(margin, needs),) if margin < needs else ()


def _too_light(has: int, needs: int) -> Reason:
    words = (
        f"too little is known: {bits(has)} where {bits(needs)} are asked for at one address, {bits(needs - has)} short"
    )
    return Reason("below", words, has, needs)


def _across(asked: Asked, row: dict[str, Any]) -> Iterator[Reason]:
    """Say why two mentions at two places were not joined; several bars may stand in the way."""
    limits, weight = asked.around.policy.thresholds, row["weight"]
    if weight < limits.join:
        short = bits(limits.join - weight)
        words = f"{bits(weight)} where {bits(limits.join)} are asked for between two addresses, {short} short"
        yield Reason("below", words, weight, limits.join)
    if row["context"] == KIN:
        yield Reason("kin", "the names conflict, and all else is what people share who live or lived together")
    if weight >= limits.possible and row["besides"] < BESIDES:
        most = bits(row["besides"])
        words = f"only names speak for it: of all else the most is {most}, and {bits(BESIDES)} are asked for"
        yield Reason("names_only", words, row["besides"], BESIDES)
    rival = _rival_across(asked)
    if weight >= limits.ask and rival and weight - rival[0] < limits.clear:
        lead = weight - rival[0]
        how = f"only {bits(lead)} ahead of the next best" if lead > 0 else f"{bits(-lead)} behind another"
        words = f"{how}, {asked.described(rival[1])}; {bits(limits.clear)} ahead are asked for"
        yield Reason("not_clear", words, lead, limits.clear)


def _rival_across(asked: Asked) -> tuple[int, str] | None:
    """Give the heaviest rival of either end for the other, as the grouping saw it."""
    around = asked.around
    people = around.mentions.filter(pl.col("source") != EVENTS_SOURCE).select("mention", "place")
    among = around.pairs.join(people, left_on="left", right_on="mention").join(
        people, left_on="right", right_on="mention"
    )
    links = around.grouping.links.join(people, left_on="left", right_on="mention").join(
        people, left_on="right", right_on="mention", suffix="_other"
    )
    clear = pl.col("margin").is_null() | (pl.col("margin") >= around.policy.thresholds.margin)
    answer = pl.when(clear).then("answer").otherwise(pl.lit("ask"))
    inside = links.filter(pl.col("place") == pl.col("place_other")).with_columns(answer=answer)
    found = rivals(among, inside, around.decisions, around.policy.thresholds.possible)
    both = [asked.left, asked.right]
    found = found.filter(pl.col("end").is_in(both) & pl.col("other").is_in(both))
    found = found.sort("weight_rival", "other_rival", descending=[True, False])
    return (found["weight_rival"][0], found["other_rival"][0]) if found.height else None


def _parted(asked: Asked) -> Reason:
    """Say that the pair would have been joined, had it not made one person of two that must be two."""
    refused = asked.around.grouping.refused
    kinds = refused.filter((pl.col("left") == asked.left) & (pl.col("right") == asked.right))["kind"].to_list()
    who = "that stewards told apart" if "decision" in kinds else "that one source names side by side"
    return Reason("parted", f"joining them would make one person of two {who}; a steward is asked")

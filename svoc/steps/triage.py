"""Say what a steward should look at: households that cannot be told, likely moves, conflicts, what looks wrong."""

import hashlib
from collections.abc import Mapping

import polars as pl

from matchers.graph import grouped
from svoc.steps.attach import Attached
from svoc.steps.contradict import in_conflict
from svoc.steps.group import Grouping
from svoc.words.decisions import CASES, CaseKind, Verdict

__all__ = ["EVENT_WORDS", "NAMED", "case_id", "said_to_match", "triage"]

HOUSEHOLD_WORDS = {
    "tie": "two answers about this household are equally good",
    "narrow": "another answer about this household is nearly as good",
    "weak": "too little is known to join these records at one place",
}


def triage(
    mentions: pl.DataFrame,
    grouping: Grouping,
    attached: Attached,
    decisions: pl.DataFrame,
    doubts: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Give the open cases as a frame of `CASES`.

    `mentions`: frame of `PLACED`; `grouping`: from `svoc.steps.group`; `attached`: from `svoc.steps.attach`;
    `decisions`: frame of `DECISIONS` that hold tonight: what a steward has answered about two persons, unsure
    included, is not asked again while the answer holds, whichever of their records it named; but an answer about a life
    event that waits for a second person's leaves the question open. `doubts`: frame of
    `DOUBTS`, entries of a new register of which nobody has said which of the old they are.
    """
    persons = dict(grouping.clusters.iter_rows())
    given = decisions.filter(~pl.col("decision").is_in(list(attached.waiting)))
    answered = {_pair(persons, *pair) for pair in given.select("left", "right").iter_rows()}
    questions = [
        *_households(grouping.doubts),
        *_moves(grouping),
        *_events(attached.candidates),
        *_successions(doubts, mentions),
    ]
    cases = [c for c in questions if not _answered(c, answered, persons)]
    still = [*cases, *_conflicts(grouping.refused, decisions), *_resting(attached), *_addresses(mentions)]
    rows = {case_id(kind, ids): (case_id(kind, ids), kind, place, ids, why, w) for kind, place, ids, why, w in still}
    return pl.DataFrame(list(rows.values()), schema=CASES, orient="row").sort("case")


Case = tuple[str, int | None, list[str], str, int | None]


def case_id(kind: str, mentions: list[str]) -> str:
    """Name a case by what it is about, so that it keeps its name while the question stands."""
    return hashlib.blake2b("\x1f".join([kind, *sorted(mentions)]).encode(), digest_size=6).hexdigest()


def _answered(case: Case, answered: set[frozenset[str]], persons: Mapping[str, str]) -> bool:
    """Say whether every two persons that the case asks about have been judged; what is one person is no question."""
    kind, _, ids, _, _ = case
    firsts = ids[:1] if kind in {CaseKind.LIFE_EVENT.value, CaseKind.SUCCESSION.value} else ids
    asked = {_pair(persons, a, b) for a in firsts for b in ids if a != b}
    return bool(asked) and all(pair in answered or len(pair) == 1 for pair in asked)


def _pair(persons: Mapping[str, str], left: str, right: str) -> frozenset[str]:
    return frozenset((persons.get(left, left), persons.get(right, right)))


def _households(doubts: pl.DataFrame) -> list[Case]:
    rows = doubts.filter(pl.col("kind") != "conflict").select("place", "ids", "kind", "margin").iter_rows()
    return [(CaseKind.HOUSEHOLD.value, p, sorted(ids), HOUSEHOLD_WORDS.get(kind, kind), m) for p, ids, kind, m in rows]


def _moves(grouping: Grouping) -> list[Case]:
    """Ask once about two persons at two places, however many of their records are alike."""
    asked = grouping.links.filter((pl.col("answer") == "ask") & pl.col("margin").is_null())
    if asked.is_empty():
        return []
    of = grouping.clusters
    persons = (
        asked.join(of.rename({"mention": "left", "cluster": "one"}), on="left")
        .join(of.rename({"mention": "right", "cluster": "other"}), on="right")
        .filter(pl.col("one") != pl.col("other"))
        .sort("weight", "left", "right", descending=[True, False, False])
        .with_columns(a=pl.min_horizontal("one", "other"), b=pl.max_horizontal("one", "other"))
        .unique(["a", "b"], keep="first", maintain_order=True)
    )
    words = "records at two places are probably one person"
    return [
        (CaseKind.POSSIBLE_MOVE.value, None, sorted((left, right)), words, weight)
        for left, right, weight in persons.select("left", "right", "weight").iter_rows()
    ]


def _conflicts(refused: pl.DataFrame, decisions: pl.DataFrame) -> list[Case]:
    """Ask once about each knot of decisions of which not all can hold, and name them; it stays while they do."""
    resting = refused.filter(pl.col("kind") == "conflict").select("left", "right")
    if resting.is_empty():
        return []
    ends = pl.concat([resting["left"], resting["right"]]).unique().sort()
    knots = grouped(ends, resting).group_by("group").agg(pl.col("id").sort())
    return [(CaseKind.CONFLICT.value, None, ids, _at_odds(ids, decisions), None) for ids in knots["id"].to_list()]


def _at_odds(ids: list[str], decisions: pl.DataFrame) -> str:
    said = in_conflict(decisions, ids)
    named = ", ".join(f"{number} ({verdict})" for number, verdict in said)
    among_them = any(verdict == Verdict.DIFFERENT.value for _, verdict in said)
    why = "contradict each other" if among_them else "make one person of two whom a source lists side by side"
    return f"decisions {named} {why}: every same of them rests until one is taken back or decided anew"


TORN = "a life event is confirmed of more than one person: it is nobody's until it is rejected for all but one"
AT_ODDS = "two people differ about a life event: it is nobody's until they say the same, or one takes theirs back"


def _resting(attached: Attached) -> list[Case]:
    """Ask about each event that is confirmed of several persons, or about which two people are at odds."""
    return [
        (CaseKind.CONFLICT.value, None, [event, *mentions], words, None)
        for found, words in ((attached.torn, TORN), (attached.at_odds, AT_ODDS))
        if not found.is_empty()
        for event, mentions in found.group_by("event", maintain_order=True).agg("mention").iter_rows()
    ]


NAMED = "named"
"""The state of an event for which people were found by name alone (`svoc.steps.seek`)."""
EVENT_WORDS = {
    "matched": "a life event: one person fits; confirm that it is theirs",
    "ambiguous": "a life event: several persons may be meant",
    "unmatched": "a life event: nobody on record fits",
    NAMED: "a life event: nobody fits well; these bear the name, or one like it, or live there and may be meant",
}


def said_to_match(reason: str) -> bool:
    """Say whether the reason of a case is that exactly one person fits its life event.

    >>> said_to_match(EVENT_WORDS["matched"]), said_to_match(EVENT_WORDS["ambiguous"])
    (True, False)
    """
    return reason == EVENT_WORDS["matched"]


def _events(candidates: pl.DataFrame) -> list[Case]:
    if candidates.is_empty():
        return []
    by_event = candidates.group_by("event", maintain_order=True).agg(
        "mention", pl.col("state").first(), pl.col("weight").first()
    )
    return [
        (CaseKind.LIFE_EVENT.value, None, [event, *(m for m in mentions[:5] if m)], EVENT_WORDS[state], weight)
        for event, mentions, state, weight in by_event.iter_rows()
    ]


def _successions(doubts: pl.DataFrame | None, mentions: pl.DataFrame) -> list[Case]:
    """Ask about each entry of a new register that may be one of several of the old, or not alone may be one of them."""
    if doubts is None:
        return []
    here = doubts.join(mentions.select("mention", "place"), on="mention")
    words = "an entry of the new register: which of the old is it, if any"
    rows = here.group_by("mention", "place").agg(pl.col("may_be").unique().sort()).sort("mention").iter_rows()
    return [(CaseKind.SUCCESSION.value, place, [entry, *old], words, None) for entry, place, old in rows]


def _addresses(mentions: pl.DataFrame) -> list[Case]:
    """Ask about records whose supplied UPRN contradicts the address that they write: once, however many they name."""
    disputed = mentions.filter(pl.col("rung").str.contains("disagree").fill_null(value=False))
    records = disputed.group_by("source", "record", "supplied_uprn").agg(pl.col("mention").sort())
    words = "the UPRN that the source supplies is not that of the address it writes"
    rows = records.select("mention", "supplied_uprn").iter_rows()
    return [(CaseKind.ADDRESS.value, uprn, ids, words, None) for ids, uprn in rows]

"""Say of each life event how far its claim has come, since when and by whom."""

from typing import Any

import polars as pl

from svoc.sources.life_events import in_force
from svoc.steps.agree import agree
from svoc.words.decisions import CaseKind, Verdict
from svoc.words.events import LIFE_EVENTS, Claim, EventAction
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["CLAIMS", "claims"]

CLAIMS: dict[str, pl.DataType] = {
    "event": pl.String(),  # its mention, as decisions and cases name it
    "kind": pl.String(),  # of EventKind
    "verification": pl.Int8(),
    "evidence": pl.String(),
    "state": pl.String(),  # of Claim
    "since": pl.Datetime("us", "UTC"),
    "by": pl.String(),  # who brought it into this state: who told it, took it back, or decided
    "waits_for": pl.String(),  # a human, a second human, two who differ, or nobody (null)
    "person": pl.String(),  # whose it is, once it is confirmed
    "candidates": pl.List(pl.String()),  # a record of each person who may be meant, the likeliest first
}
"""Columns and dtypes of claims, sorted by event."""

HUMAN, SECOND, AGREEMENT = "a human", "a second human", "two who differ"


def claims(told: pl.DataFrame, decisions: pl.DataFrame, members: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Give the claims of one lane as a frame of `CLAIMS`, one for each event, whatever became of it.

    `told`: frame of `TOLD_EVENTS`; `decisions`: frame of `DECISIONS` that hold; `members`: frame of `MEMBERS`, of the
    lane; `cases`: frame of `CASES`, of the lane.
    """
    said = agree(decisions, members.select("mention", cluster="person"))
    found = _Found(said.counted, decisions, cases, frozenset(said.at_odds["left"]), frozenset(said.waiting))
    last = in_force(told.select(LIFE_EVENTS.keys())).select("event", "sender", "reference", "action")
    rows = last.join(told.drop("sender", "reference", "action"), on="event").iter_rows(named=True)
    return pl.DataFrame([found.claim(row) for row in rows], schema=CLAIMS, orient="row").sort("event")


class _Found:
    """What the ledger and the last night say of events, by the event's mention."""

    def __init__(
        self,
        counted: pl.DataFrame,
        decisions: pl.DataFrame,
        cases: pl.DataFrame,
        at_odds: frozenset[str],
        waiting: frozenset[int],
    ) -> None:
        self.at_odds = at_odds
        self.waiting = {e for n, e in decisions.select("decision", "left").iter_rows() if n in waiting}
        asked = cases.filter(pl.col("kind") == CaseKind.LIFE_EVENT.value)["mentions"].to_list()
        self.asked: dict[str, list[str]] = {first: others for first, *others in asked}
        self.yes, self.no = (
            counted.filter(pl.col("verdict") == v.value) for v in (Verdict.CONFIRMED, Verdict.REJECTED)
        )
        self.said = decisions.select("verdict", "left", "right", "steward", "at", "people")

    def claim(self, row: dict[str, Any]) -> dict[str, Any]:
        """Give one claim; `row`: one of `TOLD_EVENTS`, the statement in force."""
        event = f"{EVENTS_SOURCE}/{row['sender']}:{row['reference']}/1"
        whose = self.yes.filter(pl.col("left") == event)["cluster"].to_list()
        state = Claim.RETRACTED if row["action"] == EventAction.RETRACTED.value else self._state(event, whose)
        told = {"event": event, "since": row["told"], "by": row["by"], "state": state.value}
        told |= {name: row[name] for name in ("kind", "verification", "evidence")}
        if state in {Claim.CONFIRMED, Claim.REJECTED}:
            told |= self._decided(event, Verdict(state.value))
        if state in {Claim.CANDIDATES, Claim.RECEIVED}:
            told |= {"waits_for": self._waits_for(event, whose), "candidates": self.asked.get(event, [])}
        return told | {"person": whose[0] if state is Claim.CONFIRMED else None}

    def _state(self, event: str, whose: list[str]) -> Claim:
        asked = set(self.asked.get(event, []))
        if event in self.at_odds or len(whose) > 1 or event in self.waiting:
            return Claim.CONFIRMED if len(whose) == 1 else Claim.CANDIDATES
        ruled_out = set(self._of(event, Verdict.REJECTED)["right"])
        if whose or (ruled_out and asked <= ruled_out):
            return Claim.CONFIRMED if whose else Claim.REJECTED
        return Claim.CANDIDATES if asked else Claim.RECEIVED

    def _waits_for(self, event: str, whose: list[str]) -> str:
        if event in self.at_odds or whose:
            return AGREEMENT
        return SECOND if event in self.waiting else HUMAN

    def _of(self, event: str, verdict: Verdict) -> pl.DataFrame:
        return self.said.filter((pl.col("left") == event) & (pl.col("verdict") == verdict.value))

    def _decided(self, event: str, verdict: Verdict) -> dict[str, Any]:
        """Say who decided, all of them, and since when it counts: since the last of them said so."""
        said = self._of(event, verdict).sort("at")
        return {"since": said["at"].to_list()[-1], "by": ", ".join(said["steward"].unique(maintain_order=True))}

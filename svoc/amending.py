"""Holds what systems were told of deaths against what a plan makes so, and tells whoever was told otherwise.

`svoc.steps.announce` tells those who hold a record of the person tonight. Who was told of a death and holds none any
more (an account is closed because of it) must hear all the same that it was none, or was on another day; and so must
whoever was told by a record that has since proved to be somebody else's. What a system knows already, as after a night
that was undone, it is not told again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from svoc.notices.routes import CORRECTED, RETRACTED
from svoc.sources.life_events import in_force
from svoc.store import tables
from svoc.store.outbox import told
from svoc.store.past import members_on
from svoc.store.standing import of_table
from svoc.store.store import Store
from svoc.words.decisions import Verdict, holding
from svoc.words.events import EventAction
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.notices import AS_IT_WENT, NOTICES
from svoc.words.plan import LanePlan, Plan, Yesterday
from svoc.words.protection import WHERE

__all__ = ["amended"]

DEATH = "death"
SAYS_DEAD = (DEATH, f"{DEATH}{CORRECTED}")

Key = tuple[str, str, str | None]
"""The person as they are known tonight, the recipient and its reference."""


def amended(plan: Plan, yesterday: Yesterday, store: Store) -> Plan:
    """Give a plan whose notices of deaths leave every system that was ever told knowing what stands, once each."""
    kind = of_table(tables.NoticeRow).c.kind
    outbox = told(store, kind.in_([*SAYS_DEAD, RETRACTED])).filter(~pl.col("withdrawn"))
    if outbox.is_empty():
        return plan
    claims = _Claims.of(plan, yesterday)
    lanes = dict(plan.lanes)
    for (name,), sent in outbox.group_by("lane", maintain_order=True):
        if lane := lanes.get(str(name)):
            heard = _Lane(str(name), lane, plan.run, claims, store)
            heard.hear(sent)
            lanes[str(name)] = replace(lane, notices=heard.notices())
    return replace(plan, lanes=lanes)


@dataclass(frozen=True, slots=True)
class _Claims:
    """What stands of claims tonight, by their mentions.

    `retracted`: by their senders; `here`: those that are among tonight's records; `meant`: those of which somebody says
    yet whose they are, though they may rest.
    """

    retracted: frozenset[str]
    here: frozenset[str]
    meant: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, yesterday: Yesterday) -> "_Claims":
        said = in_force(pl.concat([yesterday.events, plan.events]))
        gone = said.filter(pl.col("action") == EventAction.RETRACTED.value).select("sender", "reference").iter_rows()
        held = holding(yesterday.decisions, plan.as_of).filter(pl.col("verdict") == Verdict.CONFIRMED.value)
        return cls(
            frozenset(f"{EVENTS_SOURCE}/{sender}:{reference}/1" for sender, reference in gone),
            frozenset(plan.mentions.filter(pl.col("source") == EVENTS_SOURCE)["mention"]),
            frozenset(held["left"]),
        )

    def fallen(self, event: str) -> bool:
        """Say whether a claim that is nobody's tonight has fallen, and does not only rest, or wait to be seen again."""
        return event in self.retracted or (event in self.here and event not in self.meant)


class _Lane:
    """One lane of a plan, and what its systems were told."""

    def __init__(self, name: str, lane: LanePlan, run: int, claims: _Claims, store: Store) -> None:
        self.name, self.lane, self.run, self.claims, self.store = name, lane, run, claims, store
        self.forwards = dict(lane.state.forwards.select("retired", "current").iter_rows())
        self.of = dict(lane.state.members.iter_rows())
        self.dead = set(lane.state.persons.filter("deceased")["person"])
        self.last: dict[Key, dict[str, Any]] = {}
        self.event: dict[Key, str] = {}

    def hear(self, outbox: pl.DataFrame) -> None:
        """Take in what was told, the oldest first (`OUTBOX`): of each chain the last word counts."""
        chains: dict[tuple[str, str, str | None], Key] = {}
        for row in outbox.iter_rows(named=True):
            event = str(row["because"])
            key = chains.get((event, row["recipient"], row["reference"])) or self._key(row)
            self.last[key] = row
            if event.startswith(f"{EVENTS_SOURCE}/"):
                self.event[key] = event
                chains[event, row["recipient"], row["reference"]] = key

    def _key(self, row: Mapping[str, Any]) -> Key:
        return self.forwards.get(row["person"]) or row["person"], row["recipient"], row["reference"]

    def notices(self) -> pl.DataFrame:
        """Give the lane's notices: without what is known already, with what is owed."""
        planned = [row for row in self.lane.notices.iter_rows(named=True) if not self._known(row)]
        told = {self._key(row) for row in planned if row["kind"] in OF_DEATHS}
        owed = [self._owed(key, row) for key, row in self.last.items() if row["kind"] in SAYS_DEAD and key not in told]
        more = [row for row in owed if row]
        return pl.DataFrame([*planned, *more], schema=NOTICES, orient="row").sort("notice")

    def _known(self, row: Mapping[str, Any]) -> bool:
        """Say whether a planned notice tells a system of a death, or that it was none, as it was told last."""
        was = self.last.get(self._key(row))
        if row["kind"] == RETRACTED:
            heard = any(person == row["person"] for person, _, _ in self.last)
            return heard and (was is None or was["kind"] == RETRACTED)
        return row["kind"] == DEATH and was is not None and was["kind"] in SAYS_DEAD and _same(was, row)

    def _owed(self, key: Key, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Say what whoever was told last that somebody is dead must hear tonight, if anything."""
        event, person = self.event.get(key, ""), key[0]
        whose = self.of.get(event)
        if whose is None:
            fallen = self.claims.fallen(event) and person not in self.dead
            return self._about(row, person, RETRACTED, event) if fallen else None
        if others := self._now_of_others(row, whose):
            return self._about(row, min(others), RETRACTED, event)
        right = self._about(row, whose, f"{DEATH}{CORRECTED}", event)
        wrong = json.loads(row["payload"]).get("died") != json.loads(right["payload"]).get("died")
        return right if wrong else None

    def _now_of_others(self, row: Mapping[str, Any], whose: str) -> set[str]:
        """Give whose the record is now by which a system was told, where it is not that of whoever died."""
        then = members_on(self.store, row["person"], self.name, row["run"])
        its = then.filter((pl.col("source") == row["recipient"]) & (pl.col("record") == row["reference"]))["mention"]
        owners = {self.of[mention] for mention in its if mention in self.of}
        return owners if whose not in owners else set()

    def _about(self, row: Mapping[str, Any], person: str, kind: str, event: str) -> dict[str, Any]:
        """Write the notice that follows another: of its fields those that tell no place, as they stand tonight."""
        found = self.lane.state.persons.filter(pl.col("person") == person).to_dicts()
        stands = found[0] if found else {}
        told = {name: _plain(stands.get(name)) for name in json.loads(row["payload"]) if name not in WHERE}
        payload = json.dumps(told, ensure_ascii=False, sort_keys=True)
        seed = "\x1f".join([str(self.run), row["notice"], kind, payload])
        kept = {name: row[name] for name in AS_IT_WENT}
        notice = hashlib.blake2b(seed.encode(), digest_size=10).hexdigest()
        return {**kept, "notice": notice, "person": person, "kind": kind, "payload": payload, "because": event}


OF_DEATHS = (*SAYS_DEAD, RETRACTED)


def _same(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Say whether two notices tell the same of what both tell."""
    before, after = json.loads(was["payload"]), json.loads(now["payload"])
    return before.keys() == after.keys() and all(before[name] == after[name] for name in before if name not in WHERE)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value

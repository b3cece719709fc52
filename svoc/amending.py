"""Holds what systems were told of lives against what a plan makes so, and tells whoever was told otherwise.

`svoc.steps.announce` tells those who hold a record of the person tonight. Who was told of a death, a move, a new name,
a birth or a telephone, and holds no record any more (an account is closed because of it), must hear all the same that
it was none, or was otherwise; and so must whoever was told by a record that has since proved to be somebody else's.
Nobody else hears of it. What a system knows already, as after a night that was undone, it is not told again; and what
it was never sent is withdrawn, and needs no taking back.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from sqlalchemy import and_, or_

from svoc.notices.routes import CORRECTED, KIND_OF_FACT, RETRACTED, TAKEN_BACK, first_told
from svoc.sources.life_events import in_force
from svoc.steps.withhold import may_be_told
from svoc.store import tables
from svoc.store.outbox import told
from svoc.store.past import members_on
from svoc.store.standing import of_table
from svoc.store.store import Store
from svoc.survivorship.policy import GROUPS
from svoc.words.changes import ChangeKind
from svoc.words.decisions import Verdict, holding
from svoc.words.events import EventAction
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.named import another, named_as, of_record
from svoc.words.notices import AS_IT_WENT, CHANGE_KINDS, NOTICES
from svoc.words.plan import LanePlan, Plan, Yesterday
from svoc.words.protection import WHERE, holding_flags

__all__ = ["amended"]

DEATH = "death"
KINDS = [kind + end for kind in CHANGE_KINDS for end in ("", TAKEN_BACK, CORRECTED)]
NOTICE = of_table(tables.NoticeRow).c

Row = Mapping[str, Any]
Key = tuple[str, str, str | None, str]
"""The person as they are known tonight, the recipient, its reference, and what kind of change it was told of."""


def amended(plan: Plan, yesterday: Yesterday, store: Store) -> Plan:
    """Give a plan whose notices leave every system that was ever told of a life event knowing what stands, once each.

    What was never sent, and would have to be taken back, is among the plan's `withdrawn_notices`.
    """
    claims = _Claims.of(plan, yesterday)
    outbox = _outbox(plan, claims.in_doubt(plan, yesterday), store)
    if outbox.is_empty() and not any(RETRACTED in lane.notices["kind"] for lane in plan.lanes.values()):
        return plan
    lanes, unsent = dict(plan.lanes), list(plan.withdrawn_notices)
    for name, lane in plan.lanes.items():
        heard = _Lane(name, lane, plan, claims, store, _protected(plan, yesterday, lane))
        heard.hear(outbox.filter(pl.col("lane") == name))
        lanes[name] = replace(lane, notices=heard.notices())
        unsent += heard.unsent
    return replace(plan, lanes=lanes, withdrawn_notices=tuple(sorted(unsent)))


def _outbox(plan: Plan, in_doubt: Collection[str], store: Store) -> pl.DataFrame:
    """Give what was told because of events that may have changed, or of records that are told something tonight.

    With it goes all that the same records were told of the same kinds, for the last word counts.
    """
    planned = pl.concat([lane.notices.select("kind", "reference") for lane in plan.lanes.values()])
    of_deaths = planned.filter(pl.col("kind").str.starts_with(DEATH))["reference"].drop_nulls()
    if not in_doubt and of_deaths.is_empty():
        return told(store, NOTICE.kind.is_(None))
    because = NOTICE.because.in_(sorted(in_doubt))
    first = told(store, and_(NOTICE.kind.in_(KINDS), or_(because, NOTICE.reference.in_(of_deaths.unique().to_list()))))
    same = first["reference"].drop_nulls().unique().to_list()
    its = or_(NOTICE.reference.in_(same), and_(NOTICE.reference.is_(None), because))
    return told(store, and_(NOTICE.kind.in_(KINDS), its)).filter(~pl.col("withdrawn"))


def _protected(plan: Plan, yesterday: Yesterday, lane: LanePlan) -> dict[str, list[str]]:
    """Give the kinds of protection that a lane's persons are under."""
    laid = yesterday.protection.clear() if plan.protection is None else plan.protection
    flags = pl.concat([holding_flags(yesterday.protection).select("mention", "kind"), laid.select("mention", "kind")])
    theirs = lane.state.members.join(flags, on="mention").group_by("person").agg(pl.col("kind").unique().sort())
    return dict(theirs.iter_rows())


@dataclass(frozen=True, slots=True)
class _Claims:
    """What stands of claims tonight, by their mentions.

    `retracted`: by their senders; `here`: those that are among tonight's records; `meant`: those of which somebody says
    yet whose they are, though they may rest; `denied`: event and record, where somebody says that it is not theirs.
    """

    retracted: frozenset[str]
    here: frozenset[str]
    meant: frozenset[str]
    denied: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, plan: Plan, yesterday: Yesterday) -> "_Claims":
        said = in_force(pl.concat([yesterday.events, plan.events]))
        gone = said.filter(pl.col("action") == EventAction.RETRACTED.value).select("sender", "reference").iter_rows()
        of_them = {f"{EVENTS_SOURCE}/{sender}:{reference}" for sender, reference in gone}
        held = holding(yesterday.decisions, plan.as_of)
        known = yesterday.known.filter(pl.col("source") == EVENTS_SOURCE)["mention"].to_list()
        return cls(
            frozenset(event for event in known if event.rpartition("/")[0] in of_them),
            frozenset(plan.mentions.filter(pl.col("source") == EVENTS_SOURCE)["mention"]),
            frozenset(held.filter(pl.col("verdict") == Verdict.CONFIRMED.value)["left"]),
            frozenset(held.filter(pl.col("verdict") == Verdict.REJECTED.value).select("left", "right").iter_rows()),
        )

    def fallen(self, event: str) -> bool:
        """Say whether a claim that is nobody's tonight has fallen, and does not only rest, or wait to be seen again."""
        return event in self.retracted or (event in self.here and event not in self.meant)

    def in_doubt(self, plan: Plan, yesterday: Yesterday) -> set[str]:
        """Name the events of which systems may have been told otherwise than is so tonight.

        They have fallen, say something else than yesterday, or are of somebody whose records are others than yesterday.
        """
        found = set(self.retracted) | (self.here - self.meant)
        is_event = pl.col("mention").str.starts_with(f"{EVENTS_SOURCE}/")
        amended = plan.mentions.filter(is_event & (pl.col("change") != "standing"))["mention"]
        moved = [ChangeKind.MEMBERS.value, ChangeKind.SPLIT.value, ChangeKind.MERGED.value]
        for name, lane in plan.lanes.items():
            regrouped = lane.changes.filter(pl.col("kind").is_in(moved))
            persons = pl.concat([regrouped["person"], regrouped.filter(pl.col("kind") == moved[2])["after"]])
            own = lane.state.members.filter(is_event)
            other = own.join(yesterday.lane(name).members, on=["mention", "person"], how="anti")["mention"]
            found |= {*other, *own.filter(pl.col("person").is_in(persons.implode()))["mention"]}
        return found | set(amended)


class _Lane:
    """One lane of a plan, and what its systems were told."""

    def __init__(
        self, name: str, lane: LanePlan, plan: Plan, claims: _Claims, store: Store, kinds: Mapping[str, list[str]]
    ) -> None:
        self.name, self.lane, self.plan, self.claims, self.store, self.kinds = name, lane, plan, claims, store, kinds
        self.forwards = dict(lane.state.forwards.select("retired", "current").iter_rows())
        self.of = dict(lane.state.members.iter_rows())
        self.dead = set(lane.state.persons.filter("deceased")["person"])
        self.told: dict[Key, list[Row]] = {}
        self.event: dict[Key, str] = {}
        self.unsent: list[str] = []

    def hear(self, outbox: pl.DataFrame) -> None:
        """Take in what was told, the oldest first (`OUTBOX`): of each chain the last word counts."""
        chains: dict[tuple[str, str, str | None, str], Key] = {}
        for row in outbox.iter_rows(named=True):
            event, kind = str(row["because"]), first_told(row["kind"])
            key = chains.get((event, row["recipient"], row["reference"], kind)) or self._key(row)
            self.told.setdefault(key, []).append(row)
            if event.startswith(f"{EVENTS_SOURCE}/"):
                self.event[key] = event
                chains[event, row["recipient"], row["reference"], kind] = key
            elif kind != DEATH:  # a system has said something else since, and that was told
                self.event.pop(key, None)

    def _key(self, row: Row) -> Key:
        person = self.forwards.get(row["person"]) or row["person"]
        return person, row["recipient"], row["reference"], first_told(row["kind"])

    def notices(self) -> pl.DataFrame:
        """Give the lane's notices: without what is known already, with what is owed."""
        planned = [row for row in self.lane.notices.iter_rows(named=True) if not self._known(row)]
        heard = {self._key(row) for row in planned if first_told(row["kind"]) in CHANGE_KINDS}
        owed = [self._owed(key, rows) for key, rows in self.told.items() if key not in heard]
        more = [row for row in owed if row]
        return pl.DataFrame([*planned, *more], schema=NOTICES, orient="row").sort("notice")

    def _known(self, row: Row) -> bool:
        """Say whether a planned notice tells a system of a death as it was told last; that it was none is `_owed`."""
        if row["kind"] == RETRACTED:
            return True
        last = self.told.get(self._key(row), [])[-1:]
        return row["kind"] == DEATH and any(not w["kind"].endswith(TAKEN_BACK) and _same(w, row) for w in last)

    def _owed(self, key: Key, rows: list[Row]) -> dict[str, Any] | None:
        """Say what whoever was told something last must hear tonight, if anything; what was not sent is withdrawn."""
        row = rows[-1]
        if row["kind"].endswith(TAKEN_BACK):
            return None
        found = self._wrong(key, row)
        if found is None:
            return None
        person, event, end = found
        waiting = [each for each in rows if not each["sent"]]
        self.unsent += [each["notice"] for each in waiting]
        # What was tried and failed may have arrived all the same.
        heard = [each for each in rows if each["sent"] or each["tries"]]
        if not heard:
            return self._about(row, person, key[3], event) if end == CORRECTED else None
        knows_better = end == TAKEN_BACK and heard[-1]["kind"].endswith(TAKEN_BACK)
        return None if knows_better else self._about(heard[-1], person, key[3] + end, event)

    def _wrong(self, key: Key, row: Row) -> tuple[str, str, str] | None:
        """Say what is wrong of what a system was told last: of whom, by which event, and whether altogether."""
        event, person, kind = self.event.get(key, ""), key[0], key[3]
        whose = self.of.get(event)
        if whose is None:
            fallen = self.claims.fallen(event) and not (kind == DEATH and person in self.dead)
            return (person, event, TAKEN_BACK) if fallen else None
        its = self._records(row)
        owners = {self.of[mention] for mention in its if mention in self.of}
        if owners and whose not in owners:
            return min(owners), event, TAKEN_BACK
        if not owners and whose != person and any((event, mention) in self.claims.denied for mention in its):
            return person, event, TAKEN_BACK
        stands = self._stands(whose)
        said = json.loads(row["payload"])
        facts = [fact for fact in said if self._tells(stands, kind, fact, event)]
        other = any(said[fact] != _plain(stands.get(fact)) for fact in facts)
        return (whose, event, CORRECTED) if other else None

    def _tells(self, stands: Row, kind: str, fact: str, event: str) -> bool:
        """Say whether a fact of a notice is what the event says: of a death its day, whoever says it tonight."""
        if kind == DEATH:
            return fact == "died"
        group = next((name for name, facts in GROUPS.items() if fact in facts), "")
        why = json.loads(stands.get("provenance") or "{}").get(group, {})
        return KIND_OF_FACT.get(fact) == kind and why.get("mention") == event

    def _records(self, row: Row) -> list[str]:
        """Give the record by which a system was told, unless the system has written somebody else into it since."""
        then = members_on(self.store, row["person"], self.name, row["run"])
        its = then.filter((pl.col("source") == row["recipient"]) & (pl.col("record") == row["reference"]))
        now = self.plan.mentions.filter(pl.col("mention").is_in(its["mention"].implode()))
        was, named = ({r["mention"]: of_record(named_as(r)) for r in f.iter_rows(named=True)} for f in (its, now))
        return [mention for mention, who in was.items() if not another(who, named.get(mention, ""))]

    def _stands(self, person: str) -> Row:
        found = self.lane.state.persons.filter(pl.col("person") == person).to_dicts()
        return found[0] if found else {}

    def _about(self, row: Row, person: str, kind: str, event: str) -> dict[str, Any] | None:
        """Write the notice that follows another: of its fields those that tell no place, as they stand tonight.

        Where somebody is it tells only a record that lies there already.
        """
        stands = self._stands(person)
        its = (pl.col("source") == row["recipient"]) & (pl.col("record") == row["reference"])
        lies_there = stands.get("uprn") in self.plan.mentions.filter(its)["uprn"].drop_nulls().to_list()
        may = first_told(kind) == "address" and lies_there
        told = {fact: _plain(stands.get(fact)) for fact in json.loads(row["payload"]) if may or fact not in WHERE}
        told_of = may_be_told(kind, _written(told), self.kinds.get(person, ()))
        if told_of is None:
            return None
        seed = "\x1f".join([str(self.plan.run), row["notice"], kind, told_of])
        kept = {name: row[name] for name in AS_IT_WENT}
        notice = hashlib.blake2b(seed.encode(), digest_size=10).hexdigest()
        return {**kept, "notice": notice, "person": person, "kind": kind, "payload": told_of, "because": event}


def _same(was: Row, now: Row) -> bool:
    """Say whether two notices tell the same of what both tell."""
    before, after = json.loads(was["payload"]), json.loads(now["payload"])
    return before.keys() == after.keys() and all(before[name] == after[name] for name in before if name not in WHERE)


def _written(told: Row) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value

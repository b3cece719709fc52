"""Keeps out of a night what nobody may use: records that were erased, and those whose use is restricted.

They are left out before anything is worked out, so that a night is what it would be had the records never been there.
What is left out of tomorrow's extract is known again by signs, hashes under the council's secret (`SIGNS`): of an
erased record nothing else is kept. A party is known by the record and its name, or the source's own reference of it;
where a source gives its numbers anew, as registers do, by name and place.
"""

import hmac
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import polars as pl

from svoc.binding import Given
from svoc.errors import SettingsError
from svoc.notices.routes import TAKEN_BACK
from svoc.policy import Policy
from svoc.sources.base import Extract
from svoc.sources.clean import content
from svoc.store.acts import acts_of, objectors, signs_in_force
from svoc.store.store import Store
from svoc.told import Told
from svoc.words.changes import Cause
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import LanePlan, Plan, Yesterday
from svoc.words.records import SORTED_BY, conform
from svoc.words.rights import SIGNS, ActKind

__all__ = ["Withheld", "not_of_the_world", "own_words", "signs_for", "without_objectors"]

RECORD = ["source", "record"]
PARTY = [*RECORD, "party"]
BETWEEN = "\x1f"
LENGTH = 32

RANKS = {"reference": 0, "name": 1, "brief": 2, "surname": 3, "forename": 4, "record": 5}
"""How surely a sign tells that a party is the one that is withheld: the surest is taken."""

KEYED = "key"
"""The kind of the sign by which the secret itself is known again."""

ANOTHER_KEY = (
    "[council] key is not the one under which erased and restricted records are known: put it back "
    "(SVOC_COUNCIL__KEY), or they would be used again"
)


@dataclass(frozen=True, slots=True)
class Withheld:
    """What no night may use.

    `signs`: frame of `SIGNS`; `mentions`: keys of mentions that are withheld and may still stand; `key`: the secret of
    the signs; `renumbered`: sources that give their references anew.
    """

    signs: pl.DataFrame
    mentions: frozenset[str]
    key: str
    renumbered: frozenset[str]

    @classmethod
    def by(cls, store: Store, policy: Policy) -> Self:
        """Read from the store what is withheld."""
        acts = acts_of(store).filter(pl.col("kind").is_in([ActKind.ERASE.value, ActKind.RESTRICT.value]))
        mentions, signs = frozenset(acts["mentions"].explode().drop_nulls()), signs_in_force(store)
        if signs.filter((pl.col("kind") == KEYED) & (pl.col("sign") != _hash(policy.key, KEYED))).height:
            raise SettingsError(ANOTHER_KEY)
        return cls(signs, mentions, policy.key, policy.renumbered)

    def and_also(self, mentions: Collection[str], signs: pl.DataFrame) -> Self:
        """Suppose that these were withheld too: `signs` is a frame of `SIGNS` without `act`, of an act to come."""
        more = signs.select(pl.lit(0, dtype=pl.Int64).alias("act"), *(n for n in SIGNS if n != "act"))
        return replace(self, signs=pl.concat([self.signs, more]), mentions=self.mentions.union(mentions))

    def but_for(self, act: int, mentions: Collection[str]) -> Self:
        """Suppose that an act by which these alone are withheld had ended."""
        return replace(self, signs=self.signs.filter(pl.col("act") != act), mentions=self.mentions.difference(mentions))

    def standing(self, yesterday: Yesterday) -> pl.DataFrame:
        """Give the mentions that stand and may not, as a frame of `PLACED`."""
        return yesterday.mentions.filter(pl.col("mention").is_in(sorted(self.mentions)))

    def out_of(self, yesterday: Yesterday, given: Given, told: Told) -> tuple[Yesterday, Given, Told]:
        """Leave what is withheld out of all that a night is worked out from."""
        if self.signs.is_empty() and not self.mentions:
            return yesterday, given, told
        extracts = [*self._parting(yesterday), *(self.out_of_extract(extract) for extract in given.extracts)]
        return (
            replace(yesterday, events=self.out_of_events(yesterday.events)),
            replace(given, extracts=extracts),
            replace(told, events=self.out_of_events(told.events)),
        )

    def out_of_extract(self, extract: Extract) -> Extract:
        """Leave withheld parties out of an extract, and what their records say of them beside the others."""
        found = self.found_in(extract.records)
        if found.is_empty():
            return extract
        shared = found.select(RECORD).unique()
        rest = extract.records.join(found, on=PARTY, how="anti")
        beside = own_words(rest.join(shared, on=RECORD, how="semi"))
        others = rest.join(shared, on=RECORD, how="anti")
        rows = extract.rows
        if rows:
            again = pl.col("record").is_in(shared["record"].implode())
            rows = replace(rows, frame=rows.frame.filter(~again))
        return replace(extract, records=pl.concat([others, beside]).sort(SORTED_BY), rows=rows)

    def out_of_events(self, events: pl.DataFrame) -> pl.DataFrame:
        """Leave out life events (frame of `LIFE_EVENTS`) that are withheld."""
        if events.is_empty() or self.signs.is_empty():
            return events
        gates = set(self.signs["gate"])
        named = events.select(pl.concat_str("sender", "reference", separator=":")).to_series()
        kept = [self._hash("record", EVENTS_SOURCE, name) not in gates for name in named]
        return events.filter(pl.Series(kept, dtype=pl.Boolean))

    def found_in(self, records: pl.DataFrame) -> pl.DataFrame:
        """Find the withheld among records: `source`, `record`, `party`; each withheld party is found once at most."""
        nobody = records.clear().select(PARTY)
        if self.signs.is_empty() or records.is_empty():
            return nobody
        gated = self._gated(records)
        candidates = []
        for (gate,), signs in self.signs.group_by("gate", maintain_order=True):
            for row in gated.get(str(gate), ()):
                own = {(kind, sign) for kind, sign in _signs_of(row, self.key)}
                candidates += [(*found, row) for found in _matches(signs, own)]
        taken: dict[str, tuple[Any, ...]] = {}
        for _, party, row in sorted(candidates, key=lambda c: (c[0], c[1], c[2]["record"], c[2]["party"])):
            where = (row["source"], row["record"], row["party"])
            if party not in taken and where not in taken.values():
                taken[party] = where
        return pl.DataFrame(sorted(taken.values()), schema=nobody.schema, orient="row") if taken else nobody

    def _gated(self, records: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
        """Give the few rows that stand behind the gate of a withheld party, by gate."""
        gates, found = set(self.signs["gate"]), dict[str, list[dict[str, Any]]]()
        wanted = [*PARTY, "party_reference", "forename", "surname", "name", "postcode", "supplied_uprn"]
        for row in records.select(wanted).iter_rows(named=True):
            for gate in _gates_of(row, self.key, anew=row["source"] in self.renumbered):
                if gate in gates:
                    found.setdefault(gate, []).append(row)
        return found

    def _parting(self, yesterday: Yesterday) -> Iterator[Extract]:
        """Say of each source, as an update of it, what is left of records whose parties stand and may not."""
        gone = self.standing(yesterday).filter(pl.col("source") != EVENTS_SOURCE)
        shared = gone.select(RECORD).unique()
        rest = yesterday.mentions.join(shared, on=RECORD, how="semi").join(gone, on="mention", how="anti")
        left = own_words(conform(rest))
        for (source,), records in shared.sort(RECORD).group_by("source", maintain_order=True):
            stays = left.filter(pl.col("source") == source).sort(SORTED_BY)
            withdrawn = records.select("record").join(stays, on="record", how="anti")
            yield Extract(str(source), "", (), stays, mode="update", withdrawn=withdrawn)

    def _hash(self, *parts: str) -> str:
        return _hash(self.key, *parts)


def own_words(records: pl.DataFrame) -> pl.DataFrame:
    """Let parties of records (frame of `RECORDS`) be named by their own names alone, numbered as if no other had been.

    A field that names several as one text is every party's as supplied, and would tell of who is left out.
    """
    parts = [pl.col(name) for name in ("title", "forename", "middle_names", "surname")]
    own = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    number = pl.int_range(1, pl.len() + 1).over(RECORD).cast(pl.Int16)
    named = records.sort(SORTED_BY).with_columns(name=pl.when(own != "").then(own), party=number)
    return content(conform(named))


def signs_for(mentions: pl.DataFrame, *, key: str, renumbered: Collection[str], emptied: pl.DataFrame) -> pl.DataFrame:
    """Give the signs by which mentions (frame of `PLACED`) are known again, as a frame of `SIGNS` without `act`.

    `emptied`: records (`source`, `record`) of which every party is withheld: nobody else is to be met in them, so that
    a party is known by half a name too, as after a marriage or a slip of the pen.
    """
    none_left = set(emptied.select(RECORD).iter_rows())
    mine = _hash(key, KEYED)
    rows = [{"gate": mine, "party": KEYED, "kind": KEYED, "sign": mine}]
    for row in mentions.iter_rows(named=True):
        anew, party = row["source"] in renumbered, secrets.token_hex(6)
        halves = (row["source"], row["record"]) in none_left and not anew
        kept = [(kind, sign) for kind, sign in _signs_of(row, key) if halves or kind in {"reference", "name", "brief"}]
        if row["source"] == EVENTS_SOURCE:
            kept = [("record", _hash(key, "record", row["source"], row["record"]))]
        rows += [
            {"gate": gate, "party": party, "kind": kind, "sign": sign}
            for gate in _gates_of(row, key, anew=anew)
            for kind, sign in kept
        ]
    return pl.DataFrame(rows, schema={name: SIGNS[name] for name in ("gate", "party", "kind", "sign")}, orient="row")


def not_of_the_world(plan: Plan, yesterday: Yesterday, keys: Collection[str]) -> Plan:
    """Say of the changes that withheld or freed mentions bring that a right is their cause; nobody is told of them."""
    if not keys:
        return plan
    of = pl.col("mention").is_in(sorted(keys))
    lanes: dict[str, LanePlan] = {}
    for name, lane in plan.lanes.items():
        members = pl.concat([yesterday.lane(name).members.filter(of), lane.state.members.filter(of)])
        theirs = pl.col("person").is_in(members["person"].unique().implode())
        cause = pl.when(theirs).then(pl.lit(Cause.RIGHT.value)).otherwise("cause")
        lanes[name] = replace(
            lane, changes=lane.changes.with_columns(cause=cause), notices=lane.notices.filter(~theirs)
        )
    return replace(plan, lanes=lanes, by_right=frozenset(keys))


def without_objectors(plan: Plan, store: Store, policy: Policy) -> Plan:
    """Leave out the notices whose route is of a purpose to which the person's objection was upheld."""
    lanes = dict(plan.lanes)
    for purpose in sorted({route.purpose for route in policy.routes}):
        keys = objectors(store, purpose)
        name = policy.purposes.named(purpose).lane
        if not keys or name not in lanes:
            continue
        lane = lanes[name]
        theirs = set(lane.state.members.filter(pl.col("mention").is_in(keys))["person"])
        by = {(route.kind, route.recipient, route.basis) for route in policy.routes if route.purpose == purpose}
        kept = [
            row["person"] not in theirs
            or not any(
                (row["kind"].removesuffix(TAKEN_BACK), to, row["basis"]) in by
                for to in (row["recipient"], policy.kinds.get(row["recipient"], ""))
            )
            for row in lane.notices.iter_rows(named=True)
        ]
        lanes[name] = replace(lane, notices=lane.notices.filter(pl.Series(kept, dtype=pl.Boolean)))
    return replace(plan, lanes=lanes)


# ---------------------------------------------------------------- signs


def _gates_of(row: Mapping[str, Any], key: str, *, anew: bool) -> list[str]:
    """Give what a party stands behind: its record; where records are numbered anew its surname at its place too."""
    gates = [_hash(key, "record", row["source"], row["record"])]
    if anew:
        places = [row["postcode"], None if row["supplied_uprn"] is None else str(row["supplied_uprn"])]
        surname = row["surname"] or row["name"] or ""
        gates += [_hash(key, "place", row["source"], surname, place) for place in places if place]
    return gates


def _signs_of(row: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    """Give what a party is known by, hashed: the reference that the source gives it, its name, and parts of it."""
    if row["party_reference"]:
        yield "reference", _hash(key, "reference", row["party_reference"])
    forename, surname = row["forename"] or "", row["surname"] or row["name"] or ""
    yield "name", _hash(key, "name", forename, surname)
    yield "brief", _hash(key, "name", forename[:1], surname)
    yield "surname", _hash(key, "surname", surname)
    if len(forename) > 1:
        yield "forename", _hash(key, "forename", forename)


def _matches(signs: pl.DataFrame, own: set[tuple[str, str]]) -> Iterator[tuple[int, str]]:
    """Give how surely each withheld party behind a gate is the one that has these signs of its own."""
    mine = dict(own)
    for (party,), theirs in signs.group_by("party", maintain_order=True):
        kept = dict(theirs.select("kind", "sign").iter_rows())
        if "reference" in kept and "reference" in mine and kept["reference"] != mine["reference"]:
            continue
        ranks = [RANKS[kind] for kind in kept if kind != "brief" and kept[kind] == mine.get(kind)]
        if kept.get("brief") == mine["name"] or kept.get("name") == mine["brief"]:
            ranks.append(RANKS["brief"])
        if "record" in kept:
            ranks.append(RANKS["record"])
        if ranks:
            yield min(ranks), str(party)


def _hash(key: str, *parts: str) -> str:
    return hmac.digest(f"{key}/withheld".encode(), BETWEEN.join(parts).encode(), "sha256").hex()[:LENGTH]

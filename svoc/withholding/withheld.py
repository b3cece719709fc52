"""Keeps out of a night what nobody may use: records that were erased, and those whose use is restricted.

They are left out before anything is worked out, so that a night is what it would be had the records never been there.
What is left out of tomorrow's extract is known again by signs (`svoc.withholding.signs`): of an erased record nothing
else is kept.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import polars as pl

from svoc.binding import Given
from svoc.errors import SettingsError
from svoc.policy import Policy
from svoc.sources.base import Extract
from svoc.store.acts import acts_of, signs_in_force
from svoc.store.store import Store
from svoc.told import Told
from svoc.withholding.own_words import own_words
from svoc.withholding.signs import KEYED, gates_of, hashed, matches, signs_of
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.plan import Yesterday
from svoc.words.records import SORTED_BY, conform
from svoc.words.rights import SIGNS, ActKind

__all__ = ["Withheld"]

RECORD = ["source", "record"]
PARTY = [*RECORD, "party"]

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
        if signs.filter((pl.col("kind") == KEYED) & (pl.col("sign") != hashed(policy.key, KEYED))).height:
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
                own = {(kind, sign) for kind, sign in signs_of(row, self.key)}
                candidates += [(*found, row) for found in matches(signs, own)]
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
            for gate in gates_of(row, self.key, anew=row["source"] in self.renumbered):
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
        return hashed(self.key, *parts)

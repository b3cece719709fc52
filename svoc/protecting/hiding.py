"""Hides where protected people are: what is read looks as if their records had said nothing of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from svoc.protecting.who import SHIELDED_MENTIONS, beside, in_doubt, shielded, shielded_mentions
from svoc.store.moment import Kept, moment_of
from svoc.store.opening import told_plainly
from svoc.store.store import Store
from svoc.survivorship.policy import GROUPS
from svoc.words.changes import ChangeKind
from svoc.words.persons import Person
from svoc.words.protection import WHERE, Protection

__all__ = ["OPEN", "Shield"]

BEGINNINGS = (ChangeKind.NEW.value, ChangeKind.SPLIT.value)
TELLING = frozenset({*WHERE, *(group for group, facts in GROUPS.items() if set(facts) & set(WHERE))})
"""Facts, and the groups of them that provenance knows, which tell where somebody is."""
PLACED_AT = ("address", "postcode", "supplied_uprn", "uprn", "rung", "certainty", "reason")
"""What an export says of where a record lies; the outcome is that of a record which says nothing."""
WHERE_OF_A_RECORD = (*WHERE, "supplied_uprn", "property_reference", "forwarding_address", "forwarding_postcode")
"""What a record says of where its person is."""


@dataclass(frozen=True, slots=True)
class Shield:
    """What stands between a reader and those under protection in one lane.

    `persons`: identifiers of those whose place is hidden, among them whoever may be one of them (`in_doubt`) or is
    named with one in one record, and retired identifiers; `past`: those, and whoever once held a record that is under
    protection now; `silent`: those of whom nothing leaves in a file; `mentions`: frame of
    `svoc.protecting.SHIELDED_MENTIONS`; `mates`: the other mentions of which nobody may read where they lie.

    Everything that is given out is as if the records of these people said nothing of a place: nobody is told that
    something was left out.
    """

    persons: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    mentions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SHIELDED_MENTIONS))
    mates: frozenset[str] = frozenset()

    @classmethod
    def of(cls, store: Store, lane: str) -> "Shield":
        """Give the shield of a lane as it stands now; worked out once for each moment (`svoc.store.moment`).

        >>> from pathlib import Path
        >>> Shield.of(Store.open("sqlite://", Path()), "service") == OPEN
        True
        """
        with told_plainly(), store.engine.connect() as connection:
            moment = moment_of(connection)
        return _KEPT.given(store.engine, lane, moment, lambda: _worked_out(store, lane))

    def with_members(self, members: pl.DataFrame) -> "Shield":
        """Give the same where also the persons are hidden to whom a plan would give a hidden record (`MEMBERS`)."""
        theirs = members.filter(pl.col("mention").is_in(sorted(self.keys)))["person"]
        return replace(self, persons=self.persons.union(theirs), past=self.past.union(theirs))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shield) and self.mentions.equals(other.mentions) and self.persons == other.persons

    def __hash__(self) -> int:
        return hash((self.persons, self.past))

    @property
    def keys(self) -> frozenset[str]:
        """Give the mentions of which nobody may read where they lie."""
        return self.mates.union(self.mentions["mention"])

    def people(self, persons: pl.DataFrame) -> pl.DataFrame:
        """Give golden persons (frame of `PERSONS`) without where the protected are, and where that was known from."""
        return _without_place(persons, pl.col("person").is_in(sorted(self.persons)))

    def person(self, person: Person, *, past: bool = False) -> Person:
        """Give a person as one may be seen today, or, with `past`, as they stood on an earlier day."""
        if person.id not in (self.past if past else self.persons):
            return person
        hidden: dict[str, Any] = dict.fromkeys(WHERE)
        known = {group: why for group, why in person.provenance.items() if group not in TELLING}
        return replace(person, **hidden, provenance=known)

    def history(self, past: pl.DataFrame) -> pl.DataFrame:
        """Give what happened to persons (frame of `PAST`, or of `CHANGES`) without where the protected were, ever."""
        theirs = pl.col("person").is_in(sorted(self.past))
        seen = past.filter(~theirs | pl.col("field").is_null() | ~pl.col("field").is_in(WHERE))
        shown = pl.col("after").map_elements(_without_where, return_dtype=pl.String)
        began = theirs & pl.col("kind").is_in(BEGINNINGS)
        return seen.with_columns(after=pl.when(began).then(shown).otherwise("after")) if seen.height else seen

    def marked(self, mentions: pl.DataFrame) -> pl.DataFrame:
        """Give mentions (frame of `PLACED`) where each that is under protection bears the markers of it.

        By these reports and the desk know whom to leave out (`svoc.words.records.protected`).
        """
        if not self.keys:
            return mentions
        kinds = pl.concat(
            [
                self.mentions,
                pl.DataFrame(
                    {"mention": sorted(self.mates), "kinds": [[Protection.SAFE_ADDRESS.value]] * len(self.mates)},
                    schema=SHIELDED_MENTIONS,
                ),
            ]
        ).unique("mention", keep="first")
        told = mentions.join(kinds, on="mention", how="left", maintain_order="left")
        both = pl.concat_list(pl.col("markers").fill_null([]), "kinds").list.unique(maintain_order=True)
        return told.with_columns(markers=pl.when(pl.col("kinds").is_null()).then("markers").otherwise(both)).drop(
            "kinds"
        )

    def records(self, mentions: pl.DataFrame) -> pl.DataFrame:
        """Give mentions (frame of `PLACED`) without where those under protection are."""
        theirs = pl.col("mention").is_in(sorted(self.keys))
        return mentions.with_columns(
            pl.when(~theirs).then(name).alias(name) for name in WHERE_OF_A_RECORD if name in mentions.columns
        )

    def households(self, households: pl.DataFrame) -> pl.DataFrame:
        """Give who lives together (`person` or `person_id`) without the protected: each stays in no household."""
        return households.filter(~self._of(households))

    def cases(self, cases: pl.DataFrame) -> pl.DataFrame:
        """Give open cases (frame of `CASES`) without the place of any that is about somebody under protection."""
        about = pl.col("mentions").list.eval(pl.element().is_in(sorted(self.keys))).list.any()
        return cases.with_columns(pl.when(~about).then("place").alias("place")) if self.keys else cases

    def exported(self, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Give the frames of `svoc.exporting.exported` as they may leave; of whom nothing leaves there is no row.

        Each frame of records has `mention`, and loses it.
        """
        if not self.keys:
            return {name: frame.drop("mention", strict=False) for name, frame in frames.items()}
        given = dict(frames)
        keys = sorted(self.keys)
        for name in ("members", "placements"):
            theirs = pl.col("mention").is_in(keys)
            quiet = self.mentions.filter(pl.col("kinds").list.contains(Protection.NO_DISCLOSURE.value))["mention"]
            kept = given[name].filter(~pl.col("mention").is_in(quiet.implode()))
            given[name] = _nowhere(kept, theirs).drop("mention")
        persons = given["persons"].rename({"person_id": "person"})
        people = self.people(persons.filter(~pl.col("person").is_in(sorted(self.silent))))
        given["persons"] = people.rename({"person": "person_id"})
        given["households"] = self.households(given["households"])
        about = pl.col("mentions").str.split(" ").list.eval(pl.element().is_in(keys)).list.any()
        given["cases"] = given["cases"].filter(~about)
        return given

    def _of(self, frame: pl.DataFrame) -> pl.Expr:
        column = "person" if "person" in frame.columns else "person_id"
        return pl.col(column).is_in(sorted(self.persons))


OPEN = Shield()
"""Hides nothing: for a purpose that sees those under protection, and where there are none."""

_KEPT = Kept[Shield]()


def _worked_out(store: Store, lane: str) -> Shield:
    mentions = shielded_mentions(store)
    if mentions.is_empty():
        return OPEN
    today = shielded(store, lane)
    doubted = in_doubt(store, lane, mentions["mention"])
    known = pl.concat([mentions["mention"], doubted["mention"]]).unique()
    mates = pl.concat([doubted, beside(store, lane, known)])
    theirs = mates["person"].drop_nulls()
    silent = today.filter(pl.col("kinds").list.contains(Protection.NO_DISCLOSURE.value))
    return Shield(
        persons=frozenset([*today["person"], *theirs]),
        past=frozenset([*shielded(store, lane, ever=True)["person"], *theirs]),
        silent=frozenset(silent["person"]),
        mentions=mentions,
        mates=frozenset(mates["mention"]),
    )


def _without_place(persons: pl.DataFrame, theirs: pl.Expr) -> pl.DataFrame:
    hidden = [fact for fact in WHERE if fact in persons.columns]
    known = [pl.when(~theirs).then(fact).alias(fact) for fact in hidden]
    if "provenance" in persons.columns and persons.height:
        without = pl.col("provenance").map_elements(_without_where, return_dtype=pl.String)
        known.append(pl.when(theirs).then(without).otherwise("provenance").alias("provenance"))
    return persons.with_columns(known)


def _nowhere(records: pl.DataFrame, theirs: pl.Expr) -> pl.DataFrame:
    """Give records as if the protected ones had said nothing of a place."""
    hidden = [name for name in PLACED_AT if name in records.columns]
    nowhere = pl.when(theirs).then(pl.lit("none")).otherwise("outcome").alias("outcome")
    return records.with_columns(*(pl.when(~theirs).then(name).alias(name) for name in hidden), nowhere)


def _without_where(text: str) -> str:
    """Leave out of a JSON object what it says of a place."""
    return json.dumps({fact: value for fact, value in json.loads(text).items() if fact not in TELLING})

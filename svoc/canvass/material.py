"""What the canvass is made of: the register's entries, what other systems hold today, and what speaks against them."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from svoc.words.mentions import EVENTS_SOURCE, lasting
from svoc.words.plan import LaneState
from svoc.words.records import protected

__all__ = ["Material"]

AT = ("person", "place")


@dataclass(frozen=True, eq=False)
class Material:
    """What stands in the lane.

    `mentions`: frame of `PLACED`, those under protection marked so; `state`: what the night made of them; `registers`:
    the sources that are registers; `properties`: uprn Int64, class_code String, the live ones of the gazetteer;
    `as_of`: the day of the night.
    """

    mentions: pl.DataFrame
    state: LaneState
    registers: frozenset[str]
    properties: pl.DataFrame
    as_of: date

    @cached_property
    def people(self) -> pl.DataFrame:
        """Give the records of people with the person each is, `person`; nobody under protection."""
        named = (pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE) & ~protected()
        return self.mentions.filter(named).join(self.state.members, on="mention", how="left")

    @cached_property
    def electors(self) -> pl.DataFrame:
        """Give the entries of the register."""
        return self.people.filter(pl.col("source").is_in(sorted(self.registers)))

    @cached_property
    def others(self) -> pl.DataFrame:
        """Give what every other system says of people."""
        return self.people.filter(~pl.col("source").is_in(sorted(self.registers)))

    @cached_property
    def today(self) -> pl.DataFrame:
        """Give those of the others that stand today at a property, of whom nothing says that they have died."""
        stands = lasting(self.as_of) & pl.col("place").is_not_null() & ~pl.col("deceased").fill_null(value=False)
        return self.others.filter(stands).join(self.dead, on="person", how="anti")

    @cached_property
    def dead(self) -> pl.DataFrame:
        """Give those whom the night holds to have died: person, died."""
        return self.state.persons.filter(pl.col("deceased").fill_null(value=False)).select("person", "died")

    @cached_property
    def against(self) -> pl.DataFrame:
        """Give what speaks against an entry: mention (the entry's), ground, by (the source), evidence (its record).

        A person has `left` where another system ended their stay at the property, and `lives_elsewhere` where it has
        them at another one since a day: a later day than any on which the register, or any other system, says that
        they came here. Where that cannot be said, what another system has at another property is `named_elsewhere`: a
        doubt, and no evidence that anybody has gone. Whoever came back, or owns two homes, is not struck off by their
        old papers.
        """
        says = self.others.select("person", "since", "until", by="source", evidence="mention", there="place")
        both = self._entries.join(says.drop_nulls("there"), on="person")
        same = pl.col("there") == pl.col("place")
        ended = same & (pl.col("until") <= self.as_of) & self._later("until")
        away = both.filter(~same & lasting(self.as_of))
        moved = pl.when(self._later("since") & pl.col("since").is_not_null())
        died = self.electors.join(self.dead, on="person").with_columns(
            ground=pl.lit("died"), by=pl.lit(EVENTS_SOURCE), evidence=pl.lit("a confirmed death")
        )
        told = [
            both.filter(ended).with_columns(ground=pl.lit("left")),
            away.with_columns(ground=moved.then(pl.lit("lives_elsewhere")).otherwise(pl.lit("named_elsewhere"))),
            died,
        ]
        kept = ["mention", "ground", "by", "evidence"]
        return pl.concat([frame.select(kept) for frame in told]).unique().sort(kept)

    @cached_property
    def _entries(self) -> pl.DataFrame:
        """Give the entries with the last day on which any system says that the person came here: null for none."""
        came = self.people.select(*AT, came="since").drop_nulls(AT).group_by(AT).agg(pl.col("came").max())
        return self.electors.select("mention", *AT).drop_nulls().join(came, on=AT, how="left")

    @staticmethod
    def _later(day: str) -> pl.Expr:
        return (pl.col(day) > pl.col("came")).fill_null(pl.col("came").is_null())

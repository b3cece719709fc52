"""Takes out of a lane what is said of those who are touched, and puts in its place what was said of them anew."""

from dataclasses import replace

import polars as pl

from svoc.steps.touch import Region
from svoc.words.plan import LanePlan, LaneState, Touched

__all__ = ["about", "at", "cut", "ends_in", "of", "spliced"]


def of(keys: pl.Series, column: str = "mention") -> pl.Expr:
    """Say of a row whether it is of one of these."""
    return pl.col(column).is_in(keys.implode())


def about(region: Region) -> pl.Expr:
    """Say of a case whether it is about anybody who is solved."""
    return pl.col("mentions").list.eval(pl.element().is_in(region.core.implode())).list.any()


def ends_in(region: Region) -> pl.Expr:
    """Say of a link whether it is of anybody who is solved."""
    return of(region.core, "left") | of(region.core, "right")


def at(region: Region) -> pl.Expr:
    """Say of who lives in a household whether it is where anybody who is solved stands or stood."""
    return pl.col("place").is_in(region.places.implode())


def cut(state: LaneState, region: Region) -> LaneState:
    """Keep of a lane what is said of those who are solved; identifiers and forwards are kept whole."""
    members = state.members.filter(of(region.core))
    return replace(
        state,
        members=members,
        persons=state.persons.filter(of(members["person"], "person")),
        cases=state.cases.filter(about(region)),
        links=state.links.filter(ends_in(region)),
        households=state.households.filter(at(region)),
    )


def spliced(stood: LaneState, taken_out: LaneState, again: LanePlan, region: Region) -> LanePlan:
    """Put what was solved again in the place of what was taken out of what stood."""
    new, old = again.state, taken_out.persons["person"]
    state = replace(
        new,
        members=pl.concat([stood.members.filter(~of(region.core)), new.members]).sort("mention"),
        persons=pl.concat([stood.persons.filter(~of(old, "person")), new.persons]).sort("person"),
        cases=pl.concat([stood.cases.filter(~about(region)), new.cases]).sort("case"),
        links=pl.concat([stood.links.filter(~ends_in(region)), new.links]).sort("left", "right"),
        households=pl.concat([stood.households.filter(~at(region)), new.households]).sort("person"),
    )
    forwards = [_elsewhere(getattr(stood, part), getattr(new, part)) for part in ("forwards", "households_forwards")]
    touched = Touched(
        mentions=region.core,
        persons=pl.concat([old, new.persons["person"]]).unique(),
        cases=pl.concat([taken_out.cases["case"], new.cases["case"]]).unique(),
        links=pl.concat([taken_out.links["left"], new.links["left"]]).unique(),
        housed=pl.concat([taken_out.households["person"], new.households["person"]]).unique(),
        forwards=pl.concat(forwards).unique(),
    )
    return LanePlan(state, again.changes, again.notices, touched)


def _elsewhere(before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """Name the retired identifiers that lead elsewhere than they did, or nowhere any more."""
    gone = before.join(after, on=before.columns, how="anti", nulls_equal=True)
    come = after.join(before, on=before.columns, how="anti", nulls_equal=True)
    return pl.concat([gone["retired"], come["retired"]]).unique()

"""Carry mention keys from one edition of a list to the next, which numbers everybody anew: by name and place."""

from collections.abc import Callable, Sequence
from functools import partial

import polars as pl

from svoc.steps.liken import liken

__all__ = ["PLACES", "revised", "signs", "succeed"]

NAME = ("kind", "forename", "middle_names", "surname")
PLACES = ("written", "supplied")
"""Two signs of one place: how the list writes the address, else the UPRN that it supplies."""

REVISED = 0.5
"""A list is another edition where fewer of the references that it still uses name whom they named."""

Pairing = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def succeed(
    todays: pl.DataFrame, known: pl.DataFrame, standing: pl.DataFrame, *, revised: Sequence[str]
) -> pl.DataFrame:
    """Pair today's entries with yesterday's, whether or not a new edition has given them other numbers.

    `todays`: frame of `RECORDS` with `row`; `known`: frame of `KNOWN`, what is live first; `standing`: frame of
    `PLACED`, the entries that say what they said and are themselves (their keys are not among `known`); `revised`: the
    sources of which there is a new edition (see there).

    While an edition lasts, an entry of the same number, name and place is itself. Then come the only bearers of a name
    at a place, whatever their numbers; namesakes there are told apart by title and day of birth, and keep their order
    where they cannot be and are as many as before, else nobody gets the key. Then come, while the edition lasts, those
    of one number and name; at last names that are alike at one place, and one who bears another surname if somebody
    else there bears it too. Gives `row` and `mention`.
    """
    carried = pl.DataFrame(schema={"row": todays.schema["row"], "mention": pl.String()})
    if todays.is_empty() or known.is_empty():
        return carried
    now, then = (frame.with_columns(**signs()) for frame in (todays, known))
    now = now.with_columns(shared=_shared(now, standing))
    lasting = pl.col("source").is_in(list(revised)).not_()
    left, unused = now, then

    def pair(pairing: Pairing, which: pl.Expr = pl.lit(value=True)) -> None:  # noqa: B008
        nonlocal carried, left, unused
        some, free = left.filter(which), unused.filter(which)
        if some.is_empty() or free.is_empty() or (found := pairing(some, free)).is_empty():
            return
        carried = pl.concat([carried, found])
        left, unused = left.join(found, on="row", how="anti"), unused.join(found, on="mention", how="anti")

    pair(_itself, lasting)
    unused = unused.filter("live")
    for place in PLACES:
        pair(partial(_in_order, place=place))
        pair(partial(_by_name, place=place))
    pair(_by_number, lasting)
    pair(partial(liken, within=["source", "record", "written"]), lasting)
    for place in PLACES:
        pair(partial(_by_likeness, place=place))
        pair(partial(_by_new_surname, place=place))
    return carried


def revised(todays: pl.DataFrame, known: pl.DataFrame, standing: pl.DataFrame) -> list[str]:
    """Name the sources whose references were allotted anew: most of those still in use now name somebody else.

    `todays`: frame of `RECORDS`; `known`: frame of `KNOWN`; `standing`: frame of `PLACED`, entries that say what they
    said, each of which names whom it named.
    """
    of_old = known.filter("live").join(todays, on=["source", "record"], how="semi")
    then = of_old.join(standing, on="mention", how="anti").select("source", "record", sign=_name())
    both = todays.select("source", "record", sign=_name()).join(then, on=["source", "record"], suffix="_then")
    judged = both.select("source", same=pl.col("sign") == pl.col("sign_then"))
    stood = standing.select("source", same=pl.lit(value=True))
    shares = pl.concat([judged, stood]).group_by("source").agg(pl.col("same").mean())
    return shares.filter(pl.col("same") < REVISED)["source"].sort().to_list()


def _shared(now: pl.DataFrame, standing: pl.DataFrame) -> pl.Series:
    """Say of each entry whether another of its surname is listed at its place."""
    of = ["source", "written", "surname"]
    namesakes = standing.join(now, on=["source", "surname"], how="semi", nulls_equal=True)
    there = namesakes.select("source", "surname", written=signs()["written"]).group_by(of).agg(there=pl.len())
    told = now.join(there, on=of, how="left", nulls_equal=True, maintain_order="left")
    return told.select(pl.len().over(of) + pl.col("there").fill_null(0) > 1).to_series()


def signs() -> dict[str, pl.Expr]:
    """Give what an entry is known by: `sign` (its name), `written` and `supplied` (its place), `order` (its number)."""
    address = pl.concat_str("address", "postcode", separator=" ", ignore_nulls=True)
    plain = address.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    numbers = pl.col("record").str.extract_all(r"\d+").list.eval(pl.element().str.zfill(9)).list.join("/")
    return {
        "sign": _name(),
        "written": pl.when(plain != "").then(plain),
        "supplied": pl.col("supplied_uprn"),
        "order": pl.concat_str(pl.col("record").str.extract(r"^(\D*)"), numbers),
    }


def _name() -> pl.Expr:
    return pl.concat_str([pl.col(part).fill_null("") for part in NAME], separator="|")


def _itself(now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    return _in_turn(now, then, ["source", "record", "sign", "written"])


def _by_number(now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    return _in_turn(now, then, ["source", "record", "sign"])


def _in_turn(now: pl.DataFrame, then: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    turn = pl.int_range(pl.len()).over(on).alias("turn")
    left, right = (frame.with_columns(turn) for frame in (now, then))
    return left.join(right, on=[*on, "turn"], nulls_equal=True).select("row", "mention")


def _in_order(now: pl.DataFrame, then: pl.DataFrame, place: str) -> pl.DataFrame:
    """Pair what agrees on title and day of birth too; as many as before keep their order."""
    on = ["source", place, "sign", "title", "dob"]
    many, turn = pl.len().over(on).alias("many"), pl.int_range(pl.len()).over(on).alias("turn")
    left, right = (_placed(f, place).sort("order", "record").with_columns(many, turn) for f in (now, then))
    return left.join(right, on=[*on, "many", "turn"], nulls_equal=True).select("row", "mention")


def _by_name(now: pl.DataFrame, then: pl.DataFrame, place: str) -> pl.DataFrame:
    """Pair the only bearers of a name at a place, unless they were born on different days."""
    on = ["source", place, "sign"]
    left, right = (_placed(frame, place).filter(pl.len().over(on) == 1) for frame in (now, then))
    pairs = left.join(right, on=on, suffix="_then")
    return pairs.filter((pl.col("dob") == pl.col("dob_then")).fill_null(value=True)).select("row", "mention")


def _by_likeness(now: pl.DataFrame, then: pl.DataFrame, place: str) -> pl.DataFrame:
    return liken(_placed(now, place), _placed(then, place), within=["source", place], new_surnames=False)


def _by_new_surname(now: pl.DataFrame, then: pl.DataFrame, place: str) -> pl.DataFrame:
    return liken(_placed(now, place).filter("shared"), _placed(then, place), within=["source", place])


def _placed(frame: pl.DataFrame, place: str) -> pl.DataFrame:
    return frame.drop_nulls(place)

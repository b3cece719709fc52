"""The rest of the household in words: who corresponds as well, who moved too, who might be meant instead."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from svoc.explaining.around import Around
from svoc.explaining.gate import SOMEBODY, Gate

__all__ = ["at_once", "company_words", "correspondence", "described", "rival_inside"]

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NOUNS = {"liable_party": "account"}


def described(around: Around, gate: Gate, mention: str, beside: tuple[str, str]) -> str:
    """Describe a third mention by its name and its record, as far as the gate allows: "the other J SMITH of the same
    account".
    """
    row, ends = around.mention(mention), [around.mention(end) for end in beside]
    near = row["place"] is not None and row["place"] in {end["place"] for end in ends}
    if gate.for_subject and not gate.may_name(mention):
        return f"{SOMEBODY} at the address" if near else SOMEBODY
    name = gate.person(row)
    namesake = name != SOMEBODY and name in {gate.person(end) for end in ends}
    if any((row["source"], row["record"]) == (end["source"], end["record"]) for end in ends):
        return f"{'the other ' if namesake else ''}{name} of the same {NOUNS.get(row['role'], 'record')}"
    where = "" if near else ", at another address"
    return f"{'another ' if namesake else ''}{name} of the {row['source'].replace('_', ' ')}{where}"


def correspondence(around: Around, gate: Gate, left: str, right: str) -> str:
    """Say at one address whether the others whom the two lists name there correspond too; nothing of one list."""
    one, other = around.mention(left), around.mention(right)
    if one["source"] == other["source"]:
        return ""
    sources = {one["source"], other["source"]}
    here = around.mentions.filter((pl.col("place") == one["place"]) & pl.col("source").is_in(list(sources)))
    own = {around.cluster(left), around.cluster(right)}
    lists: dict[str, set[str]] = {}
    for row in here.iter_rows(named=True):
        person = around.cluster(row["mention"])
        if row["kind"] == "person" and person not in own and (at_once(row, one) or at_once(row, other)):
            lists.setdefault(person, set()).add(row["source"])
    both = sum(on == sources for on in lists.values())
    return _others(len(lists), both, told=not gate.for_subject)


def _others(count: int, both: int, *, told: bool) -> str:
    """Put into words how many of the others are on both lists.

    >>> _others(2, 2, told=True), _others(2, 1, told=True), _others(1, 0, told=True), _others(2, 2, told=False)
    ('the other two residents also correspond', 'one of the other two residents also corresponds', 'the other resident \
is on one list only', 'others at the address also correspond')
    """
    if not told:
        return "others at the address also correspond" if both else ""
    residents = "resident" if count == 1 else f"{_number(count)} residents"
    if count == 0:
        return "nobody else is named there"
    if both == count:
        return f"the other {residents} also correspond{'s' if count == 1 else ''}"
    if both == 0:
        return f"the other {residents} {'is on one list only' if count == 1 else 'are each on one list only'}"
    return f"{_number(both)} of the other {residents} also correspond{'s' if both == 1 else ''}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def company_words(around: Around, gate: Gate, left: str, right: str) -> str:
    """Say that somebody who lived with one lived with the other, and who, as far as the gate allows."""
    words = "another member of the household moved with them"
    companions = list(_companions(around, left, right))
    if not companions:
        return words
    _, mention = max(companions)
    return f"{words}: {gate.person(around.mention(mention))}" if gate.may_name(mention) else words


def _companions(around: Around, left: str, right: str) -> Iterator[tuple[int, str]]:
    """Find the pairs between the same two places that are not of the same persons, with what they weigh."""
    here, there = around.mention(left)["place"], around.mention(right)["place"]
    places = around.mentions.filter(pl.col("place").is_in([here, there])).select("mention", "place")
    ends = around.pairs.filter(pl.col("context") == "apart").select("left", "right", "weight")
    ends = ends.join(places, left_on="left", right_on="mention").join(places, left_on="right", right_on="mention")
    for one, other, weight, at, _ in ends.filter(pl.col("place") != pl.col("place_right")).iter_rows():
        third, fourth = (one, other) if at == here else (other, one)
        if _strangers(around, left, third) and _strangers(around, right, fourth):
            yield weight, third


def _strangers(around: Around, one: str, other: str) -> bool:
    row = around.row(one, other) if one != other else None
    return row is not None and row["weight"] < 0


def rival_inside(around: Around, left: str, right: str) -> str | None:
    """Find who at the place fits one of the two best and cannot be the other as well: the next reading's partner."""
    links = around.grouping.links.filter(pl.col("margin").is_not_null()).select("left", "right", "margin")
    ends = pl.concat([links, links.select(left="right", right="left", margin="margin")])
    fitting = ends.filter(pl.col("left").is_in([left, right]) & ~pl.col("right").is_in([left, right]))
    for end, third in fitting.sort("margin", "right", descending=[True, False]).select("left", "right").iter_rows():
        if not around.joined(third, right if end == left else left):
            return str(third)
    return None


def at_once(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Say whether two stays overlap; what is not known may, and a stay of no day lasts its first."""
    return _before(one["since"], _end(other)) and _before(other["since"], _end(one))


def _end(row: dict[str, Any]) -> date | None:
    since: date | None = row["since"]
    until: date | None = row["until"]
    return max(until, since + timedelta(days=1)) if since and until else until


def _before(since: date | None, until: date | None) -> bool:
    return since is None or until is None or since < until

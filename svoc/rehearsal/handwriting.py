"""How a clerk writes a name down: familiar forms, initials, other spellings, slips of the pen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from svoc.rehearsal.names import table
from svoc.rehearsal.noise import Noise

HELD = ("title", "forename", "middle_names", "surname")
"""The parts of a name as a system holds it."""

KEYBOARD = {
    "a": "se", "b": "vn", "c": "xv", "d": "sf", "e": "ra", "f": "dg", "g": "fh", "h": "gj", "i": "oe", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "m", "o": "ia", "p": "o", "q": "w", "r": "te", "s": "ad", "t": "ry",
    "u": "io", "v": "b", "w": "q", "x": "c", "y": "tu", "z": "s",
}  # fmt: skip
"""What is struck or heard for a letter."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Say how one system's clerks write names; each a share of mentions, the rest comes from `Noise`."""

    initial_only: float = 0.0
    middle_name_dropped: float = 0.0
    middle_name_as_initial: float = 0.0
    missing_title: float = 0.0
    familiar: float = 1.0
    """How often the noise's nicknames, typos and earlier surnames happen here, as a multiple."""


def slip(text: str, rng: np.random.Generator) -> str:
    """Write a word with one letter dropped, doubled, changed or swapped with the next.

    >>> slip("Smith", np.random.default_rng(0)) == "Smith"
    False
    """
    if len(text) < 3:
        return text
    at = int(rng.integers(1, len(text)))
    letter, kind = text[at], rng.random()
    if kind < 0.35:
        near = KEYBOARD.get(letter.lower(), "e")
        return text[:at] + near[int(rng.integers(len(near)))] + text[at + 1 :]
    if kind < 0.6:
        return text[:at] + text[at + 1 :]
    if kind < 0.8 and at + 1 < len(text) and letter != text[at + 1]:
        return text[:at] + text[at + 1] + letter + text[at + 2 :]
    return text[:at] + letter + text[at:]


@cache
def _choices(list_name: str, key: str, value: str, part: str) -> dict[str, tuple[str, ...]]:
    rows = table(list_name)
    if part:
        rows = rows.filter(pl.col("part") == part)
    grouped = rows.group_by(key, maintain_order=True).agg(pl.col(value))
    return {name: tuple(others) for name, others in grouped.iter_rows()}


def _rewrite(
    frame: pl.DataFrame, column: str, share: float, new: Callable[[str], str], rng: np.random.Generator
) -> pl.DataFrame:
    """Rewrite a random share of a column's values; a loop over those few only."""
    rows = np.flatnonzero(rng.random(frame.height) < min(1.0, share))
    if not len(rows):
        return frame
    old = frame[column].gather(rows).to_list()
    return frame.with_columns(frame[column].scatter(rows, [new(value) if value else value for value in old]))


def _one_of(options: dict[str, tuple[str, ...]], rng: np.random.Generator) -> Callable[[str], str]:
    def choose(name: str) -> str:
        others = options.get(name)
        return others[int(rng.integers(len(others)))] if others else name

    return choose


def _abridge(frame: pl.DataFrame, hand: Hand, rng: np.random.Generator) -> pl.DataFrame:
    """Cut forenames to initials, drop or cut middle names, leave titles out."""
    count = frame.height
    initial = pl.Series(rng.random(count) < hand.initial_only)
    middle = pl.Series(rng.random(count))
    cut = hand.middle_name_dropped + (1 - hand.middle_name_dropped) * hand.middle_name_as_initial
    first = pl.col("middle_names").str.slice(0, 1)
    return frame.with_columns(
        forename=pl.when(initial).then(pl.col("forename").str.slice(0, 1)).otherwise("forename"),
        middle_names=pl.when(middle < hand.middle_name_dropped)
        .then(None)
        .when((middle < cut) | initial)
        .then(first)
        .otherwise("middle_names"),
        title=pl.when(pl.Series(rng.random(count) < hand.missing_title)).then(None).otherwise("title"),
    )


def _swap(frame: pl.DataFrame, share: float, rng: np.random.Generator) -> pl.DataFrame:
    swapped = pl.Series(rng.random(frame.height) < share) & (frame["forename"].str.len_chars() > 1)
    return frame.with_columns(
        forename=pl.when(swapped).then("surname").otherwise("forename"),
        surname=pl.when(swapped).then("forename").otherwise("surname"),
    )


def write_names(people: pl.DataFrame, hand: Hand, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """Write each person's name as one system's clerks do, once for each row.

    Needs columns sex, title, forename, middle_names, surname and earlier_surname; gives the same frame with title,
    forename, middle_names and surname as that system holds them. Row order is kept.
    """
    share = hand.familiar
    earlier = pl.Series(rng.random(people.height) < noise.previous_surname * share)
    wrong = pl.Series(rng.random(people.height) < noise.wrong_title)
    other_sex = pl.when(pl.col("sex") == "F").then(pl.lit("Mr")).otherwise(pl.lit("Mrs"))
    frame = people.with_columns(
        surname=pl.when(earlier & pl.col("earlier_surname").is_not_null()).then("earlier_surname").otherwise("surname"),
        title=pl.when(wrong).then(other_sex).otherwise("title"),
    )
    nicknames = _choices("nicknames", "forename", "nickname", "")
    frame = _rewrite(frame, "forename", noise.nickname * share * 1.5, _one_of(nicknames, rng), rng)
    for part in ("forename", "surname"):
        spellings = _choices("spellings", "name", "spelling", part)
        frame = _rewrite(frame, part, noise.variant_spelling * share * 4, _one_of(spellings, rng), rng)
    frame = _rewrite(frame, "forename", noise.forename_typo * share, lambda text: slip(text, rng), rng)
    frame = _rewrite(frame, "surname", noise.surname_typo * share, lambda text: slip(text, rng), rng)
    return _swap(_abridge(frame, hand, rng), noise.swapped_names * share, rng)

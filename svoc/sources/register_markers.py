"""The letters beside an elector, by a map that a council can change; unknown letters are kept, never guessed."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from svoc.errors import SettingsError, nearest

__all__ = ["ANONYMOUS", "ATTAINER", "OPEN", "OPTED_OUT", "OVERSEAS", "marker_map", "markers_of"]

ANONYMOUS = "anonymous"
OVERSEAS = "overseas"
OPTED_OUT = "opted-out"
OPEN = "open"
ATTAINER = "attainer"
EFFECTIVE = (ANONYMOUS, OVERSEAS, OPTED_OUT, OPEN)
"""Meanings that change what is read."""

BETWEEN = re.compile(r"[\s,;/|+()\[\].]+")
MEANING = re.compile(r"[a-z][a-z0-9-]*")


def marker_map(own: Mapping[str, str]) -> dict[str, str]:
    """Give the meaning of each letter: the shipped ones with a council's own laid over them.

    Raises `SettingsError` for a meaning that is not a word with hyphens, or that only just misses one with an effect.

    >>> marker_map({"Q": "postal-voter"})["Q"], marker_map({})["F"]
    ('postal-voter', 'overseas')
    """
    for letter, meaning in own.items():
        hint = nearest(meaning, EFFECTIVE)
        if not MEANING.fullmatch(meaning):
            raise SettingsError(f"[sources.markers] {letter}: expected a meaning in small letters with hyphens")
        if hint and meaning not in EFFECTIVE and _misspelt(meaning, hint):
            raise SettingsError(f"[sources.markers] {letter}: {meaning} has no effect; did you mean {hint}?")
    return {**_shipped(), **own}


@cache
def _shipped() -> dict[str, str]:
    text = files("svoc.defaults").joinpath("register_markers.toml").read_text(encoding="utf-8")
    return {letter: str(entry["meaning"]) for letter, entry in tomllib.loads(text).items()}


def _misspelt(meaning: str, wanted: str) -> bool:
    return abs(len(meaning) - len(wanted)) <= 2 and meaning[:2] == wanted[:2]


def markers_of(values: pl.Series, meanings: Mapping[str, str]) -> pl.Series:
    """Give the meanings of each elector's letters, as List(String) in the order written, each once, never null.

    A token that is a marker of its own is taken whole (a council may have markers of two letters), else letter by
    letter where it is written in capitals; what the map does not know stays as written.

    >>> markers_of(pl.Series(["XF", "q z", None]), marker_map({})).to_list()
    [['X', 'overseas'], ['Q', 'opted-out'], []]
    """
    distinct = values.unique().to_list()
    meant = [_meanings(value, meanings) for value in distinct]
    table = pl.DataFrame(
        {values.name: pl.Series(distinct, dtype=pl.String), "meant": pl.Series(meant, dtype=pl.List(pl.String()))}
    )
    joined = (
        values.cast(pl.String)
        .to_frame()
        .join(table, on=values.name, how="left", nulls_equal=True, maintain_order="left")
    )
    return joined["meant"].alias(values.name)


def _meanings(written: str | None, meanings: Mapping[str, str]) -> list[str]:
    tokens = [token for token in BETWEEN.split(written or "") if token]
    letters = [letter for token in tokens for letter in _letters(token, meanings)]
    return list(dict.fromkeys(_meaning(letter, meanings) for letter in letters))


def _letters(token: str, meanings: Mapping[str, str]) -> list[str]:
    known = token in meanings or token.upper() in meanings
    return [token] if known or not token.isalpha() or len(token) > 4 else list(token)


def _meaning(letter: str, meanings: Mapping[str, str]) -> str:
    """Look a letter up as written first: a council may tell small letters from capitals."""
    return meanings.get(letter) or meanings.get(letter.upper()) or letter.upper()

"""Reads the word lists that the parser works from; each is a CSV file in the folder `words`."""

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Reads one list as a tuple of its rows.

    >>> rows("street_words")[0]
    {'written': 'ALY', 'word': 'ALLEY'}
    """
    text = files("gazetteer").joinpath("words", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def mapping(name: str, key: str, value: str) -> dict[str, str]:
    """Reads two columns of a list as a mapping; rows with an empty key are left out."""
    return {row[key]: row[value] for row in rows(name) if row[key]}


@cache
def words(name: str, column: str) -> frozenset[str]:
    """Reads one column of a list as a set, without empty cells."""
    return frozenset(row[column] for row in rows(name) if row[column])


def alternation(choices: frozenset[str] | set[str]) -> str:
    """Writes words as a regular-expression alternation, longest first so that none hides a longer one."""
    return "|".join(sorted(choices, key=lambda word: (-len(word), word)))

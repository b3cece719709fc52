"""The words that a name field may hold beside names, read once from `svoc/defaults/names`."""

import csv
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["TITLES", "Words", "words"]

NOISE = (
    *("organisations", "organisations_unless_named", "void", "void_words", "void_after_the", "deceased"),
    *("deceased_at_end", "executors", "after_name", "unnamed", "previously"),
)
BESIDES = ("THE", "LATE", "SON", "PARTNERS")
"""A field without any word of these lists holds nothing but titles and names."""

FOLDER = files("svoc.defaults.names")


@dataclass(frozen=True, slots=True)
class Words:
    """All word lists: sets of whole words in capitals without accents, phrases as regular expressions."""

    titles: dict[str, str]
    titles_anywhere: frozenset[str]
    organisations: frozenset[str]
    organisations_unless_named: frozenset[str]
    void: frozenset[str]
    void_words: frozenset[str]
    void_after_the: frozenset[str]
    deceased: frozenset[str]
    deceased_at_end: frozenset[str]
    executors: frozenset[str]
    executor_phrases: frozenset[tuple[str, ...]]
    after_name: frozenset[str]
    unnamed: frozenset[str]
    previously: frozenset[str]
    particles: frozenset[str]
    particles_after_forename: frozenset[str]
    after_o: frozenset[str]
    forenames: frozenset[str]
    surnames: frozenset[str]
    said_beside: frozenset[str]
    noise: frozenset[str]
    cut: re.Pattern[str]
    cut_words: re.Pattern[str]


@cache
def words() -> Words:
    """Give the word lists that svoc ships."""
    rows = list(csv.DictReader(_text("titles.csv").splitlines()))
    lists: dict[str, Any] = tomllib.loads(_text("words.toml"))
    phrases = frozenset(tuple(phrase.split()) for phrase in lists.pop("executor_phrases"))
    cut = "|".join(re.escape(phrase) for phrase in lists.pop("cut"))
    sets = {name: frozenset(text.split()) for name, text in lists.items()}
    return Words(
        titles={row["word"]: row["title"] for row in rows},
        titles_anywhere=frozenset(row["word"] for row in rows if row["anywhere"] == "yes"),
        executor_phrases=phrases,
        forenames=_listed("forenames.txt"),
        surnames=_listed("surnames.txt"),
        noise=frozenset().union(*(sets[name] for name in NOISE), (p[0] for p in phrases), BESIDES),
        said_beside=sets["deceased"] | sets["deceased_at_end"] | sets["executors"] | sets["after_name"],
        cut_words=re.compile(rf"(?<!\w)(?:{cut})(?!\w)"),
        cut=re.compile(rf"(?<!\w)(?:{cut})(?!\w).*", re.DOTALL),
        **sets,
    )


def _text(name: str) -> str:
    return FOLDER.joinpath(name).read_text(encoding="utf-8")


def _listed(name: str) -> frozenset[str]:
    lines = (line for line in _text(name).splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


TITLES = dict(words().titles)
"""Each way to write a title, and the one way in which records have it."""

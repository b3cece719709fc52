"""The words of each step: what was compared, how it stands, and how common the names are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from matchers import Comparison, Model
from matchers.comparisons.base import MISSING
from matchers.comparisons.names import PersonName
from svoc.explaining.gate import Gate

__all__ = ["Ends", "label", "level_words"]

LABELS = {
    "name": "name", "title": "title", "dob": "date of birth", "phone": "telephone", "email": "e-mail",
    "postcode": "postcode", "forwarding": "forwarding", "handover": "dates of the stays",
}  # fmt: skip
"""What a comparison of the person model is called; one of a council's own goes by its name."""

TELLING = 1_000
"""A bit: a name twice as common, or as rare, as is usual is worth saying so."""
UNKNOWN = "not known of both"


@dataclass(frozen=True, slots=True)
class Ends:
    """What the two records say, under the columns of `svoc.steps.pair.FEATURES`, and what may be told of them."""

    left: Mapping[str, Any]
    right: Mapping[str, Any]
    gate: Gate

    @property
    def named(self) -> bool:
        """Say whether the names of both may be told."""
        return self.gate.may_name(self.left["id"]) and self.gate.may_name(self.right["id"])

    def said(self, column: str) -> tuple[str, str]:
        """Give what both say of a column, the shorter first."""
        one, other = sorted((str(end[column] or "") for end in (self.left, self.right)), key=lambda t: (len(t), t))
        return one, other


def label(name: str) -> str:
    """Call a comparison by a word that an officer knows.

    >>> label("dob"), label("badge_number")
    ('date of birth', 'badge number')
    """
    return LABELS.get(name, name.replace("_", " "))


def level_words(comparison: Comparison, grade: int, ends: Ends, model: Model) -> str:
    """Say how two records stand in one comparison, by example where names may be told."""
    if grade == MISSING:
        return UNKNOWN
    level = comparison.levels[grade]
    if not isinstance(comparison, PersonName) or not ends.named:
        return level
    return _with_rarity(_exemplified(comparison, level, ends), comparison, grade, ends, model)


def _exemplified(comparison: PersonName, level: str, ends: Ends) -> str:
    short, long = ends.said(comparison.forename)
    if level == "surname and initial agree" and len(short) == 1 and long.startswith(short):
        return f"surname agrees; {short} fits {long}"
    if level == "surname agrees, forename by a nickname or another spelling" and short and long:
        return f"surname agrees; {short} may stand for {long}"
    return level


def _with_rarity(words: str, comparison: PersonName, grade: int, ends: Ends, model: Model) -> str:
    """Say of the names that agree whether they are common or rare, whether or not it weighs anything."""
    told = {column: found for column, found in common_or_rare(comparison, grade, ends, model).items() if found}
    if len(told) > 1 and len(set(told.values())) == 1:
        return f"{words}, both {min(told.values())} here"
    if comparison.surname in told and words.startswith("surname agrees"):
        words = words.replace("surname agrees", f"surname agrees, {told.pop(comparison.surname)} here", 1)
    return ", ".join([words, *(f"the {column.replace('_', ' ')} {found} here" for column, found in told.items())])


def common_or_rare(comparison: Comparison, grade: int, ends: Ends, model: Model) -> dict[str, str | None]:
    """Say of each column whose rarity counts at a grade whether the commoner of the two values is common or rare."""
    learned = model.knowledge.rarity[comparison.name]
    told: dict[str, str | None] = {}
    for column in comparison.rarity.get(grade, ()):
        values = pl.Series([ends.left[column], ends.right[column]], dtype=pl.String)
        keys = comparison.rarity_key(column, values).drop_nulls()
        worth = int(min(learned[column].of(keys), default=0))
        told[column] = "common" if worth <= -TELLING else "rare" if worth >= TELLING else None
    return told

"""Saying of several records at once who is who: split into groups, moved from one person to another."""

from collections.abc import Collection, Sequence
from itertools import chain, combinations, product

from svoc.errors import SettingsError
from svoc.words.decisions import CaseKind, Verdict
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["REGROUPED", "Said", "moved", "refuse_others", "split", "that_are_records"]

Said = tuple[str, str, str]
"""One decision: its verdict and the two mentions that it is about."""

REGROUPED = frozenset({CaseKind.HOUSEHOLD, CaseKind.POSSIBLE_MOVE, CaseKind.LOOKS_WRONG, CaseKind.CONFLICT})
"""Kinds of case of whose records, those of a life event apart, it can be said in groups who is who."""


def split(groups: Sequence[Collection[str]]) -> list[Said]:
    """Say that the mentions of each group are one person, and those of different groups different people.

    Of every two it is said, so that it holds where a record goes away or one decision is superseded.

    >>> split([["a/1/1", "b/1/1"], ["c/1/1"]])
    [('same', 'a/1/1', 'b/1/1'), ('different', 'a/1/1', 'c/1/1'), ('different', 'b/1/1', 'c/1/1')]
    """
    _refuse_twice(list(chain.from_iterable(groups)))
    same = [(Verdict.SAME.value, *two) for group in groups for two in combinations(sorted(group), 2)]
    apart = [
        (Verdict.DIFFERENT.value, *two)
        for one, other in combinations(groups, 2)
        for two in product(sorted(one), sorted(other))
    ]
    return same + apart


def moved(mentions: Collection[str], *, out_of: Collection[str], into: Collection[str]) -> list[Said]:
    """Say that mentions are not whom the rest of their person is, but are another person; of those two it says nothing.

    >>> moved(["b/1/1"], out_of=["a/1/1"], into=["c/1/1"])
    [('same', 'b/1/1', 'c/1/1'), ('different', 'a/1/1', 'b/1/1')]
    """
    _refuse_twice([*mentions, *out_of, *into])
    if not mentions or not into:
        raise SettingsError("say which records are moved, and to whom")
    same = [(Verdict.SAME.value, *_ordered(two)) for two in product(sorted(mentions), sorted(into))]
    among = [(Verdict.SAME.value, *two) for two in combinations(sorted(mentions), 2)]
    apart = [(Verdict.DIFFERENT.value, *_ordered(two)) for two in product(sorted(mentions), sorted(out_of))]
    return same + among + apart


def that_are_records(mentions: Collection[str]) -> list[str]:
    """Leave out the life events among some mentions.

    >>> that_are_records(["a/1/1", "life_events/gro:1/1"])
    ['a/1/1']
    """
    return [mention for mention in mentions if not mention.startswith(f"{EVENTS_SOURCE}/")]


def refuse_others(groups: Sequence[Collection[str]], mentions: Collection[str]) -> None:
    """Raise `SettingsError` unless every one of some mentions, and no other, is in a group."""
    grouped = set(chain.from_iterable(groups))
    if grouped - set(mentions):
        raise SettingsError("one of the records is not among those that are put into groups")
    if left := sorted(set(mentions) - grouped):
        raise SettingsError(f"{left[0]} is in no group: each record is put into one")


def _ordered(two: tuple[str, str]) -> tuple[str, str]:
    return (two[0], two[1]) if two[0] <= two[1] else (two[1], two[0])


def _refuse_twice(mentions: Sequence[str]) -> None:
    if len(set(mentions)) < len(mentions):
        raise SettingsError("a record can be in one group alone")

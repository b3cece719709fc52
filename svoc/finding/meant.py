"""Which names somebody may have meant by the words that they said, in whatever order they said them."""

from collections.abc import Iterator, Sequence

from matchers import forms_of
from svoc.finding.said import Said
from svoc.finding.vocabulary import Vocabulary
from svoc.store.sought import Called

__all__ = ["alone", "in_part", "together"]

SURNAMES, FORENAMES = 16, 32
"""Names in use that are looked up for one word, likeliest first."""
ALONE = 6
"""Surnames that are looked up for one word where nothing is said of the forename: those that are all but the word."""


def together(said: Said, surnames: Vocabulary, forenames: Vocabulary) -> list[Called]:
    """Give the names that are a surname by one part of what was said and a forename by another."""
    return [name for last, rest in _parted(said.words) for name in _called(said.words, last, rest, surnames, forenames)]


def in_part(said: Said, surnames: Vocabulary) -> list[Called]:
    """Give the names that are a surname by what was said, whatever the forename."""
    found = [surnames.near(last, most=ALONE, heard=last in said.words) for last, _ in _parted(said.words)]
    every = tuple(dict.fromkeys(name for names in found for name in names))
    return [Called(surnames=every)] if every else []


def alone(said: Said, forenames: Vocabulary) -> list[Called]:
    """Give the names that are a forename by the one word that was said, whatever the surname."""
    found = _forenames(said.words[0], forenames) if len(said.words) == 1 else ()
    return [Called(forenames=found)] if found else []


def _parted(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Take each word, and each two neighbours as one word, for the surname: with the words that are left.

    >>> list(_parted(("O", "BRIEN")))
    [('O', ('BRIEN',)), ('BRIEN', ('O',)), ('OBRIEN', ())]
    """
    for length in (1, 2):
        for at in range(len(words) - length + 1):
            yield "".join(words[at : at + length]), (*words[:at], *words[at + length :])


def _called(
    said: Sequence[str], last: str, rest: Sequence[str], surnames: Vocabulary, forenames: Vocabulary
) -> Iterator[Called]:
    borne = tuple(surnames.near(last, most=SURNAMES, heard=last in said))
    if not borne:
        return
    if not rest:
        yield Called(borne)
    for first in rest:
        if len(first) == 1:
            yield Called(borne, begins=first)
        elif known := _forenames(first, forenames):
            yield Called(borne, known)


def _forenames(word: str, forenames: Vocabulary) -> tuple[str, ...]:
    """Name the forenames in use that a word may mean: its likes, its other forms, and its initial."""
    if len(word) == 1:
        return ()
    forms = [name for form in forms_of(word) for name in forenames.values.get(form, ())]
    return tuple(dict.fromkeys([*forenames.near(word, most=FORENAMES), *forms[:FORENAMES], word[0]]))

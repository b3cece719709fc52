"""The forms by which records are put into groups, or some of them moved: what was chosen, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from svoc.web.asking import Form
from svoc.web.pages.case_form import LETTERS, named
from svoc.web.pages.reasons import REASONS, reasoned

__all__ = ["Chosen", "as_they_stand", "groups_asked", "move_asked", "too_many"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen: `groups`: letter -> the number of its group; `moved`: letters; `into`: who shall have them.

    `because`: the reason as the ledger keeps it; `fields`: all of it, to be sent again; `faults`: what is wrong.
    """

    groups: Mapping[str, str]
    moved: tuple[str, ...] = ()
    into: str = ""
    reason: str = ""
    note: str = ""
    because: str = ""
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Give every field of the form with what was chosen."""
        groups = [(f"group-{letter}", number) for letter, number in self.groups.items()]
        moved = [(f"move-{letter}", "yes") for letter in self.moved]
        return (*groups, *moved, ("into", self.into), ("reason", self.reason), ("note", self.note))

    def members(self, there: Sequence[str]) -> list[list[str]]:
        """Give the records (mention keys) of each group."""
        letters = named(there)
        numbers = dict.fromkeys(self.groups.values())
        return [[m for m, letter in letters.items() if self.groups[letter] == number] for number in numbers]

    def taken(self, there: Sequence[str]) -> list[str]:
        """Give the records (mention keys) that are moved."""
        return [mention for mention, letter in named(there).items() if letter in self.moved]


def too_many(there: Sequence[str]) -> bool:
    """Say whether there are more records than a page has letters for."""
    return len(there) > len(LETTERS)


def as_they_stand(there: Sequence[str], whose: Mapping[str, str]) -> Chosen:
    """Put the records into groups as they stand: those of one person into one."""
    persons = list(dict.fromkeys(whose.get(mention, mention) for mention in there))
    letters = named(there)
    return Chosen({letters[m]: str(persons.index(whose.get(m, m)) + 1) for m in there})


def groups_asked(there: Sequence[str], form: Form, *, apart: bool) -> Chosen:
    """Read the form of groups; `apart`: whether there have to be two."""
    letters, numbers = named(there).values(), [str(n + 1) for n in range(len(there))]
    groups = {letter: form.text(f"group-{letter}") for letter in letters}
    said, faults = reasoned(form, REASONS["group"]), []
    if any(number not in numbers for number in groups.values()):
        faults.append((f"group-{next(iter(letters))}", "no_group"))
    elif apart and len(set(groups.values())) < 2:
        faults.append((f"group-{next(iter(letters))}", "one_group"))
    return Chosen(groups, (), "", said.reason, said.note, said.because, (*faults, *said.faults))


def move_asked(there: Sequence[str], form: Form) -> Chosen:
    """Read the form of a move; who is typed counts before who is chosen from the list."""
    letters = tuple(letter for letter in named(there).values() if form.text(f"move-{letter}"))
    into = form.text("typed").upper() or form.text("into")
    said, faults = reasoned(form, REASONS["group"]), []
    if not letters:
        faults.append((f"move-{next(iter(named(there).values()), '')}", "no_record"))
    if not into:
        faults.append(("typed", "no_into"))
    return Chosen({}, letters, into, said.reason, said.note, said.because, (*faults, *said.faults))

"""What an auditor looks through: who read and did what, for which purpose and why, and whether the trail is whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from svoc.council import Council
from svoc.store.audit_anchors import heads_of
from svoc.store.audit_asking import Noted
from svoc.store.audit_chain import Head
from svoc.store.audit_turning import Leaf, Wanted, leaf_of
from svoc.words.audit import Kind, as_word

__all__ = ["GROUPS", "Chain", "Looker", "chain", "checked", "leaf"]

GROUPS: Mapping[str, frozenset[Kind]] = MappingProxyType(
    {
        "reads": frozenset(
            {
                Kind.VIEW, Kind.SEARCH, Kind.HISTORY, Kind.EXPLAIN, Kind.CASES, Kind.HOUSEHOLDS, Kind.LIST,
                Kind.EXPORT, Kind.REPORT,
            }
        ),
        "decisions": frozenset({Kind.DECIDE, Kind.UNDO, Kind.CONFIRM, Kind.IMPORT}),
        "refusals": frozenset({Kind.DENIED, Kind.FAILED}),
        "notices": frozenset({Kind.TELL, Kind.NOTICE, Kind.ANSWER}),
        "rights": frozenset(
            {
                Kind.PROTECT, Kind.CLEAR, Kind.ACCOUNT, Kind.RECTIFY, Kind.ERASE, Kind.RESTRICT, Kind.SUPPRESS,
                Kind.OBJECT,
            }
        ),
        "nights": frozenset({Kind.NIGHT, Kind.REFUSED, Kind.APPROVE, Kind.ROLLBACK, Kind.RETENTION}),
        "access": frozenset({Kind.SIGN, Kind.KEY, Kind.AUDIT, Kind.VERIFY, Kind.SEAL, Kind.LOST}),
    }
)  # fmt: skip
"""What an auditor chooses from -> the kinds of events."""


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks through the trail of a council, for which purpose and why; both are noted with each look.

    Raises `PurposeRefused` where the purpose is not theirs to ask for.
    """

    council: Council
    actor: str
    purpose: str
    because: str = ""

    def __post_init__(self) -> None:
        self.council.reader(self.purpose, actor=self.actor, because=self.because or None)

    def note(self, kind: Kind, **said: object) -> Head:
        """Note what is looked at."""
        noted: Head = self.council.audit.note(
            kind, actor=self.actor, purpose=self.purpose, because=self.because or None, **said  # type: ignore[arg-type]
        )  # fmt: skip
        return noted


@dataclass(frozen=True, slots=True)
class Chain:
    """What vouches for the trail.

    `head`: its last event; `last`: when it was last verified with the store, if it was; `lost`: the ends that somebody
    owned up to have lost, in words; `looked`: of how many events each hash was just now reckoned anew, nothing where
    that was not asked for; `faults`: what was found wrong.
    """

    head: Head
    last: Noted | None
    lost: tuple[str, ...]
    looked: int | None = None
    faults: tuple[str, ...] = ()


def leaf(
    looker: Looker, wanted: Wanted, *, group: str = "", person: str = "", before: int | None = None, most: int = 50
) -> Leaf:
    """Give a page of the trail, the newest event first, and note that it was looked at.

    `group`: of `GROUPS`; `person`: whom the events concern, by identifier, under whichever they were known.
    """
    audit = looker.council.audit
    if person:
        found = (event for event in reversed(audit.of_person(person)) if wanted.admits(event))
        page = leaf_of(found, before=before, most=most)
    else:
        page = audit.turned(wanted, before=before, most=most)
    said = {
        "kind": group, "whose": wanted.actor, "of": wanted.purpose,
        "since": wanted.since and wanted.since.date().isoformat(),
        "until": wanted.until and wanted.until.date().isoformat(),
    }  # fmt: skip
    about = {name: as_word(word) for name, word in said.items() if word}
    looker.note(Kind.AUDIT, persons=[person] if person else [], counts={"shown": len(page.events)}, about=about)
    return page


def chain(looker: Looker) -> Chain:
    """Say what vouches for the trail, without reckoning it anew."""
    audit = looker.council.audit
    last = audit.turned(Wanted(kinds=frozenset({Kind.VERIFY})), most=1).events
    return Chain(audit.head(), last[0] if last else None, tuple(loss.words() for loss in audit.losses()))


def checked(looker: Looker) -> Chain:
    """Reckon the hash of every event anew, hold the trail to the ends that nights saw, and note that it was done."""
    heads = {f"night {run}": head for run, head in heads_of(looker.council.store.engine).items()}
    looked, faults = looker.council.audit.broken(heads)
    looker.note(Kind.VERIFY, counts={"laws": 1, "violations": len(faults)})
    known = chain(looker)
    return Chain(known.head, known.last, known.lost, looked, tuple(faults))

"""What the audit trail may hold: a kind for everything that is read or done, and what an event of it may say.

An event holds words of svoc's own and numbers, never what a field holds of a person. Whatever is not declared here is
refused, so that nothing personal comes in by a side door.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from svoc.errors import nearest

__all__ = ["DECLARED", "Declared", "Kind", "as_word", "refuse_undeclared"]


class Kind(StrEnum):
    """What was read or done.

    >>> Kind("view").words
    "one person's record was read, as it stands or stood"
    """

    VIEW = "view"
    SEARCH = "search"
    HISTORY = "history"
    EXPLAIN = "explain"
    CASES = "cases"
    HOUSEHOLDS = "households"
    LIST = "list"
    EXPORT = "export"
    REPORT = "report"
    AUDIT = "audit"
    VERIFY = "verify"
    NIGHT = "night"
    REFUSED = "refused"
    APPROVE = "approve"
    ROLLBACK = "rollback"
    RETENTION = "retention"
    DECIDE = "decide"
    UNDO = "undo"
    IMPORT = "import"
    TELL = "tell"
    CONFIRM = "confirm"
    NOTICE = "notice"
    ANSWER = "answer"
    PROTECT = "protect"
    CLEAR = "clear"
    ACCOUNT = "account"
    RECTIFY = "rectify"
    ERASE = "erase"
    RESTRICT = "restrict"
    SUPPRESS = "suppress"
    OBJECT = "object"
    KEY = "key"
    SIGN = "sign"
    DENIED = "denied"
    FAILED = "failed"
    SEAL = "seal"
    LOST = "lost"

    @property
    def words(self) -> str:
        """Say what an event of this kind tells of."""
        return DECLARED[self].words


@dataclass(frozen=True, slots=True)
class Declared:
    """What an event of a kind may hold.

    `holds`: which of purpose, because, persons, fields, run and lane; `counts`: the names of its numbers; `about`: the
    names of its words, each a word of svoc's or of council.toml.
    """

    words: str
    holds: frozenset[str]
    counts: frozenset[str]
    about: frozenset[str] = frozenset()


READS = frozenset({"purpose", "because", "persons", "fields", "run", "lane"})
ACTS = READS
WHOLE = frozenset({"purpose", "because", "run", "lane"})
SHOWN = frozenset(
    {"asked", "shown", "withheld", "masked", "persons", "rows", "records", "cases", "links", "households", "changes"}
)
DONE = frozenset({"decision", "decisions", "persons", "records", "cases", "changes", "notices", "recipients", "rows"})
RUNS = frozenset(
    {
        "mentions", "new", "amended", "standing", "withdrawn", "persons", "households", "persons_new", "persons_gone",
        "joined", "parted", "changed", "world", "cases", "notices", "guards", "restores",
    }
)  # fmt: skip
READ = frozenset({"surface", "format", "list"})

DECLARED: Mapping[Kind, Declared] = {
    Kind.VIEW: Declared("one person's record was read, as it stands or stood", READS, SHOWN, READ),
    Kind.SEARCH: Declared("persons were looked for", READS, SHOWN, READ),
    Kind.HISTORY: Declared("what happened to a person was read", READS, SHOWN, READ),
    Kind.EXPLAIN: Declared("it was asked why two records are one person, or are not", READS, SHOWN, READ),
    Kind.CASES: Declared("open questions were read", READS, SHOWN, READ),
    Kind.HOUSEHOLDS: Declared("who lives together was read", READS, SHOWN, READ),
    Kind.LIST: Declared("a list was written for a custodian or for councils that join", READS, SHOWN, READ),
    Kind.EXPORT: Declared("what a purpose may read was written to files", READS, SHOWN, READ),
    Kind.REPORT: Declared("a report or figures of quality were made", READS, SHOWN, READ),
    Kind.AUDIT: Declared(
        "the audit trail itself was read",
        READS,
        frozenset({"shown"}),
        frozenset({"kind", "whose", "of", "since", "until"}),
    ),
    Kind.VERIFY: Declared("store and audit trail were verified", WHOLE, frozenset({"laws", "violations"})),
    Kind.NIGHT: Declared("a night was committed", WHOLE, RUNS, frozenset({"plan"})),
    Kind.REFUSED: Declared("guards refused a plan", WHOLE, RUNS, frozenset({"plan"})),
    Kind.APPROVE: Declared("a refused plan was approved", WHOLE, RUNS, frozenset({"plan"})),
    Kind.ROLLBACK: Declared("nights were undone", WHOLE, RUNS),
    Kind.RETENTION: Declared("what is past was let go", WHOLE, frozenset()),
    Kind.DECIDE: Declared("a steward decided", ACTS, DONE, frozenset({"verdict"})),
    Kind.UNDO: Declared("a decision was taken back", ACTS, DONE),
    Kind.IMPORT: Declared("decisions of another council were brought", WHOLE, DONE),
    Kind.TELL: Declared("life events were told", ACTS, DONE | frozenset({"events"}), frozenset({"event"})),
    Kind.CONFIRM: Declared("a life event was confirmed to be a person's", ACTS, DONE, frozenset({"verdict"})),
    Kind.NOTICE: Declared(
        "a notice was carried to a recipient", ACTS, DONE, frozenset({"recipient", "change", "payload"})
    ),
    Kind.ANSWER: Declared(
        "what a recipient said of a notice was taken down, or a notice was let go again or dropped",
        ACTS,
        DONE,
        frozenset({"recipient", "state"}),
    ),
    Kind.PROTECT: Declared("protection was laid on a person", ACTS, DONE, frozenset({"protection"})),
    Kind.CLEAR: Declared("protection was lifted, or was asked to be", ACTS, DONE, frozenset({"protection", "stage"})),
    Kind.ACCOUNT: Declared("what is held of a person was given to them", ACTS, SHOWN | DONE, frozenset({"format"})),
    Kind.RECTIFY: Declared("a fact was put right", ACTS, DONE, frozenset({"source"})),
    Kind.ERASE: Declared("records were erased", ACTS, DONE, frozenset({"source"})),
    Kind.RESTRICT: Declared("use of a person's records was restricted, or was freed", ACTS, DONE, frozenset({"stage"})),
    Kind.SUPPRESS: Declared("records were suppressed, or are no more", ACTS, DONE, frozenset({"source", "stage"})),
    Kind.OBJECT: Declared("an objection was recorded, or was answered", ACTS, DONE, frozenset({"stage"})),
    Kind.KEY: Declared(
        "a key of another system was made or revoked", frozenset({"because"}), frozenset(), frozenset({"key", "stage"})
    ),
    Kind.SIGN: Declared("somebody signed in or out", frozenset(), frozenset(), frozenset({"how", "stage"})),
    Kind.DENIED: Declared("a read was refused", READS, SHOWN, READ | frozenset({"kind", "ground"})),
    Kind.FAILED: Declared("what an earlier event says was not done", WHOLE, frozenset({"event"}), frozenset({"kind"})),
    Kind.SEAL: Declared("older events were pruned", WHOLE, frozenset({"last", "pruned"}), frozenset({"head"})),
    Kind.LOST: Declared(
        "an end of the trail that a night knew is lost, as somebody owned up to",
        WHOLE,
        frozenset({"last"}),
        frozenset({"head"}),
    ),
}
"""What each kind's event may hold."""

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


def refuse_undeclared(
    kind: Kind, *, holds: Iterable[str], counts: Mapping[str, float], about: Mapping[str, str], fields: Iterable[str]
) -> None:
    """Raise `ValueError` for whatever an event of a kind may not hold; the message names keys, never a value.

    >>> refuse_undeclared(Kind.VIEW, holds=["purpose"], counts={"show": 1}, about={}, fields=["surname"])
    Traceback (most recent call last):
    ...
    ValueError: an audit event 'view' has no count 'show'; did you mean 'shown'?
    """
    declared = DECLARED[kind]
    _among(kind, "part", holds, declared.holds)
    _among(kind, "count", counts, declared.counts)
    _among(kind, "word", about, declared.about)
    for name, number in counts.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise ValueError(f"an audit event {kind.value!r} holds a number as {name!r}, and nothing else")
    for name, word in about.items():
        if not WORD.fullmatch(word):
            raise ValueError(f"an audit event {kind.value!r} holds one word as {name!r}: letters, digits and _.:/-")
    if not all(NAME.fullmatch(name) for name in fields):
        raise ValueError(f"an audit event {kind.value!r} holds names of fields, in small letters, and nothing else")


def as_word(text: str) -> str:
    """Make one word of a name from council.toml, which may hold spaces and other signs.

    >>> as_word("council tax (north)")
    'council_tax_north'
    """
    return re.sub(r"[^A-Za-z0-9.:-]+", "_", text).strip("_.:-")[:100] or "unnamed"


def _among(kind: Kind, what: str, given: Iterable[str], known: frozenset[str]) -> None:
    for name in given:
        if name not in known:
            near = nearest(name, known)
            hint = f"; did you mean {near!r}?" if near else ""
            raise ValueError(f"an audit event {kind.value!r} has no {what} {name!r}{hint}")

"""How the report says things: plain words for each name that the night uses; numbers and dates as people write them."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from gazetteer import RUNGS
from svoc.words.changes import Cause, ChangeKind
from svoc.words.decisions import CaseKind

__all__ = ["FILTERS", "WORDS", "spaced", "words_for"]

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "kind": {
            "person": "persons",
            "organisation": "organisations",
            "executor": "executors",
            "void": "voids",
        },
        "change": {
            "new": "not there the night before",
            "amended": "says something else than the night before",
            "standing": "as it was",
            "withdrawn": "no longer there",
        },
        "door": {
            "anonymous": "anonymous entries, counted and not held",
            "anonymous_refused": "anonymous entries that carried a name or an address, refused",
            "under_16": "under 16, not held",
            "nameless": "without a name",
            "without_property": "without a property",
            "opted_out": "opted out of the open register",
            "overseas": "overseas electors",
            "attainers": "attainers",
        },
        "outcome": {
            "exact": "one property, and sure of it",
            "historic": "a former address or property",
            "building": "the building, not the unit",
            "street": "the street, not the property",
            "ambiguous": "several properties, or references that disagree",
            "none": "no property",
        },
        "rung": {rung.name: rung.meaning for rung in RUNGS},
        "answer": {
            "same": "joined",
            "ask": "a steward is asked",
            "possible": "kept as possible, never joined",
        },
        "case": {
            CaseKind.HOUSEHOLD.value: "who is who at one place",
            CaseKind.SUCCESSION.value: "which elector of the old register is this",
            CaseKind.POSSIBLE_MOVE.value: "probably one person at two places",
            CaseKind.CONFLICT.value: "decisions contradict each other",
            CaseKind.LOOKS_WRONG.value: "records that sit badly together",
            CaseKind.ADDRESS.value: "UPRN and address disagree",
            CaseKind.LIFE_EVENT.value: "a life event waits for a human",
        },
        "person_change": {
            ChangeKind.NEW.value: "nobody whom we knew",
            ChangeKind.GONE.value: "no record is left",
            ChangeKind.MERGED.value: "joined into another",
            ChangeKind.SPLIT.value: "taken out of another",
            ChangeKind.MEMBERS.value: "records came or went",
            ChangeKind.CHANGED.value: "facts that changed",
        },
        "cause": {
            Cause.WORLD.value: "a source says something new",
            Cause.IDENTITY.value: "who is who was answered anew",
            Cause.PLACEMENT.value: "a place on the gazetteer moved",
            Cause.POLICY.value: "the model or a rule changed",
            Cause.FIRST_SIGHT.value: "seen for the first time",
            Cause.ROLLBACK.value: "a night was undone",
            Cause.RIGHT.value: "records were erased, restricted or freed",
        },
        "step": {
            "delta": "what is new against the night before",
            "place": "addresses to properties",
            "pair": "pairs found and weighed",
            "group": "who belongs together",
            "attach": "life events to persons",
            "triage": "what a steward should see",
            "identify": "identifiers allotted",
            "merge": "golden facts chosen",
            "house": "who lives together",
            "compare": "what changed, and why",
            "announce": "who is told",
        },
    }
)
"""For each family of names, what each name means; a name that is not here speaks for itself."""

CAPITALS = frozenset({"uprn", "usrn", "dob"})


def spaced(name: str) -> str:
    """Write a name of the machine's as words.

    >>> spaced("council_tax")
    'council tax'
    >>> spaced("supplied_uprn")
    'supplied UPRN'
    """
    return " ".join(word.upper() if word in CAPITALS else word for word in name.split("_"))


def words_for(family: str, name: str) -> str:
    """Give the words for a name, or the name itself, spaced, where there are none."""
    return WORDS.get(family, {}).get(name, spaced(name))


def number(value: float | None) -> str:
    """Write a whole number with its thousands apart; nothing known is a dash.

    >>> number(12345), number(None)
    ('12,345', '–')
    """
    return "–" if value is None else f"{value:,.0f}"


def percent(share: float | None) -> str:
    """Write a share (0 to 1) so that only all is 100% and only nothing is 0%.

    >>> percent(0.5), percent(0.99999), percent(0.00001), percent(1), percent(0), percent(None)
    ('50.0%', '>99.9%', '<0.1%', '100%', '0%', '–')
    """
    if share is None:
        return "–"
    if share in {0, 1}:
        return f"{share:.0%}"
    if share > 0.9995:
        return ">99.9%"
    return "<0.1%" if share < 0.0005 else f"{share:.1%}"


def moved(now: float | None, before: float | None) -> str:
    """Write how a count differs from the night before.

    >>> moved(12, 10), moved(1000, 3000), moved(3, 3), moved(3, None)
    ('+2', '−2,000', 'no change', '–')
    """
    if now is None or before is None:
        return "–"
    if now == before:
        return "no change"
    return f"{'+' if now > before else '−'}{abs(now - before):,.0f}"


def day(text: str | None) -> str:
    """Write a date as people do.

    >>> day("2026-11-02")
    '2 November 2026'
    """
    if not text:
        return "–"
    on = date.fromisoformat(text)
    return f"{on.day} {on:%B %Y}"


def moment(text: str) -> str:
    """Write a moment as people do, to the minute.

    >>> moment("2026-11-02T23:05:00+00:00")
    '2 November 2026 at 23:05 UTC'
    """
    at = datetime.fromisoformat(text)
    return f"{at.day} {at:%B %Y} at {at:%H:%M} {at.tzname() or ''}".strip()


def seconds(value: float) -> str:
    """Write how long something took.

    >>> seconds(0.0421), seconds(5.26), seconds(754.2)
    ('0.04 s', '5.3 s', '12 min 34 s')
    """
    if value >= 60:
        return f"{int(value) // 60:,} min {int(value) % 60} s"
    return f"{value:.2f} s" if value < 1 else f"{value:.1f} s"


def short(fingerprint: str) -> str:
    """Give as much of a fingerprint as two people need to see that they mean the same thing.

    >>> short("358ad055bda14a9e2b511bb5271b1fd6")
    '358ad055bda1'
    """
    return fingerprint[:12]


def in_bits(millibits: int) -> str:
    """Write thousandths of a bit as bits with their sign.

    >>> in_bits(-2250), in_bits(0)
    ('-2.25', '+0.00')
    """
    return f"{millibits / 1000:+.2f}"


def capitalised(words: str) -> str:
    """Begin a sentence with a capital and leave the rest as it is.

    >>> capitalised("the register lists both")
    'The register lists both'
    """
    return words[:1].upper() + words[1:]


FILTERS = {
    "number": number,
    "percent": percent,
    "moved": moved,
    "day": day,
    "moment": moment,
    "seconds": seconds,
    "short": short,
    "spaced": spaced,
    "in_bits": in_bits,
    "capitalised": capitalised,
    "words": lambda name, family: words_for(family, name),
}
"""What the template may call, by name."""

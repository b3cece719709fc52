"""The smallest change that would turn the answer about a pair."""

from collections.abc import Sequence

from matchers import Comparison, changes
from matchers.comparisons.base import MISSING
from svoc.explaining.explanation import Reason, bits
from svoc.explaining.why import Asked
from svoc.explaining.wording import UNKNOWN, label

__all__ = ["smallest_change", "turning"]

NOT_BY_EVIDENCE = {
    "steward_same": "another decision of a steward",
    "steward_different": "another decision of a steward",
    "life_event": "a steward's answer",
    "not_a_person": "nothing that is written: neither companies nor voids are people",
    "side_by_side": "no agreement would; only a steward can say that they are one",
    "listed_once": "one stay that ends before the other begins, or a steward who says that they are one",
    "never_met": "something that a rule looks for, written alike in both",
    "crowd": "something rarer that a rule looks for, written alike in both",
}


def turning(asked: Asked, found: Sequence[Reason]) -> str:
    """Say in words what single change would turn the answer that was given for these reasons."""
    code = found[0].code
    if code in NOT_BY_EVIDENCE:
        return NOT_BY_EVIDENCE[code]
    row = asked.around.row(asked.left, asked.right)
    turned = smallest_change(asked, found)
    verb = "part" if asked.same else "join"
    if row is None or turned is None:
        others = "; they are one by way of other records too" if asked.same and _held_by_others(asked) else ""
        return f"no single change of what the two say would {verb} them{others}"
    name, level, gain = turned
    grade, levels = row[f"grade_{name}"], _comparison(asked, name).levels
    now = UNKNOWN if grade == MISSING else levels[grade]
    return f"{label(name)} at {level!r} instead of {now!r} ({'+' if gain > 0 else ''}{bits(gain)}) would {verb} them"


def smallest_change(asked: Asked, found: Sequence[Reason]) -> tuple[str, str, int] | None:
    """Find the comparison, the level and the gain in millibits, smallest first, with which the household would be
    solved otherwise; nothing where no single change does that.

    Every change that might do is tried on the pair in the midst of all around it, so that rivals and rules have their
    say.
    """
    around = asked.around
    row = around.row(asked.left, asked.right)
    if row is None or around.joined(asked.left, asked.right) != asked.same or (asked.same and _held_by_others(asked)):
        return None
    for name, level, gain in changes(row, around.policy.model):
        if _may_turn(asked, found, row["weight"], gain):
            grade = _comparison(asked, name).levels.index(level)
            if around.if_instead(row, name, grade, gain).joined(asked.left, asked.right) != asked.same:
                return name, level, gain
    return None


def _may_turn(asked: Asked, found: Sequence[Reason], weight: int, gain: int) -> bool:
    """Say whether a gain passes every bar that is known; a household's margin moves with the weight, bit by bit."""
    bars = [(r.has, r.needs) for r in found if r.has is not None and r.needs is not None and r.code != "names_only"]
    if not asked.same:
        return gain >= 0 and all(has + gain >= needs for has, needs in bars)
    if not asked.together:
        return gain < 0
    return any(has + gain < needs or weight + gain < needs for has, needs in bars)


def _held_by_others(asked: Asked) -> bool:
    """Say whether the two would be one person though nothing brought this pair together."""
    row = asked.around.row(asked.left, asked.right)
    return row is not None and asked.around.without(row).joined(asked.left, asked.right)


def _comparison(asked: Asked, name: str) -> Comparison:
    return next(c for c in asked.around.policy.model.comparisons if c.name == name)

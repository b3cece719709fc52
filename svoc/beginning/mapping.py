"""Which column of a file stands for which of svoc's, and how sure that is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from svoc.beginning.headings import UNREAD, Meaning, heading_of, meanings
from svoc.beginning.shapes import DISTINCT, SHAPE_OF, Shape

__all__ = ["Certainty", "Column", "Mapped", "columns_of"]


class Certainty(IntEnum):
    """How sure a suggestion is."""

    LOOK = 1
    LIKELY = 2
    SURE = 3

    @property
    def words(self) -> str:
        """Give it in words, as council.toml says it."""
        return {1: "please look", 2: "likely", 3: "sure"}[self]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file, what it is taken for, how sure that is and why.

    `ordinal` and `place` order the columns of one address; `at` is its place in the file.
    """

    heading: str
    meaning: str
    certainty: Certainty
    why: str
    at: int
    ordinal: int = 0
    place: int = 0

    @property
    def order(self) -> tuple[int, int, int]:
        """Give where it belongs among the columns of its address."""
        return self.place, self.ordinal, self.at


@dataclass(frozen=True, slots=True)
class Mapped:
    """The columns that are taken for something, by meaning, and the headings that are not."""

    columns: Mapping[str, tuple[Column, ...]]
    others: tuple[str, ...]

    def one(self, meaning: str) -> Column | None:
        """Give the first column of a meaning."""
        return next(iter(self.columns.get(meaning, ())), None)


LINES = ("address", "forwarding_address")
"""What may be written in several columns of one file."""

TELLING = {"postcode": "postcode", "email": "email", "phone": "phone", "title": "title", "long_uprn": "uprn"}
"""Shapes that say what a column is whatever it is called."""

WHOLE = 25
SECONDS = ("name", "surname", "forename", "title")


def columns_of(shapes: Mapping[str, Shape], kind: str, wanted: Collection[str]) -> Mapped:
    """Suggest what each column of a file of a kind means, among the meanings that are `wanted`.

    `shapes` has every heading of the file, in order, with how its values look.
    """
    suggested = [
        found
        for at, (heading, shape) in enumerate(shapes.items())
        if (found := _suggested(at, heading, shape, kind, wanted))
    ]
    chosen = _chosen([column for column in suggested if column.meaning != UNREAD])
    chosen |= _unsaid(shapes, chosen, suggested, wanted)
    taken = {column.heading for each in chosen.values() for column in each}
    return Mapped(chosen, tuple(heading for heading in shapes if heading not in taken))


# --- one column


def _suggested(at: int, heading: str, shape: Shape, kind: str, wanted: Collection[str]) -> Column | None:
    taken = heading_of(heading)
    ways = [m for m in meanings(taken) if m.name == UNREAD or (m.name in wanted and m.kind in ("", kind))]
    graded = [(grade, way) for way in ways if (grade := _grade(way, shape))]
    if not graded:
        return None
    (certainty, _), way = max(graded, key=_preferred)
    meaning = f"{way.name}_2" if taken.ordinal == 2 and way.name in SECONDS and f"{way.name}_2" in wanted else way.name
    return Column(heading, meaning, Certainty(certainty), _why(way, shape), at, taken.ordinal, way.place or WHOLE)


def _preferred(graded: tuple[tuple[int, float], Meaning]) -> tuple[tuple[int, float], bool, bool]:
    """Prefer what is surest, a part of a name to a whole one, and what a kind of list has of its own."""
    grade, way = graded
    return grade, way.name != "name", way.kind != ""


def _grade(way: Meaning, shape: Shape) -> tuple[int, float] | None:
    """Say how sure a meaning is, and by what share of the heading; nothing where the values speak against it."""
    fit = shape.fits(way.name)
    whole = way.share == 1
    if way.name == UNREAD:
        return (Certainty.SURE, way.share) if whole else None
    if fit is not None and fit < 0.3 and not (way.name == "record" and whole and fit >= 0.1):
        return None
    if whole:
        sure = (fit is None and shape.filled > 0) or (fit is not None and fit >= 0.8)
        fair = not shape.filled or (fit is not None and fit >= 0.5 and SHAPE_OF[way.name] not in ("date", DISTINCT))
        return (Certainty.SURE if sure else Certainty.LIKELY if fair else Certainty.LOOK), way.share
    if fit is not None and fit >= 0.8:
        return Certainty.LIKELY if way.share >= 0.5 else Certainty.LOOK, way.share
    return (Certainty.LOOK, way.share) if way.share >= 0.5 else None


def _why(way: Meaning, shape: Shape) -> str:
    said = "its heading says so" if way.share == 1 else "its heading says so in part"
    fit = shape.fits(way.name)
    if not shape.filled:
        return f"{said}; it is empty here"
    if fit is None:
        return said
    like = "have a value of their own" if way.name == "record" else "look so"
    return f"{said}, {_percent(fit)} of its values {like}"


def _percent(share: float) -> str:
    return f"{int(share * 100)}%"


# --- all columns together


def _chosen(suggested: Iterable[Column]) -> dict[str, tuple[Column, ...]]:
    groups: dict[str, list[Column]] = {}
    for column in suggested:
        groups.setdefault(column.meaning, []).append(column)
    return {name: _lines(columns) if name in LINES else (_rival(columns),) for name, columns in groups.items()}


def _rival(columns: list[Column]) -> Column:
    """Take the surest, and say so where another was as sure."""
    ranked = sorted(columns, key=lambda column: (-column.certainty, column.ordinal, column.at))
    first, *others = ranked
    rivals = [column.heading for column in others if column.certainty == first.certainty and not column.ordinal]
    if not rivals:
        return first
    return replace(first, certainty=Certainty.LOOK, why=f"{first.why}; or is it {', '.join(rivals)}?")


def _lines(columns: list[Column]) -> tuple[Column, ...]:
    """Put the columns of one address in order: its lines, or else its parts, and never one thing twice."""
    whole = [column for column in columns if column.place == WHOLE]
    numbered = [column for column in whole if column.ordinal]
    if len(numbered) >= 2:
        kept = [column for column in columns if column in numbered or column.place > WHOLE + 5]
    elif whole:
        kept = [_rival(whole), *(column for column in columns if column.place > WHOLE + 5 and not _said(whole, column))]
    else:
        kept = columns
    return tuple(sorted(kept, key=lambda column: column.order))


def _said(whole: list[Column], column: Column) -> bool:
    """Tell whether a whole address holds a part already: whoever writes `full address` says so."""
    full = {"full", "whole", "single", "text"}
    return column.place == 30 or any(heading_of(each.heading).words & full for each in whole)


def _unsaid(
    shapes: Mapping[str, Shape],
    chosen: Mapping[str, tuple[Column, ...]],
    suggested: Iterable[Column],
    wanted: Collection[str],
) -> dict[str, tuple[Column, ...]]:
    """Take for a postcode and the like what no heading says, where exactly one column looks so."""
    known = {column.heading for column in suggested}
    found: dict[str, tuple[Column, ...]] = {}
    for shape, meaning in TELLING.items():
        like = [name for name, each in shapes.items() if name not in known and each.mostly(shape)]
        if meaning in wanted and meaning not in chosen and len(like) == 1:
            sure = Certainty.LIKELY if meaning != "uprn" else Certainty.LOOK
            why = "its values look so, its heading does not say it"
            found[meaning] = (Column(like[0], meaning, sure, why, list(shapes).index(like[0])),)
    if "record" in wanted and "record" not in chosen:
        found |= _key(shapes, chosen)
    return found


def _key(shapes: Mapping[str, Shape], chosen: Mapping[str, tuple[Column, ...]]) -> dict[str, tuple[Column, ...]]:
    """Take for the reference of a row the first column in which every row has a value of its own."""
    taken = {column.heading for each in chosen.values() for column in each}
    for at, (heading, shape) in enumerate(shapes.items()):
        own = shape.filled > 1 and shape.shares.get(DISTINCT, 0) == 1 and shape.shares.get("code", 0) >= 0.9
        if heading not in taken and own and not shape.mostly("postcode") and not shape.mostly("words"):
            why = "every row has a value of its own, its heading does not say it"
            return {"record": (Column(heading, "record", Certainty.LOOK, why, at),)}
    return {}

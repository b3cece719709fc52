"""Finds the street among the lines of an address: the gazetteer's own, or else what has the form of one.

In flow the lines, the places already taken off, and the lexicon; out flows where the street stands, as a `Span`. The
lines stay as they are.
"""

from typing import NamedTuple

from gazetteer.lexicon import Lexicon
from gazetteer.parsing.forms import NUMBER, Line
from gazetteer.tidy import is_street_type, street_core


class Span(NamedTuple):
    """Where a street stands: the line, and its first word there and the one after its last."""

    at: int
    start: int
    end: int


def find_street(lines: list[Line], lexicon: Lexicon) -> tuple[Span | None, bool]:
    """Finds the street, and tells whether the gazetteer has it; None where nothing looks like one."""
    known = _known_street(lines, lexicon) if lexicon.streets else None
    return known or _likely_street(lines, lexicon), known is not None


def _known_street(lines: list[Line], lexicon: Lexicon) -> Span | None:
    """Finds the gazetteer's own street: after a number rather than not, then the longest, then the last."""
    best: tuple[tuple[int, int, int], Span] | None = None
    for at, line in enumerate(lines):
        for start, word in enumerate(line):
            if word not in lexicon.openings:
                continue
            for end in range(min(len(line), start + lexicon.longest), start, -1):
                if " ".join(line[start:end]) in lexicon.streets:
                    numbered = _numbered(lines, at, start)
                    if start and not numbered and not _stands_alone(line, start, end):
                        continue
                    rank = (numbered, end - start, at)
                    if best is None or rank > best[0]:
                        best = rank, Span(at, start, end)
                    break
    return best[1] if best else None


def _numbered(lines: list[Line], at: int, start: int) -> int:
    before = lines[at][start - 1] if start else (lines[at - 1][-1] if at and len(lines[at - 1]) == 1 else "")
    return 1 if before and NUMBER.fullmatch(before) else 0


def _stands_alone(line: Line, start: int, end: int) -> bool:
    """A known street in the middle of a line counts only where a building's name seems to end before it."""
    return end == len(line) and end - start > 1


def _likely_street(lines: list[Line], lexicon: Lexicon) -> Span | None:
    """Guesses the street by its form: a number and words, or words that end in a kind of street."""
    numbered: list[tuple[bool, Span]] = []
    typed: list[Span] = []
    for at, line in enumerate(lines):
        if " ".join(line) in lexicon.buildings:
            continue
        end = _type_end(line)
        number = max((i for i, word in enumerate(line[:-1]) if NUMBER.fullmatch(word)), default=-1)
        if number >= 0 and not _begins_name(line, number, lexicon):
            stop = end if end > number + 1 else len(line)
            start = _after_block(line, number + 1, stop, lexicon)
            numbered.append((end > number + 1, Span(at, start, stop)))
        elif end and number < 0:
            start = 0 if end == len(line) or end < 3 else end - 2
            if not (start and " ".join(line[:end]) in lexicon.buildings):
                typed.append(Span(at, start, end))
    if numbered:
        has_type, best = max(numbered)
        later = [span for span in typed if span.at > best.at]
        if later and has_type and " ".join(lines[best.at][best.start : best.end]) in lexicon.buildings:
            return later[-1]
        return best
    return typed[-1] if typed else None


def _after_block(line: Line, start: int, end: int, lexicon: Lexicon) -> int:
    """Finds where the street begins behind a known block: 7 TENNYSON COURT VICTROIA ROAD."""
    ends = (cut for cut in range(end - 2, start, -1) if " ".join(line[start:cut]) in lexicon.buildings)
    return next(ends, start)


def _begins_name(line: Line, number: int, lexicon: Lexicon) -> bool:
    return " ".join(line[number + 1 :]) in lexicon.buildings


def _type_end(line: Line) -> int:
    """The position after the last kind of street in a line, or 0; a Welsh kind in front makes it the line's end."""
    name = line[1:] if NUMBER.fullmatch(line[0]) else line
    if len(name) > 1 and street_core(" ".join(name))[0] == " ".join(name[1:]):
        return len(line)
    return max((place + 1 for place, word in enumerate(line) if place and is_street_type(word)), default=0)

"""JSON as strangers send it: read to the letter, each value with its line, and what is wrong of one refused by itself.

A key that is there twice, a number that no calendar or register holds and a text longer than any are marked where they
stand (`Refused`): whoever asks for that value is told, and the rest of the document is as good as it was.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from svoc.errors import Fault, InputFaults
from svoc.sources.statements import Refused
from svoc.sources.tables import LONGEST_FIELD

__all__ = ["list_of", "number_of", "object_of", "parsed", "text_of", "values_in"]

LONGEST_NUMBER = 20
SPACE = " \t\r\n"


def values_in(path: Path) -> list[tuple[int, Any]]:
    """Give every value of a file with its line: of one list its members, of JSON lines each line, else the one value.

    A line that is no JSON is a `Refused`. Raises `InputFaults` where nothing in the file is JSON in UTF-8.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "told.json"
    ...     _ = file.write_text('[{"a": 1},\\n {"b": 2}]')
    ...     values_in(file)
    [(1, {'a': 1}), (2, {'b': 2})]
    """
    try:
        written = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputFaults([Fault(path.name, expected="JSON in UTF-8")]) from None
    try:
        return _members(written)
    except (ValueError, RecursionError) as fault:
        lines = [(at, line) for at, line in enumerate(written.splitlines(), 1) if line.strip()]
        found = [(at, parsed(line)) for at, line in lines]
        if all(isinstance(value, Refused) for _, value in found):
            line = fault.lineno if isinstance(fault, json.JSONDecodeError) else 1
            raise InputFaults([Fault(path.name, line if lines else None, expected="JSON")]) from None
        return found


def parsed(written: str) -> Any:
    """Give the value that a text is, or a `Refused`."""
    try:
        return _decoder().decode(written)
    except (ValueError, RecursionError):
        return Refused("JSON, one event a line")


def object_of(value: Any) -> Mapping[str, Any]:
    """Give an object, an empty one for nothing; raise `Refused` for anything else."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise value if isinstance(value, Refused) else Refused("an object")
    return value


def list_of(value: Any) -> list[Any]:
    """Give a list, of a single value the list of it."""
    if isinstance(value, Refused):
        raise value
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: Any) -> str | None:
    """Give a text or number as a text without needless spaces; None for nothing, for an object and for a list."""
    if isinstance(value, Refused):
        raise value
    if value is None or isinstance(value, (dict, list)):
        return None
    written = str(value)
    if len(written) > LONGEST_FIELD:
        raise Refused(f"at most {LONGEST_FIELD:,} letters in one value")
    return " ".join(written.split()) or None


def number_of(value: Any, column: str) -> float | None:
    """Give a number; raise `Refused` for anything else but nothing."""
    if isinstance(value, Refused):
        raise value
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused("a number", column=column)
    return float(value)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_once, parse_int=_whole, parse_float=_fraction, parse_constant=lambda _: Refused("a number")
    )


def _members(written: str) -> list[tuple[int, Any]]:
    decoder, begins = _decoder(), _next(written, 0)
    if written[begins : begins + 1] != "[":
        return [(1 + written.count("\n", 0, begins), decoder.decode(written))]
    if not isinstance(decoder.decode(written), list):  # well-formed as a whole, or nothing of it is taken
        return []
    found, at, line, counted = [], _next(written, begins + 1), 1, 0
    while written[at] != "]":
        line, counted = line + written.count("\n", counted, at), at
        value, end = decoder.raw_decode(written, at)
        found.append((line, value))
        at = _next(written, end)
        at = _next(written, at + 1) if written[at] == "," else at
    return found


def _next(written: str, at: int) -> int:
    while at < len(written) and written[at] in SPACE:
        at += 1
    return at


def _once(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Refused("each key of an object once")


def _whole(digits: str) -> Any:
    return int(digits) if len(digits) <= LONGEST_NUMBER else Refused(f"a number of at most {LONGEST_NUMBER} digits")


def _fraction(digits: str) -> Any:
    number = float(digits)
    return number if math.isfinite(number) else Refused("a number that a computer can hold")

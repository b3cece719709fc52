"""Makes addresses comparable as text: capitals, plain letters, commas between lines, whole words, a proper postcode."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import OSA

from gazetteer.wordlists import alternation, mapping, rows, words

# No address is longer; what lies beyond is a note or an accident.
LONGEST = 400

_STREET_WORDS = mapping("street_words", "written", "word") | mapping("ordinals", "written", "word")
_STREET_TYPES = words("street_types", "word") | words("street_types", "welsh")
_LONG_STREET_TYPES = sorted(word for word in _STREET_TYPES if len(word) >= 5)
_SAINTS = words("saints", "saint")
_UNIT_WORDS = alternation({row["word"] for row in rows("unit_words") if row["strength"] != "whole"})

_OTHER_MARKS = str.maketrans(
    {"–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "½": " 1/2", "ß": "SS", "Ø": "O", "ø": "o", "æ": "ae", "’": ""}
)
_ASCII: dict[int, str | None] = dict.fromkeys(range(128), " ")
_ASCII.update({ord(letter): letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/,"})
_ASCII.update({ord(mark): "," for mark in ";:|\n\r\t()[]"} | {ord(mark): None for mark in "'\"`"} | {ord("&"): " AND "})

_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
_HALF = re.compile(r"(?<=\d)(?: *AND A HALF|[ -]1/2)\b")
_NUMBER_WORD = re.compile(r"\b(?:NO|NUM|NUMBER) +(?=\d)|(?<=FLAT )NO +(?=[A-Z](?![A-Z]))")
_PAIR = re.compile(
    rf"(?:\b(?P<unit>{_UNIT_WORDS}) +)?\b(?P<low>\d+)(?P<low_letter>[A-Z]?)"
    r"(?P<mark> *- *| AND | TO | */ *)(?P<high>\d+)(?P<high_letter>[A-Z]?)(?![A-Z0-9/])"
)
_MANY = frozenset({"FLATS", "UNITS", "APARTMENTS"})
_LETTER_PAIR = re.compile(r"\b(\d+)(?!F/[LRM])([A-Z])[-/]([A-Z])\b")
_WORD_SLASH = re.compile(r"(?<=[A-Z]{2})/(?=[A-Z]{2})")
_FLAT_GLUE = re.compile(r"\b(FLAT|FLT|APT|UNIT)(?=[A-RT-Z](?![A-Z]))")
_DIGIT_GLUE = re.compile(r"(?<=\d)(?!(?:ST|ND|RD|TH|HALF)(?![A-Z]))(?=[A-Z]{3})")
_SAINT_GLUE = re.compile(rf"(?<=\d)(?=ST +(?:{alternation(_SAINTS)})\b)")
_LETTER_GLUE = re.compile(r"(?<=[A-Z]{3})(?=\d)")
_WORD_HYPHEN = re.compile(r"(?<=[A-Z])-+(?=[A-Z])")
_LOOSE_HYPHEN = re.compile(r"(?<![A-Z0-9])-+|-+(?![A-Z0-9])")
_LOOSE_SLASH = re.compile(r" +/+ *|/+ +")
_LOOSE_SUFFIX = re.compile(r"(?<![A-Z0-9/-])(\d+) ([A-HJ-Z])(?= [A-Z]{2,})(?! AND )")
_SPACES = re.compile(r" {2,}")
_EMPTY_LINES = re.compile(r" *,[ ,]*")


def _pair(found: re.Match[str]) -> str:
    """Reads "10 & 12", "10 - 12" and "10/12" as a range, but "FLAT 3 - 14" and "2/1" as two things."""
    unit, mark = found["unit"], found["mark"].strip()
    low, high = int(found["low"][:9]), int(found["high"][:9])
    first, second = found["low"] + found["low_letter"], found["high"] + found["high_letter"]
    rising = low < high or (low == high and found["low_letter"] < found["high_letter"])
    if mark == "/" and (unit or found["low_letter"] == "F") and not found["high_letter"]:
        return f"{unit or ''} {first}/{second}".strip()
    # Where the floor tells which flat it is, the numbers are the house's; FLATS 1 AND 2 are no one flat.
    on_floor = found.string[: found.start()].endswith(("FLOOR ", "FLR "))
    if unit and rising and mark != "/" and (on_floor or unit in _MANY or mark == "AND"):
        return f"{unit} {first}-{second}"
    if mark == "/":
        joined = not unit and rising and (low > 9 or found["low_letter"] != "")
        # Without a word for it, 7 / 9 is the pair 7/9, and 3 / 14 flat 3 at 14.
        if not (joined or unit) and rising and (high - low) % 2 == 0:
            return f"{first}/{second}"
    elif unit:
        return found[0] if found["mark"] == "-" else f"{unit} {first}, {second}"
    elif mark == "-" and not rising:
        return found[0] if found["mark"] == "-" else f"{first}, {second}"
    else:
        joined = rising
    return f"{first}-{second}" if joined else found[0]


def tidy(text: str) -> str:
    """Writes an address in capitals and plain letters, its lines parted by ", ", its numbers in one manner.

    >>> tidy("Flat 3, 10 & 12 King's Rd;\\n16Upperford Close")
    'FLAT 3, 10-12 KINGS RD, 16 UPPERFORD CLOSE'
    """
    text = text[:LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_OTHER_MARKS)).encode("ascii", "ignore").decode()
    if "." in text:
        text = _DECIMAL.sub("/", text)
    text = text.upper().translate(_ASCII)
    text = _SPACES.sub(" ", text)
    if _HAS_DIGIT.search(text):
        text = _HALF.sub("HALF", text)
        text = _NUMBER_WORD.sub("", text)
        text = _PAIR.sub(_pair, text)
        text = _LETTER_PAIR.sub(r"\1\2-\1\3", text)
        text = _SAINT_GLUE.sub(" ", _DIGIT_GLUE.sub(" ", text))
        text = _LETTER_GLUE.sub(" ", text)
        text = _LOOSE_SUFFIX.sub(r"\1\2", text)
    text = _FLAT_GLUE.sub(r"\1 ", text)
    if "/" in text:
        text = _WORD_SLASH.sub(",", text)
    if " /" in text or "/ " in text:
        text = _LOOSE_SLASH.sub(",", text)
    if "-" in text:
        text = _LOOSE_HYPHEN.sub(",", _WORD_HYPHEN.sub(" ", text))
    return _EMPTY_LINES.sub(", ", text).strip(" ,")


_HAS_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=200_000)
def whole_words(line: str) -> tuple[str, ...]:
    """Splits one tidied line into words, abbreviations written out; a saint's ST stays ST, a street's becomes STREET.

    >>> whole_words("UPPER ST JOHNS RD"), whole_words("KING ST")
    (('UPPER', 'ST', 'JOHNS', 'ROAD'), ('KING', 'STREET'))
    """
    written = line.split()
    for place, word in enumerate(written):
        if word == "ST":
            written[place] = "ST" if _is_saint(written, place) else "STREET"
        elif word in _STREET_WORDS and (place or len(written) == 1 or word not in {"LA", "DR", "PASS"}):
            written[place] = _STREET_WORDS[word]
    return tuple(written)


def _is_saint(tokens: list[str], place: int) -> bool:
    following = tokens[place + 1] if place + 1 < len(tokens) else ""
    if not following or following[0].isdigit():
        return False
    return following in _SAINTS or place == 0 or tokens[place - 1][0].isdigit()


@lru_cache(maxsize=100_000)
def name_of(text: str) -> str:
    """Writes a street's, town's or building's name as the index holds it.

    >>> name_of("St. John's Rd")
    'ST JOHNS ROAD'
    """
    return " ".join(word for line in tidy(text).split(",") for word in whole_words(line.strip()))


_COMPANY = re.compile(r"(?<=[A-Z]{2}) (?:LTD|LIMITED|PLC|LLP)$")
# What is let, lived in or kept beside a house under a name of its own.
PARTS = frozenset({"BARN", "BARNS", "STABLE", "STABLES", "COTTAGE", "COTTAGES", "BUNGALOW", "GRANARY", "DAIRY"})
PARTS |= {"BYRE", "BOTHY", "OUTBUILDING", "OUTBUILDINGS"}


def company(name: str) -> str:
    """Writes a business's name without its legal form, which half of all writers leave out.

    >>> company("BRIGHT SIGNS LTD")
    'BRIGHT SIGNS'
    """
    return _COMPANY.sub("", name)


@lru_cache(maxsize=100_000)
def street_core(street: str) -> tuple[str, str]:
    """Parts a street's name from its kind, in English or Welsh, so that FFORDD Y BRYN can meet Y BRYN ROAD.

    >>> street_core("KING STREET"), street_core("FFORDD Y BRYN")
    (('KING', 'STREET'), ('Y BRYN', 'ROAD'))
    """
    first, _, rest = street.partition(" ")
    if rest and first in _WELSH_TYPES:
        return rest, _WELSH_TYPES[first]
    start, _, last = street.rpartition(" ")
    return (start, last) if start and last in _STREET_TYPES else (street, "")


_WELSH_TYPES = mapping("street_types", "welsh", "word")


def is_street_type(word: str) -> bool:
    """Tells whether a word is a kind of street, such as ROAD or STRYD."""
    return word in _STREET_TYPES


@lru_cache(maxsize=50_000)
def is_misspelt_street_type(word: str) -> bool:
    """Tells whether a word is one slip from a kind of street of five letters or more.

    >>> is_misspelt_street_type("STERET"), is_misspelt_street_type("TERRCAE"), is_misspelt_street_type("STREETER")
    (True, True, False)
    """
    return len(word) >= 5 and any(OSA.distance(word, kind, score_cutoff=1) <= 1 for kind in _LONG_STREET_TYPES)


_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})\b")
_NOT_IN_POSTCODES = re.compile(r"[^A-Z0-9]")
_WHOLE_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_TO_DIGIT = {"O": "0", "I": "1", "L": "1", "S": "5", "Z": "2", "B": "8", "Q": "0"}
_TO_LETTER = {"0": "O", "1": "I", "5": "S", "2": "Z", "8": "B"}


def postcode_of(text: str | None, *, repairs: int = 2) -> str | None:
    """Reads a postcode, however it is spaced, mending letters and digits that are taken for one another.

    At most `repairs` characters are mended; None where it is no postcode.

    >>> postcode_of("exi 1aa"), postcode_of("EX11AA"), postcode_of("n/a")
    ('EX1 1AA', 'EX1 1AA', None)
    """
    squeezed = _NOT_IN_POSTCODES.sub("", (text or "")[:40].upper())
    if whole := _WHOLE_POSTCODE.fullmatch(squeezed):
        return f"{whole[1]} {whole[2]}"
    if not 5 <= len(squeezed) <= 7:
        return None
    mended, count = min((_mend(squeezed, shape) for shape in _SHAPES[len(squeezed)]), key=lambda one: one[1])
    found = _WHOLE_POSTCODE.fullmatch(mended) if count <= repairs else None
    return f"{found[1]} {found[2]}" if found else None


# A is a letter, 9 a digit, for the outward code; the exact shapes are tried in order of how common they are.
_SHAPES = {5: ("A99AA",), 6: ("AA99AA", "A999AA", "A9A9AA"), 7: ("AA999AA", "AA9A9AA")}


def _mend(text: str, shape: str) -> tuple[str, int]:
    """Forces a text into a shape; gives it with the count of characters changed, which is large where it cannot be."""
    mended = [
        character
        if character.isalpha() == (kind == "A")
        else (_TO_LETTER if kind == "A" else _TO_DIGIT).get(character, "?")
        for character, kind in zip(text, shape, strict=True)
    ]
    changes = sum(new != old for new, old in zip(mended, text, strict=True))
    return "".join(mended), changes + 99 * mended.count("?")


def take_postcode(text: str) -> tuple[str | None, str]:
    """Takes the last postcode out of a tidied address; gives it and what remains.

    >>> take_postcode("1 HIGH ST TOWN ZQ1 1AA")
    ('ZQ1 1AA', '1 HIGH ST TOWN')
    """
    found = None
    for found in _POSTCODE.finditer(text):  # noqa: B007  the last one counts
        pass
    if found:
        rest = f"{text[: found.start()].rstrip(' ,')}{text[found.end() :]}"
        return f"{found[1]} {found[2]}", rest.strip(" ,")
    return _mended_tail(text)


def _mended_tail(text: str) -> tuple[str | None, str]:
    tokens = text.split(" ")
    for size in (2, 1):
        tail = " ".join(tokens[-size:])
        if len(tokens) > size and "," not in tail and any(map(str.isdigit, tail)):
            postcode = postcode_of(tail, repairs=1)
            if postcode:
                return postcode, " ".join(tokens[:-size]).strip(" ,")
    return None, text

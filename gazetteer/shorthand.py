"""Writes out the shorthand of clerks, landlords and machines, before an address is taken apart."""

import html
import re
from collections.abc import Callable
from itertools import pairwise

from gazetteer.tidy import PARTS
from gazetteer.wordlists import words

_KIND = r"(?:FLAT|FLT|APARTMENT|APT|UNIT|STUDIO|ROOM|RM)"
_ON_STREET = r"(?= [A-Z]{2})"
_LINE = r"(?:^|(?<=, ))"
# A longer list of houses is several properties; so are houses further apart than across a shared drive.
_LONGEST_LIST, _STEP = 20, 4

_ENTITY = re.compile(r"&#?\w{2,8};")
# A closing quote in UTF-8 that was read as Windows-1252.
_MISREAD_MARK = re.compile("â€[™˜œ]")
_BRACKETED = re.compile(r"\b(\d{1,4}) *\( *(\d{1,3}[A-Za-z]?|[A-Za-z]) *\) *(?=[A-Za-z]{2})")
_PLURAL = re.compile(r"(?<=[A-Za-z])\([sS]\)")
_COMMA_FOR_MARK = re.compile(r"(?<=[A-Za-z]{3}),(?=[sS] [A-Za-z])")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,4}")
_FLOOR_CODES = words("floor_codes", "written")
_PLUS = re.compile(r"(?<=\d) *\+ *(?=\d)")


def mended(text: str) -> str:
    """Mends what tidying would lose: marks that a machine garbled, and flats in brackets after their house.

    >>> mended("14 (3) King St"), mended("6 Queen&#39;s Rd")
    ('3, 14 King St', "6 Queen's Rd")
    """
    if "&" in text and ";" in text and _ENTITY.search(text):
        text = html.unescape(text)
    if "â" in text:
        text = _MISREAD_MARK.sub("'", text)
    if "(" in text:
        text = _PLURAL.sub("s", _BRACKETED.sub(r"\2, \1 ", text))
    if "." in text:
        text = _DOTTED.sub(_code, text)
    if "+" in text:
        text = _PLUS.sub(" & ", text)
    return _COMMA_FOR_MARK.sub("'", text) if ",s " in text or ",S " in text else text


def _code(found: re.Match[str]) -> str:
    """Writes G.F.F. as the code that it is; other initials stay."""
    code = found[0].replace(".", "")
    return f"{code} " if code.upper() in _FLOOR_CODES else found[0]


def _listed(found: re.Match[str]) -> str:
    """Writes 40, 42 AND 44 as the range that it is, where each number follows the one before."""
    numbers = [int(number) for number in re.findall(r"\d+", found[0])]
    steps = {later - sooner for sooner, later in pairwise(numbers)}
    near = numbers[-1] - numbers[0] <= _LONGEST_LIST and all(0 < step <= _STEP for step in steps)
    # 1, 2-4 is flat 1 at 2-4.
    if "-" in found[0] and (numbers[0] < 10 or len(steps) > 1):
        return found[0]
    return f"{numbers[0]}-{numbers[-1]}" if near else found[0]


def _lettered(found: re.Match[str]) -> str:
    """Writes 50A, B, C and 50A TO C as 50A-50C."""
    letters = re.findall(r"\b[A-Z]\b", found["rest"])
    rising = [found["letter"], *letters]
    return f"{found['number']}{rising[0]}-{found['number']}{rising[-1]}" if rising == sorted(set(rising)) else found[0]


def _of_three(found: re.Match[str]) -> str:
    """Reads 2/1/10 as flat 2/1 of number 10, and 10/2/1 likewise, where only one of them can be."""
    first, second, third = (int(found[part]) for part in (1, 2, 3))
    if first > 9 >= max(second, third):
        return f"FLAT {second}/{third}, {first}"
    return f"FLAT {first}/{second}, {third}" if third > 9 >= max(first, second) else found[0]


_ORDINALS = {"1": "1ST", "2": "2ND", "3": "3RD"} | {str(floor): f"{floor}TH" for floor in range(4, 10)}
# In this order: a later rule reads what an earlier one wrote.
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"(?:{_LINE}[^,\d]*?\b)?(?:T/A|TRADING AS)\b,? *"), ", "),
    (
        re.compile(rf"{_LINE}(?:LIVING )?ACCOM(?:M?ODATION)? (?=(?:ABOVE|OVER)\b)|{_LINE}(?=ABOVE (?!AND )[A-Z])"),
        "FLAT ",
    ),
    (re.compile(rf"{_LINE}((?:THE )?(?:{'|'.join(sorted(PARTS))})) (?:AT|OF) (?=[A-Z])"), r"\1, "),
    (re.compile(rf"{_LINE}([A-Z])-(\d{{1,4}})(?=,)"), r"\1\2"),
    (re.compile(r"\b([A-Z]|\d{1,2}) BLOCK\b(?! [A-Z]\b)"), r"BLOCK \1"),
    (re.compile(rf"{_LINE}(\d{{1,4}}[A-Z]?) (?=BLOCK [A-Z]\b)"), r"\1, "),
    (re.compile(rf"{_LINE}0+(?=[1-9]\d{{0,3}}[A-Z]?{_ON_STREET})"), ""),
    (re.compile(rf"\bNO(?=\d)|{_LINE}HOUSE (?=\d)"), ""),
    (re.compile(rf"\b({_KIND})-(?=[A-Z]?\d|[A-Z]\b)"), r"\1 "),
    (re.compile(rf"{_LINE}FL ?(?=\d)"), "FLAT "),
    (re.compile(rf"\b({_KIND} \d{{1,4}})-([A-Z])\b(?!-)"), r"\1\2"),
    (re.compile(rf"\b({_KIND} (?:\d{{1,4}}(?= [A-Z],)|[A-Z](?= \d{{1,4}},))) "), r"\1"),
    (re.compile(rf"\b(\d{{1,4}}[A-Z]?)(?:[ /]|, )F(\d{{1,3}}){_ON_STREET}"), r"F\2, \1"),
    (re.compile(r"\b(\d) (?=(?:ST|ND|RD|TH) (?:FLOOR|FLR|FL)\b)"), r"\1"),
    (re.compile(r"\bG/?(?=(?:FLOOR|FLR)\b)"), "GROUND "),
    (re.compile(rf"{_LINE}(?:FLOOR|LEVEL) ([1-9])(?=,| \d|$)"), lambda found: f"{_ORDINALS[found[1]]} FLOOR"),
    (re.compile(r"\b(\d{1,4})-(?=\d{1,2}(?:ST|ND|RD|TH)\b)"), r"\1 "),
    (re.compile(rf"(?<![\w/-])(?<!FLAT )(?<!FLT )(\d{{1,4}})[-/]([A-Z]){_ON_STREET}"), r"\1\2"),
    (re.compile(rf"{_LINE}([A-Z])/(\d{{1,4}}){_ON_STREET}"), r"\1, \2"),
    (re.compile(rf"(?<![\w/-])(\d{{1,2}}F\d{{1,2}})/(\d{{1,4}}){_ON_STREET}"), r"\1, \2"),
    (re.compile(rf"(?<![\w/-])(\d{{1,4}})/(\d{{1,2}}F\d{{1,2}}){_ON_STREET}"), r"\2, \1"),
    (re.compile(rf"(?<![\w/-])(\d{{1,4}})/(\d{{1,2}})/(\d{{1,4}}){_ON_STREET}"), _of_three),
    (re.compile(rf"{_LINE}\d{{1,4}}(?:(?:, |/| AND |-)\d{{1,4}}){{2,9}}{_ON_STREET}"), _listed),
    (
        re.compile(
            rf"{_LINE}(?P<number>\d{{1,4}}) ?(?P<letter>[A-Z])"
            rf"(?P<rest>(?:(?:, | AND | TO | |-)[A-Z]\b){{1,9}}){_ON_STREET}"
        ),
        _lettered,
    ),
)
# What some rule may be about: most addresses have none of it.
_HINT = re.compile(
    r"T/A|\d (?:ST|ND|RD|TH) FL|\bG/?FL|(?:FLOOR|LEVEL) \d"
    rf"|HOUSE \d| AT | OF |[A-Z]-\d|TRADING AS|\bABOVE\b|\bOVER\b|BLOCK|{_LINE}0|\bNO\d|\bFL ?\d|\bF\d"
    rf"|{_KIND}(?:-| [A-Z\d]+[ -][A-Z\d]+,| [A-Z\d]+-)|\d-\d|\d[/-]|/\d"
    rf"|\d, \d|\d AND|\d[A-Z]?(?:,| TO| AND)? [A-Z]\b"
)


def spelt_out(text: str) -> str:
    """Writes the shorthand of a tidied address out.

    >>> spelt_out("A KHAN T/A KEBAB CORNER, 40, 42 AND 44 KING ST"), spelt_out("12/A KING ST")
    ('KEBAB CORNER, 40-44 KING ST', '12A KING ST')
    """
    if not _HINT.search(text):
        return text
    for pattern, written in _RULES:
        text = pattern.sub(written, text)
    return text.strip(" ,")

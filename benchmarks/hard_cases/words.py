"""The words that invented towns are named with, of `words.csv`; all are common words or made up."""

import csv
from pathlib import Path

_LISTS: dict[str, dict[str, str]] = {}
with (Path(__file__).parent / "words.csv").open(encoding="utf-8", newline="") as opened:
    for row in csv.DictReader(opened):
        _LISTS.setdefault(row["list"], {})[row["words"]] = row["other"]

STEMS, COMMON, LONE, SAINTS, OWNERS, HYPHENS, ORDINALS, NUMERALS = (
    list(_LISTS[name]) for name in ("stems", "common", "lone", "saints", "owners", "hyphens", "ordinals", "numerals")
)
# The kinds of street, and of how many in a hundred each is the kind; names in English, and in the other language.
KINDS = {name: int(weight) for name, weight in _LISTS["kinds"].items()}
WELSH, GAELIC = _LISTS["welsh"], _LISTS["gaelic"]
PLACE_STARTS, PLACE_ENDS, LOCALITY_STARTS, LOCALITY_LONE = (
    list(_LISTS[name]) for name in ("place_starts", "place_ends", "locality_starts", "locality_lone")
)
HOUSE_FIRST, HOUSE_LAST, BLOCK_LAST, PARK_LAST, ESTATE_LAST = (
    list(_LISTS[name]) for name in ("house_first", "house_last", "block_last", "park_last", "estate_last")
)
TRADES, TRADERS, INNS, BODIES = (list(_LISTS[name]) for name in ("trades", "traders", "inns", "bodies"))
PEOPLE, COUNTIES = list(_LISTS["people"]), list(_LISTS["counties"])

"""Compares names of streets and buildings: the same, a slip of the pen apart, or different."""

from collections.abc import Callable
from functools import lru_cache

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from gazetteer.lexicon import Lexicon
from gazetteer.tidy import PARTS, is_street_type, street_core

# Up to so many pairs are graded one by one, which is quicker than finding out which are alike.
_FEW = 2_000


def _slips(length: int) -> int:
    """How many slips of the pen a word of this length may hold and still be taken for the same."""
    return 0 if length < 4 else 1 if length < 8 else 2 if length < 14 else 3


def _close(left: str, right: str) -> bool:
    """Tells whether two names differ by slips of the pen only; words with digits must be the same."""
    ours, theirs = left.split(), right.split()
    if len(ours) == len(theirs):
        return all(
            mine == yours or (mine.isalpha() and yours.isalpha() and _word_close(mine, yours))
            for mine, yours in zip(ours, theirs, strict=True)
        )
    glued, other = "".join(ours), "".join(theirs)
    if any(map(str.isdigit, glued + other)):
        return glued == other
    return OSA.distance(glued, other) <= (1 if min(len(glued), len(other)) >= 8 else 0)


def _kind_misspelt(written: str, listed: str) -> bool:
    """Tells whether only the kind of street is misspelt, as in WOODSIDE ROD."""
    (mine, _, last), (yours, _, kind) = written.rpartition(" "), listed.rpartition(" ")
    return mine == yours != "" and not is_street_type(last) and OSA.distance(last, kind, score_cutoff=1) <= 1


def _short_slip(mine: str, yours: str) -> bool:
    """Tells whether one short word has one slip, as EM for ELM has; only a shared postcode makes that credible."""
    ours, theirs = mine.split(), yours.split()
    apart = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
    if len(ours) != len(theirs) or len(apart) != 1 or not "".join(apart[0]).isalpha():
        return False
    return min(map(len, apart[0])) >= 2 and OSA.distance(*apart[0], score_cutoff=1) <= 1


def _word_close(mine: str, yours: str) -> bool:
    if len(mine) == len(yours) >= 3 and sorted(mine) == sorted(yours):
        return OSA.distance(mine, yours, score_cutoff=1) <= 1
    allowed = _slips(min(len(mine), len(yours)))
    return allowed > 0 and OSA.distance(mine, yours, score_cutoff=allowed) <= allowed


@lru_cache(maxsize=200_000)
def street_level(written: str, listed: str, known: bool) -> str:
    """Grades a written street against a listed one: equal, close, slight, kind, different or missing.

    A street that is `known`, being on the gazetteer, is never taken for another one that is like it.

    >>> street_level("FERNFEILD ROAD", "FERNFIELD ROAD", False), street_level("KING ROAD", "KING STREET", False)
    ('close', 'kind')
    """
    if not written or not listed:
        return "missing"
    if written.replace(" ", "") == listed.replace(" ", ""):
        return "equal"
    (mine, my_kind), (yours, your_kind) = street_core(written), street_core(listed)
    if known or (mine == yours and my_kind == your_kind):
        return "equal" if mine == yours and my_kind == your_kind else "different"
    if mine in (yours, listed) or written == yours:
        return "kind" if my_kind and your_kind else "close"
    alike = _close(written, listed) or (my_kind == your_kind and _close(mine, yours)) or _kind_misspelt(written, listed)
    if alike:
        return "close"
    return "slight" if my_kind == your_kind and _short_slip(mine, yours) else "different"


@lru_cache(maxsize=200_000)
def name_level(written: str, listed: str) -> str:
    """Grades names of a building, several parted by "|", against listed ones: equal, close, part, different or missing.

    >>> name_level("ROSE COTAGE", "ROSE COTTAGE|MILL FARM"), name_level("ROSE COTTAGE", "ROSE LODGE")
    ('close', 'different')
    """
    if not written or not listed:
        return "missing"
    best = "different"
    for mine in written.split("|"):
        for yours in listed.split("|"):
            level = _one_name(mine.removeprefix("THE "), yours.removeprefix("THE "))
            if level == "equal":
                return level
            if _NAME_ORDER[level] > _NAME_ORDER[best]:
                best = level
    return best


_NAME_ORDER = {"different": 0, "part": 1, "close": 2, "equal": 3}


def _one_name(mine: str, yours: str) -> str:
    if mine == yours:
        return "equal"
    if _close(mine, yours):
        return "close"
    ours, theirs = set(mine.split()), set(yours.split())
    smaller = min(ours, theirs, key=len)
    if (ours - theirs) & PARTS:
        # MANOR FARM BARN is not MANOR FARM.
        return "different"
    return "part" if len(smaller) > 1 and ours & theirs == smaller else "different"


def graded(pairs: pl.DataFrame, grade: Callable[..., str], *columns: str) -> pl.Series:
    """Grades the columns of a frame of pairs row by row; in a large one each distinct row is graded once."""
    if len(pairs) <= _FEW:
        return pl.Series(map(grade, *(pairs[column].to_list() for column in columns)), dtype=pl.String)
    distinct = pairs.select(columns).unique()
    levels = pl.Series("level", [grade(*row) for row in distinct.iter_rows()], pl.String)
    on = list(columns)
    return pairs.select(on).join(distinct.with_columns(levels), on=on, how="left", maintain_order="left")["level"]


def nearest_streets(written: list[str], lexicon: Lexicon, *, most: int = 4) -> dict[str, list[str]]:
    """Finds, for each street as written, the gazetteer's streets that are spelt nearly so, the nearest first."""
    if not written or not lexicon.streets:
        return {}
    listed = sorted(lexicon.streets)
    found: dict[str, list[str]] = {}
    for start in range(0, len(written), 512):
        some = written[start : start + 512]
        scores = process.cdist(some, listed, scorer=OSA.normalized_similarity, score_cutoff=0.7)
        for street, row in zip(some, scores, strict=True):
            order = (-row).argsort(kind="stable")[: most * 3]
            like = [
                listed[place]
                for place in order
                if row[place] > 0 and street_level(street, listed[place], False) != "different"
            ]
            found[street] = like[:most]
    return found

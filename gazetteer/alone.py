"""Weighs the candidates of one address, pair by pair: what somebody types should be answered before the next key."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gazetteer.candidates import DECIDING, MINE, Candidate, caps, own_facts, pairs_for
from gazetteer.evidence import ALONE, THEIRS, steps, weighed
from gazetteer.index import Gazetteer
from gazetteer.keys import own_block_keys
from gazetteer.likeness import nearest_streets
from gazetteer.parsing import Parsed
from gazetteer.row_wise import Add, NoRowForm, row_form
from gazetteer.rungs import LEVELS
from gazetteer.tuning import Tuning

_YOURS = (*(f"v_{name}" for name in THEIRS), *ALONE)
_JUDGED = ("variant", *_YOURS)
# Up to so many candidates are weighed without a look at their numbers first.
_FEW = 12


class _RowForms(NamedTuple):
    """The judging of one pair, from `own_facts` and columns of `Gazetteer.judged`.

    `numbered` goes as far as house numbers, of which it asks the columns `theirs`; `whole` gives the levels, then what
    a candidate is made of after its bits.
    """

    theirs: list[str]
    numbered: Callable[..., tuple[Any, ...] | None]
    whole: Callable[..., tuple[Any, ...] | None]


def candidates_alone(parsed: Parsed, gazetteer: Gazetteer, tuning: Tuning) -> list[Candidate]:
    """Weighs every candidate of one address, as `candidates` does those of many; the best come first."""
    near = nearest_streets([parsed.street], gazetteer.lexicon) if parsed.street and not parsed.known_street else {}
    keys = list(own_block_keys(parsed, near.get(parsed.street, ())))
    _, found = gazetteer.blocks.find(keys, caps=caps(keys))
    forms = row_forms()
    variants = np.unique(found)
    judged = _in_frames if forms is None or tuning.bits_of is None else _one_by_one
    return sorted(judged(parsed, variants, gazetteer, tuning), key=_order)


def _order(one: Candidate) -> tuple[float, int, int, int]:
    return -one.bits, one.rank, one.uprn, one.variant


def _one_by_one(
    parsed: Parsed, variants: npt.NDArray[np.int64], gazetteer: Gazetteer, tuning: Tuning
) -> Iterator[Candidate]:
    forms, bits_of, mine = row_forms(), tuning.bits_of, own_facts(parsed)
    assert forms
    assert bits_of
    if len(variants) > _FEW:
        # Most of many have another house number, which a few columns tell.
        numbers = gazetteer.judged_rows.take(variants, forms.theirs)
        variants = variants[[forms.numbered(*mine, *yours) is not None for yours in numbers]]
    for yours in gazetteer.judged_rows.take(variants, _JUDGED):
        if told := forms.whole(*mine, *yours):
            (bits,) = bits_of(*told[: len(LEVELS)]) or (0.0,)
            yield Candidate(0, bits, *told[len(LEVELS) :])


def _in_frames(
    parsed: Parsed, variants: npt.NDArray[np.int64], gazetteer: Gazetteer, tuning: Tuning
) -> Iterator[Candidate]:
    pairs = pairs_for(np.zeros(len(variants), dtype=np.int64), variants, {0: parsed}, gazetteer)
    return map(Candidate._make, weighed(pairs, tuning).select("row", *DECIDING).iter_rows())


@cache
def row_forms() -> _RowForms | None:
    """Compiles the judging of one pair; None where polars says what `row_wise` does not know: then frames must do."""
    first, second, *_ = steps()
    theirs = [name for name in _YOURS if isinstance(first, Add) and name in _roots(first)]
    try:
        numbered = row_form((first, second), (*MINE, *theirs), ("number",))
        whole = row_form(steps(), (*MINE, *_JUDGED), (*LEVELS, *DECIDING[1:]))
    except NoRowForm:
        return None
    return _RowForms(theirs, numbered, whole)


def _roots(step: Add) -> set[str]:
    return {name for expression in step.columns.values() for name in expression.meta.root_names()}

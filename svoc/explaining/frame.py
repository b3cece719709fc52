"""The steps of an explanation as a frame: what was weighed, what the household says, and the rules that decided."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from matchers import waterfall
from matchers.explain import COMPANY, PRIOR
from svoc.explaining.explanation import EXPLANATION, Reason
from svoc.explaining.household import company_words, correspondence
from svoc.explaining.why import Asked
from svoc.explaining.wording import Ends, common_or_rare, label, level_words
from svoc.policy import Policy

__all__ = ["laid_out"]


def laid_out(
    asked: Asked, scored: pl.DataFrame | None, ends: Ends | None, why: Sequence[Reason], policy: Policy
) -> pl.DataFrame:
    """Give a frame of `EXPLANATION`; `scored` is the pair as it was decided, with its bits, if it was scored at all."""
    rows = list(_weighed(asked, scored, ends, policy)) if scored is not None and ends is not None else []
    if asked.together and rows:
        told = correspondence(asked.around, asked.gate, asked.left, asked.right)
        rows += [_unweighed("household", "household", told)] if told else []
    rows += [_unweighed("rule", reason.code, reason.words) for reason in why]
    numbered = [{"left": asked.left, "right": asked.right, "step": n, **row} for n, row in enumerate(rows, start=1)]
    return pl.DataFrame(numbered, schema=EXPLANATION, orient="row")


def _weighed(asked: Asked, scored: pl.DataFrame, ends: Ends, policy: Policy) -> Iterator[dict[str, Any]]:
    comparisons = {c.name: c for c in policy.model.comparisons}
    graded: dict[str, int] = {}
    for name, level, grade, worth, running in (
        waterfall(scored, policy.model).select("comparison", "level", "grade", "bits", "running").iter_rows()
    ):
        figures = {"level": level, "grade": grade, "bits": worth, "running": running}
        if name == PRIOR:
            yield {"kind": "prior", "what": "prior", "words": f"to begin with: {level}", **figures}
        elif name == COMPANY:
            words = company_words(asked.around, asked.gate, asked.left, asked.right)
            yield {"kind": "company", "what": "company", "words": words, **figures}
        elif grade is None:
            told = common_or_rare(comparisons[name], graded[name], ends, policy.model)
            yield {"kind": "rarity", "what": name, "words": _rarity(told, worth), **figures}
        else:
            graded[name] = grade
            words = f"{label(name)}: {level_words(comparisons[name], grade, ends, policy.model)}"
            yield {"kind": "comparison", "what": name, "words": words, **figures}


def _rarity(told: dict[str, str | None], worth: int) -> str:
    """Say whose rarity it is that weighs."""
    names = " and ".join(column.replace("_", " ") for column in told) or "values"
    return f"how {'rare' if worth > 0 else 'common'} here the {names} {'are' if len(told) > 1 else 'is'}"


def _unweighed(kind: str, what: str, words: str) -> dict[str, Any]:
    return {"kind": kind, "what": what, "level": None, "grade": None, "bits": None, "running": None, "words": words}

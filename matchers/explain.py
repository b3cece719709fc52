"""Why a pair weighs what it weighs: one waterfall in bits and in words, and the smallest change that would turn the
answer.
"""

from collections.abc import Mapping
from math import log2

import polars as pl

from matchers.comparisons.base import MISSING, Comparison
from matchers.errors import PairFault, require_columns
from matchers.evidence import APART, KIN, MILLI
from matchers.model import Model

PRIOR, RARITY, COMPANY = "to begin with", "how rare the values are", "the rest of the household"
BAR_BITS = 2.0


def explain(pairs: pl.DataFrame, model: Model) -> str:
    """Explain scored pairs as text, a waterfall for each: what was found, what it is worth in bits, and where that
    leads.

    Takes pairs as `link`, `score_pairs` or `score` return them: context, grade_<comparison>, weight, and if they
    have them left, right, company, bits_<comparison> and rarity_<comparison>. No values are needed and none are shown.
    """
    rows = waterfall(pairs, model)
    return "\n\n".join(
        _told(pair, rows.filter(pl.col("pair") == number), model) for number, pair in enumerate(pairs.to_dicts())
    )


def waterfall(pairs: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Explain scored pairs as data, one row per step.

    Returns pair UInt32 (the row's number), comparison String, level String, grade Int8 (null for what is no
    comparison), bits Int32 and running Int32, both in thousandths of a bit; the last running total of a pair is its
    weight.
    """
    require_columns(
        ["context", "weight", *(f"grade_{c.name}" for c in model.comparisons)], pairs.columns, where="the pairs"
    )
    steps = [step for number, pair in enumerate(pairs.to_dicts()) for step in _steps(number, pair, model)]
    schema = {"pair": pl.UInt32, "comparison": pl.String, "level": pl.String, "grade": pl.Int8, "bits": pl.Int32}
    frame = pl.DataFrame(steps, schema=schema, orient="row")
    return frame.with_columns(running=pl.col("bits").cum_sum().over("pair").cast(pl.Int32))


def changes(pair: Mapping[str, object], model: Model) -> list[tuple[str, str, int]]:
    """List every single change of a pair: a comparison, the level that it would reach, and what the weight would gain.

    Takes one row of scored pairs as a mapping. The gain is in millibits, below nothing for a loss; the smallest change
    comes first. How rare the values are is left as it is, for nobody knows what they would be.
    """
    found = []
    for comparison in model.comparisons:
        grade = _number(pair[f"grade_{comparison.name}"])
        if comparison.conditional and grade == MISSING:
            continue
        for number, level in enumerate(comparison.levels):
            if number != grade:
                gain = _gain(pair, model, comparison, number)
                found.append((abs(gain), comparison.name, level, gain))
    return [(name, level, gain) for _, name, level, gain in sorted(found)]


def context_if(pair: Mapping[str, object], model: Model, comparison: Comparison, grade: int) -> str:
    """Name the context in which a scored pair would be weighed if one comparison reached another grade: two who are
    weighed against being kin for their names alone would not be if their names agreed.
    """
    context = str(pair["context"])
    leaves = context == KIN and not model.household and comparison.kinship and grade not in comparison.kinship
    return APART if leaves else context


def _gain(pair: Mapping[str, object], model: Model, comparison: Comparison, grade: int) -> int:
    context = str(pair["context"])
    after = context_if(pair, model, comparison, grade)
    return _sum(pair, model, after, {comparison.name: grade}) - _sum(pair, model, context, {})


def _sum(pair: Mapping[str, object], model: Model, context: str, instead: Mapping[str, int]) -> int:
    """Add up a pair's prior and levels in one context."""
    learned = model.knowledge
    total = learned.prior[context]
    for comparison in model.comparisons:
        grade = instead.get(comparison.name, _number(pair[f"grade_{comparison.name}"]))
        total += 0 if grade == MISSING else learned.levels[comparison.name][context].bits[grade]
    return total


def flip(pair: Mapping[str, object], model: Model, *, threshold: int = 0) -> tuple[str, str] | None:
    """Name the one comparison, and the level it would have to reach, that turns a pair's answer with the smallest
    change of weight.

    Takes one row of scored pairs as a mapping; None when no single change crosses `threshold` (millibits).
    """
    weight = _number(pair["weight"])
    turning = (
        (name, level)
        for name, level, gain in changes(pair, model)
        if (weight >= threshold) != (weight + gain >= threshold)
    )
    return next(turning, None)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise PairFault(
            "the pairs have no whole number where a weight or a grade belongs: take them as `score` gives them"
        )
    return value


Step = tuple[int, str, str, int | None, int]


def _steps(number: int, pair: dict[str, object], model: Model) -> list[Step]:
    learned, context = model.knowledge, str(pair["context"])
    prior = learned.prior[context]
    steps: list[Step] = [(number, PRIOR, _odds(prior), None, prior)]
    for comparison in model.comparisons:
        grade = _number(pair[f"grade_{comparison.name}"])
        bits = 0 if grade == MISSING else learned.levels[comparison.name][context].bits[grade]
        steps.append((number, comparison.name, _level(comparison, grade), grade, bits))
        rare = _number(pair.get(f"rarity_{comparison.name}", 0))
        if rare:
            steps.append((number, comparison.name, _rare(rare), None, rare))
    others = _number(pair.get("company", 0))
    if others:
        steps.append((number, COMPANY, "somebody who lived with one lived with the other", None, others))
    remainder = _number(pair["weight"]) - sum(step[-1] for step in steps)
    return [*steps, (number, RARITY, _rare(remainder), None, remainder)] if remainder else steps


def _level(comparison: Comparison, grade: int) -> str:
    return "missing" if grade == MISSING else comparison.levels[grade]


def _rare(millibits: int) -> str:
    return "rarer than most" if millibits > 0 else "commoner than most"


def _odds(millibits: int) -> str:
    bits = abs(millibits) / MILLI
    return (
        f"1 to {2**bits:,.0f} that any such pair is one person"
        if millibits < 0
        else f"{2**bits:,.0f} to 1 that it is one person"
    )


def _told(pair: dict[str, object], steps: pl.DataFrame, model: Model) -> str:
    weight = _number(pair["weight"])
    named = f"{pair['left']} and {pair['right']}, " if {"left", "right"} <= pair.keys() else ""
    head = f"{named}{pair['context']}: {_bits(weight).strip()} bits, {_answer(weight, model)}"
    width = max(len(name) for name in steps["comparison"])
    lines = [
        f"  {name:<{width}}  {_bits(bits)}  {_bits(running)}  {_bar(bits):<10}  {level}"
        for _, name, level, _, bits, running in steps.iter_rows()
    ]
    turn = flip(pair, model, threshold=model.thresholds.same)
    verb = "no longer one person" if weight >= model.thresholds.same else "one person"
    tail = (
        f"  The smallest change that would make it {verb}: {turn[0]} {turn[1]!r}."
        if turn
        else "  No single change would turn the answer."
    )
    return "\n".join([head, f"  {'':<{width}}  {'bits':>7}  {'so far':>7}", *lines, tail])


def _answer(weight: int, model: Model) -> str:
    if weight >= model.thresholds.same:
        return f"one person ({_chance(weight)})"
    return f"to be asked ({_chance(weight)})" if weight >= model.thresholds.ask else f"two people ({_chance(weight)})"


def _chance(weight: int) -> str:
    chance = 1 / (1 + 2.0 ** (-weight / MILLI))
    return f"probability {chance:.4f}" if log2(max(chance, 1e-12)) > -10 else "probability below 0.001"


def _bits(millibits: int) -> str:
    return f"{millibits / MILLI:+7.2f}"


def _bar(millibits: int) -> str:
    return ("+" if millibits > 0 else "-") * min(10, round(abs(millibits) / MILLI / BAR_BITS))

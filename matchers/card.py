"""The model card: what a model is, what it learned, what it is expected to do and what it cannot, in Markdown.

No value of any record is in it: not even the common names whose frequencies the model keeps.
"""

from collections.abc import Iterator
from math import log10

import numpy as np
import polars as pl

from matchers.calibrate import Calibration, as_bits
from matchers.comparisons.base import Comparison
from matchers.errors import require_columns
from matchers.evidence import MILLI, MOST_BITS, Levels
from matchers.model import Model

Expected = dict[str, float | int | None]

WHAT_IT_IS = (
    "Weighs whether two records are one person: the prior and the weight of each comparison's level, in bits (base 2), "
    "are added up; so many bits are odds of two to that power."
)
CONTEXTS = {
    "together": "two records at one place",
    "apart": "two records not known to be at one place",
    "kin": "two records weighed against being kin who live or lived together",
}
LIMITS = (
    (
        "The weights were learned without labels, by expectation and maximisation: they rest on the comparisons being "
        "independent given the truth, which households break. Precision and recall above follow from the weights "
        "themselves until they are calibrated on decided cases."
    ),
    "Recall counts the pairs that the blocks propose. Pairs that no block proposes are not looked at.",
    (
        "A pair's weight is not a decision: records of one place are judged together, and what would join two people "
        "who are known to be different is refused."
    ),
    (
        "It was made for records like those it was trained on. Learn again where sources, customs of writing or the "
        "shares of missing values change."
    ),
)


def card(
    model: Model,
    pairs: pl.DataFrame | None = None,
    *,
    name: str = "matching model",
    calibration: Calibration | None = None,
) -> str:
    """Write the card of a trained model.

    `pairs`: scored pairs (`weight`, millibits) of the records that it is meant for, from which the card tells what the
    thresholds are expected to do; `calibration`: what weights have been seen to mean, their face value by default.
    The same model and pairs give the same text. Raises `NotTrained` for a model without weights.

    >>> people = pl.DataFrame({"id": range(40), "name": [f"n{n // 2}" for n in range(40)]})
    >>> from matchers import Same, block_on
    >>> card(Model([Same("name")], [block_on("name")]).trained_on(people), name="names").splitlines()[0]
    '# Model card: names'
    """
    known = model.knowledge
    parts = [
        f"# Model card: {name}",
        "## What it is",
        WHAT_IT_IS,
        "\n".join(_list("Compared", [c.name for c in model.comparisons])),
        "\n".join(_list("Looked at are pairs that share", [str(block) for block in model.blocks])),
        "## What it was trained on",
        "\n".join(f"- {fact}: {_fact(value)}" for fact, value in known.facts.items()),
        "## Prior",
        _table(
            ("context", "what it is", "bits", "probability"),
            [
                (context, CONTEXTS[context], _bits(bits), f"{1 / (1 + 2 ** (-bits / MILLI)):.2g}")
                for context, bits in sorted(known.prior.items())
            ],
        ),
        "## Thresholds",
        "\n\n".join(_thresholds(model, pairs, calibration)),
        "## Weights",
        "\n\n".join(part for comparison in model.comparisons for part in _weights(comparison, model)),
        "## Limits",
        "\n".join(f"- {limit}" for limit in LIMITS),
    ]
    return "\n\n".join(parts) + "\n"


def expected(
    model: Model, pairs: pl.DataFrame, calibration: Calibration | None = None
) -> dict[str, float | int | None]:
    """Reckon what a model's thresholds would do with scored pairs (`weight`), from what their weights mean.

    Gives `joined` and `cases` (pairs at `same` and above; pairs from `ask` to below `same`), `precision` (the mean
    probability of the joined), `recall` (their share of all that is expected to be true among the pairs) and
    `recall_with_cases` (the same once cases are decided rightly); None where there is nothing to count.

    >>> from matchers import Same, block_on
    >>> model = Model([Same("name")], [block_on("name")])
    >>> expected(model, pl.DataFrame({"weight": [20_000, 1_000, -20_000]}))["cases"]
    1
    """
    require_columns(("weight",), pairs.columns, where="the pairs")
    chances = (calibration or as_bits()).probability(pairs["weight"]).to_numpy()
    weights = pairs["weight"].to_numpy()
    joined, cases = weights >= model.thresholds.same, weights >= model.thresholds.ask
    everything = float(chances.sum())
    return {
        "pairs": pairs.height,
        "joined": int(joined.sum()),
        "cases": int((cases & ~joined).sum()),
        "precision": float(np.mean(chances[joined])) if joined.any() else None,
        "recall": float(chances[joined].sum()) / everything if everything else None,
        "recall_with_cases": float(chances[joined | cases].sum()) / everything if everything else None,
    }


def _fact(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _thresholds(model: Model, pairs: pl.DataFrame | None, calibration: Calibration | None) -> Iterator[str]:
    means = calibration or as_bits()
    chance = means.probability(pl.Series([model.thresholds.same, model.thresholds.ask]))
    yield _table(
        ("from", "bits", "probability", "the answer"),
        [
            ("same", _bits(model.thresholds.same), _chance(chance[0]), "one person"),
            ("ask", _bits(model.thresholds.ask), _chance(chance[1]), "a question, up to `same`; below, two people"),
        ],
    )
    yield f"Probabilities are {'**assumed**: the weights at their word' if means.assumed else 'calibrated'}."
    if pairs is None:
        yield "What they do was not reckoned: the card was written without scored pairs."
        return
    found = expected(model, pairs, calibration)
    yield _table(
        ("expected", "value"),
        [
            ("pairs looked at", f"{found['pairs']:,}"),
            ("pairs joined", f"{found['joined']:,}"),
            ("pairs asked about, before households are judged together", f"{found['cases']:,}"),
            *((words, _chance(found[key])) for key, words in SHARES.items()),
        ],
    )


SHARES = {
    "precision": "precision of the joined",
    "recall": "recall of the joined, of what the blocks propose",
    "recall_with_cases": "recall once the cases are decided rightly",
}


def _weights(comparison: Comparison, model: Model) -> Iterator[str]:
    yield f"### {comparison.name}"
    rarity = sorted({column for columns in comparison.rarity.values() for column in columns})
    if rarity:
        yield f"Counts for more where rare, for less where common: {', '.join(rarity)}."
    of_context = model.knowledge.levels[comparison.name]
    for context, levels in sorted(of_context.items()):
        yield f"{CONTEXTS[context].capitalize()} ({context}):"
        if not any(levels.bits):
            yield "It counts for nothing here."
            continue
        yield _table(("level", "m", "u", "bits"), [*_rows(comparison, levels), ("missing", "", "", "0")])


def _rows(comparison: Comparison, levels: Levels) -> Iterator[tuple[str, ...]]:
    """The levels, the best last; m: among one person's pairs, u: among others."""
    for level, m, u, bits in zip(comparison.levels, levels.m, levels.u, levels.bits, strict=True):
        yield level, f"{m:.3g}", f"{u:.3g}", _bits(bits)


def _list(title: str, items: list[str]) -> list[str]:
    return [f"{title}:", "", *(f"- {item}" for item in items)]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _bits(millibits: int) -> str:
    held = " (held there)" if abs(millibits) >= MOST_BITS * MILLI else ""
    return f"{millibits / MILLI:+.2f}{held}"


def _chance(value: float | int | None) -> str:
    """A probability with as many digits as its distance from one needs."""
    if value is None:
        return "nothing to count"
    digits = 3 if value >= 1 else min(8, max(3, 1 + round(-log10(1 - value))))
    return f"{value:.{digits}f}"

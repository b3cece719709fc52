"""Which blocking rules these records ask for: every rule is counted before it runs, and the cheapest finders win.

A rule's recall is estimated on pairs that are one person. Where none are known, they are looked for: around records
drawn by lot, under every rule that is not too wide, and the model says which of the pairs are one person. What no
rule reaches is not among them, so the recall is that of what can be reached.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.blocking import CAP, Block, LinkType, Rows, between, joined, parted, row_pairs, united
from matchers.counted import CountedRule, Flags, counted_rules
from matchers.errors import ModelFault, PairFault, require_columns
from matchers.evidence import rows_of
from matchers.kernel import Scales
from matchers.keys import Key, any_of, first_letters
from matchers.keys import sounds_like as sound_of
from matchers.model import Model
from matchers.prepared import Prepared, Records, prepare
from matchers.samples import scrambled

ANCHORS = 2_000
PAIRS_AROUND = 1_000_000
MOST_KNOWN = 20_000
LIKELY = 0.5
LETTERS = (1, 3)
OFTEN_SHARED = 0.5
LEAST_GAIN = 0.001
TEACHERS = 4
STARTS = 5

RULES = pl.Schema(
    {
        "rule": pl.String(),
        "pairs": pl.Int64(),
        "cumulative_pairs": pl.Int64(),
        "recall": pl.Float64(),
        "cumulative_recall": pl.Float64(),
        "largest": pl.Int64(),
    }
)

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The rules to take, in the order in which they earn their cost, and every rule that was looked at.

    `rules` and `considered`: rule String, pairs Int64 (what the rule costs by itself), cumulative_pairs Int64 (distinct
    pairs of this rule and those above it), recall, cumulative_recall Float64 (estimated shares of the pairs that are
    one person), largest Int64 (records in its largest block, skipped ones included). In `considered` the cumulative
    columns are null for rules that were not taken. `found`: how many pairs the recall is estimated on.
    """

    blocks: tuple[Block, ...]
    rules: pl.DataFrame
    considered: pl.DataFrame
    found: int

    def __str__(self) -> str:
        line = (
            "{rule}: {pairs:,} pairs, recall {recall:.3f}; so far {cumulative_pairs:,} pairs, {cumulative_recall:.3f}"
        )
        return "\n".join(line.format(**row) for row in self.rules.to_dicts())


def suggest_blocks(
    records: Records,
    columns: Sequence[str | Key],
    *,
    judge: Model | pl.DataFrame,
    budget: int,
    sounds: Sequence[str] = (),
    most: int = 10,
    cap: int = CAP,
    id: str = "id",  # noqa: A002
    source: str | None = None,
    link_type: LinkType = "both",
    seed: int = 1,
) -> Suggestion:
    """Suggest blocking rules: those that find most of the true pairs for each pair that they cost.

    Looks at every column, at the first letter and the first three of text, at how the columns in `sounds` sound, at
    any of two columns that hold the same kind of value (surname, previous surname), and at every two of these. A key
    given as such (`any_of("postcode", "forwarding_postcode")`) is taken as it is. `judge` is either a model, which
    is trained on the records first if it has not been, or a frame of pairs known to be one person (`left`, `right`).
    `budget` is the most that the rules may cost together: the sum of their pairs, before `link_type` leaves any out; `most` the largest number of rules; `source`, `link_type` and `cap` are as in `candidates`.

    The same records and seed give the same suggestion, whatever the order of the rows. Raises `ColumnFault` for a
    column that is not there, `PairFault` where no true pair is known or found.

    >>> people = pl.DataFrame({"id": [1, 2, 3, 4], "name": ["Reid", "Reed", "Khan", "Khan"], "sex": ["f", "f", "f", "m"]})
    >>> same = pl.DataFrame({"left": [1], "right": [2]})
    >>> suggest_blocks(people, ["name", "sex"], judge=same, budget=6, sounds=["name"]).rules["rule"].to_list()
    ['sex and first 1 of name']
    """  # noqa: E501 (the example is one line)
    ordered = prepare(records, id)
    keys = _keys(ordered.records, columns, sounds)
    if link_type != "both" and source is not None:
        require_columns([source], ordered.records.columns, where="the records")
    rules = counted_rules(ordered, keys, cap)
    pairs, chances = _true_pairs(ordered, rules, judge, budget, (id, source, link_type), seed)
    if not len(chances):
        raise PairFault("no pair of these records is known, or found, to be one person: there is nothing to go by")
    caught = np.stack([rule.catches(*pairs) for rule in rules])
    taken = _taken(rules, caught, chances, budget, most)
    return _suggestion(ordered, rules, caught, chances, taken)


def _keys(records: pl.DataFrame, columns: Sequence[str | Key], sounds: Sequence[str]) -> list[Key]:
    """Every form in which a column may be a key."""
    named = [column for column in columns if isinstance(column, str)]
    given = [column for column in columns if isinstance(column, Key)]
    if not columns:
        raise ModelFault("there are no columns to suggest blocks from")
    require_columns([*named, *sounds, *(c for key in given for c in key.columns)], records.columns, where="the records")
    texts = [column for column in named if records[column].dtype == pl.String]
    return [
        *(Key((column,)) for column in named),
        *given,
        *(sound_of(column) for column in sounds),
        *(first_letters(column, letters) for column in texts for letters in LETTERS),
        *(any_of(*two) for two in combinations(named, 2) if _of_one_kind(records, *two)),
    ]


def _of_one_kind(records: pl.DataFrame, one: str, other: str) -> bool:
    """Whether most distinct values of the poorer column also stand in the richer one."""
    if records[one].dtype != records[other].dtype:
        return False
    few, many = sorted((records[one].drop_nulls().unique(), records[other].drop_nulls().unique()), key=len)
    return len(few) > 1 and int(few.is_in(many.implode()).sum()) >= OFTEN_SHARED * len(few)


def _true_pairs(
    records: Prepared,
    rules: Sequence[CountedRule],
    judge: Model | pl.DataFrame,
    budget: int,
    told: tuple[str, str | None, LinkType],
    seed: int,
) -> tuple[tuple[Rows, Rows], Shares]:
    """Pairs of rows that are one person, each with the chance that it is."""
    id_column, source, link_type = told
    if isinstance(judge, pl.DataFrame):
        rows = between(records, rows_of(records.records[id_column], judge), source, link_type)
        kept = _drawn(len(rows[0]), joined(rows), MOST_KNOWN, seed)
        return (rows[0][kept], rows[1][kept]), np.ones(len(kept))
    rows = between(records, _around(records.records.height, rules, seed), source, link_type)
    model = judge
    if model.learned is None:
        blocks = model.blocks or _teachers(rules, budget)
        model = replace(model, blocks=blocks).trained_on(
            records, id=id_column, source=source, link_type=link_type, seed=seed
        )
    named, around = records.only(rows)
    weights = Scales.of(named, model).weighed(around)["weight"].to_numpy()
    chances = 1 / (1 + np.exp2(-weights / 1000))
    kept = np.flatnonzero(chances >= LIKELY)
    return (rows[0][kept], rows[1][kept]), chances[kept]


def _teachers(rules: Sequence[CountedRule], budget: int) -> list[Block]:
    """A few affordable rules of different columns, the widest first, to train a model under that has none."""
    found: list[Block] = []
    affordable = (rule for rule in rules if rule.pairs <= budget)
    for rule in sorted(affordable, key=lambda rule: (-rule.pairs, str(rule.block))):
        if len(found) < TEACHERS and not any(set(rule.block.columns) & set(block.columns) for block in found):
            found.append(rule.block)
    if not found:
        raise PairFault("no rule that these columns allow stays within the budget: raise it, or name finer columns")
    return found


def _drawn(count: int, numbers: Rows, most: int, seed: int) -> Rows:
    """Draw at most so many by a hash of their numbers."""
    if count <= most:
        return np.arange(count)
    drawn: Rows = np.sort(np.argsort(scrambled(numbers.astype(np.uint64), seed + 21), kind="stable")[:most])
    return drawn


def _around(height: int, rules: Sequence[CountedRule], seed: int) -> tuple[Rows, Rows]:
    """Every pair that some rule makes with one of the records drawn by lot, as long as the rule is not too wide."""
    anchors = _drawn(height, np.arange(height, dtype=np.int64), ANCHORS, seed)
    share = len(anchors) / height
    found = [_met(rule, anchors) for rule in rules if 2 * rule.pairs * share <= PAIRS_AROUND]
    return parted(united(found))


def _met(rule: CountedRule, anchors: Rows) -> Rows:
    """Whom these records meet under a rule, as left << 32 | right."""
    forms = [pl.DataFrame({"row": np.arange(len(c), dtype=np.int64), "code": c}) for c in rule.codes]
    everyone = pl.concat(forms).filter(pl.col("code") >= 0)
    drawn = everyone.filter(pl.col("row").is_in(pl.Series(anchors).implode()))
    met = drawn.join(everyone, on="code").filter(pl.col("row") != pl.col("row_right"))
    one, other = met["row"].to_numpy(), met["row_right"].to_numpy()
    keys: Rows = np.unique(np.minimum(one, other) << 32 | np.maximum(one, other))
    return keys


def _taken(rules: Sequence[CountedRule], caught: Flags, chances: Shares, budget: int, most: int) -> list[int]:
    """Choose the rules that find most within the budget.

    By turns, the rule is taken that finds most of what is not found yet for each pair it costs. Cheap rules taken
    first can shut out a dear one that finds everything, so it is also tried with each of the best finders set first.
    """
    costs = np.array([rule.pairs for rule in rules], dtype=np.float64)
    finders = sorted(np.flatnonzero(costs <= budget).tolist(), key=lambda i: (-_found(caught[i], chances), costs[i], i))
    tried = [_grown(start, caught, chances, costs, budget, most) for start in [[], *([i] for i in finders[:STARTS])]]
    return min(tried, key=lambda taken: (-_worth(taken, caught, chances), costs[taken].sum(), taken))


def _worth(taken: Sequence[int], caught: Flags, chances: Shares) -> float:
    return round(_found(np.logical_or.reduce(caught[list(taken)], axis=0), chances) / float(chances.sum()) / LEAST_GAIN)


def _found(caught: Flags, chances: Shares) -> float:
    return float(chances[caught].sum())


def _grown(start: list[int], caught: Flags, chances: Shares, costs: Shares, budget: int, most: int) -> list[int]:
    """Add rules while they earn their cost, and drop those that later ones made needless."""
    taken, enough = list(start), LEAST_GAIN * float(chances.sum())
    while len(taken) < most:
        gains = caught @ np.where(caught[taken].any(axis=0), 0.0, chances)
        affordable = np.flatnonzero((gains > enough) & (costs[taken].sum() + costs <= budget))
        if not len(affordable):
            break
        taken.append(min(affordable.tolist(), key=lambda i: (-float(gains[i]) / float(costs[i]), i)))
    for number in list(taken):
        others = [i for i in taken if i != number]
        if others and not (caught[number] & ~caught[others].any(axis=0)).any():
            taken = others
    return sorted(taken, key=lambda i: (-_found(caught[i], chances) / float(costs[i]), i))


def _suggestion(
    records: Prepared, rules: Sequence[CountedRule], caught: Flags, chances: Shares, taken: Sequence[int]
) -> Suggestion:
    everything, found, seen = float(chances.sum()), np.zeros(len(chances), np.bool_), np.empty(0, dtype=np.int64)
    recall = caught @ chances / everything
    so_far: dict[int, tuple[int, float]] = {}
    for number in taken:
        found |= caught[number]
        rows = row_pairs(records, [rules[number].block])
        seen = united([seen, joined(rows)])
        so_far[number] = (len(seen), float(chances[found].sum()) / everything)

    def shown(numbers: Iterable[int]) -> pl.DataFrame:
        rows = []
        for i in numbers:
            pairs, share = so_far.get(i, (None, None))
            rows.append((str(rules[i].block), rules[i].pairs, pairs, float(recall[i]), share, rules[i].largest))
        return pl.DataFrame(rows, schema=RULES, orient="row")

    considered = shown(range(len(rules))).sort(["recall", "pairs", "rule"], descending=[True, False, False])
    return Suggestion(tuple(rules[i].block for i in taken), shown(taken), considered, len(chances))

"""Learns a model's weights from unlabelled records.

- u, apart: from random pairs of records, of which hardly any are one person.
- u, together: from pairs known to be different people at one place, each written the way that the pairs to be
  judged are written (a register writes forenames in full, a tax roll initials: the pairs of one source alone would
  make an initial look telling); with no such pairs, by expectation and maximisation.
- m: by expectation and maximisation under each block in turn, never for a comparison that reads the block's own
  columns.
- prior, together: how often a record has its counterpart at its place; where no source lists people once, the share
  of matches among the pairs there.
- prior, apart: from rules that are certain, over their assumed recall; else as the share of matches that explains the
  candidate pairs.

The same records and the same seed give the same model to the byte, whatever the order of the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.blocking import Block, LinkType, Rows, block_on, by_id, row_pairs
from matchers.comparisons.base import Comparison
from matchers.comparisons.values import coded
from matchers.em import Belief, Others, Patterns, Shares, expectation_maximisation, normal
from matchers.errors import PairFault, require_columns
from matchers.evidence import (
    APART,
    KIN,
    TOGETHER,
    Learned,
    Levels,
    beside,
    grades,
    millibits,
    rarity_of,
    together,
    written_for,
)

RANDOM_PAIRS = 500_000
PAIRS_A_BLOCK = 150_000
STYLED_PAIRS = 200_000
ENOUGH_DIFFERENT = 50
ENOUGH_CHANCES = 1000.0
MOST_ALIKE_KIN = 0.5
ENOUGH_MATCHES = 10.0
BELIEF_IN_EXPECTED = 20.0
BELIEF_IN_TOGETHER = 200.0
MOST_MATCHED = 0.98
FIGURES = 6
_NO_ROWS: Rows = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Training:
    """What the trainer is told besides the records.

    - `source`: the column naming each record's source; `link_type` as in `candidates`.
    - `lists_once`: sources that list a person once per place at one time; two of their entries at one place are two
      people.
    - `stay`: the columns (since, until) of a stay; with them, entries of such a source must overlap to count as two
      people.
    - `different`: pairs of ids (left, right) known to be different people at one place.
    - `certain`: blocks whose pairs are one person almost always; `recall`: the share of true pairs that `certain`
      (or, without it, all blocks together) is believed to catch.
    """

    seed: int = 1
    source: str | None = None
    link_type: LinkType = "both"
    lists_once: Sequence[str] = ()
    stay: tuple[str, str] | None = None
    different: pl.DataFrame | None = None
    certain: Sequence[Block] = ()
    recall: float = 0.9


def learn(
    comparisons: Sequence[Comparison],
    blocks: Sequence[Block],
    records: pl.DataFrame,
    training: Training,
    *,
    id: str,  # noqa: A002
    place: str | None,
    household: Sequence[str] = (),
) -> Learned:
    """Learn everything a model needs from records with one row per mention."""
    columns = columns_of(comparisons, place)
    require_columns([*columns, *(training.stay or ())], records.columns, where="the records")
    ordered = by_id(records, id)
    written = written_for(ordered, comparisons, place)
    school = _School(comparisons, blocks, ordered, training, id, place, columns, written)
    strangers, kin = school.strangers(), school.kin()
    lesson = school.learn_together(strangers, kin) if place else None
    at_place = [_expected(c).updated(lesson.matches[i]) for i, c in enumerate(comparisons)] if lesson else None
    apart = school.learn_apart(strangers, kin, at_place)
    levels = {c.name: {APART: _levels(c, apart[i], strangers[i])} for i, c in enumerate(comparisons)}
    prior = {APART: school.prior_apart(levels)}
    if place:
        for i, c in enumerate(comparisons):
            m, u = (at_place[i], smoothed(c, lesson.others[i])) if at_place and lesson else (apart[i], strangers[i])
            levels[c.name][TOGETHER] = _levels(c, m, u)
        prior[TOGETHER] = school.prior_together(lesson) if lesson else 0
    if household:
        kept = school.learn_kin(household, strangers)
        for i, c in enumerate(comparisons):
            living = set(c.columns) & set(household) or kept is None
            levels[c.name][KIN] = _levels(
                c, apart[i], apart[i] if living or kept is None else smoothed(c, kept.others[i])
            )
        prior[KIN] = _log_odds(kept.share if kept else 1 - 1e-6)
    rarity = {
        c.name: {column: rarity_of(c, column, records[column]) for column in _rarity_columns(c)} for c in comparisons
    }
    return Learned(prior, levels, rarity, {**school.facts, "seed": training.seed})


def columns_of(comparisons: Sequence[Comparison], place: str | None) -> list[str]:
    """Every column that scoring reads, each once."""
    return list(dict.fromkeys([*(column for c in comparisons for column in c.columns), *([place] if place else [])]))


def _rarity_columns(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(column for columns in comparison.rarity.values() for column in columns))


@dataclass(slots=True)
class _School:
    """One training run: the records in the order of their ids, and the lessons drawn from them."""

    comparisons: Sequence[Comparison]
    blocks: Sequence[Block]
    records: pl.DataFrame
    training: Training
    id: str
    place: str | None
    columns: list[str]
    written: pl.DataFrame

    @property
    def facts(self) -> dict[str, Any]:
        return {"records": self.records.height}

    def laid_out(self, rows: tuple[Rows, Rows]) -> pl.DataFrame:
        return beside(self.written, rows[0], rows[1], self.columns)

    def paired(self, blocks: Sequence[Block]) -> tuple[Rows, Rows]:
        rows, _ = row_pairs(self.records, blocks, source=self.training.source, link_type=self.training.link_type)
        return rows

    def sampled(self, rows: tuple[Rows, Rows], most: int, salt: int) -> tuple[Rows, Rows]:
        """Keep at most so many pairs, chosen by a hash of the two row numbers."""
        if len(rows[0]) <= most:
            return rows
        lots = scrambled((rows[0] << 32 | rows[1]).astype(np.uint64), self.training.seed + salt)
        kept = np.sort(np.argsort(lots, kind="stable")[:most])
        return rows[0][kept], rows[1][kept]

    def strangers(self) -> list[Shares]:
        """How often two records drawn at random, not at one place, reach each level."""
        pairs = self.laid_out(
            self._kept_by_link_type(random_rows(self.records.height, RANDOM_PAIRS, self.training.seed))
        )
        patterns = Patterns.of(grades(pairs.filter(~together(pairs, self.place)), self.comparisons))
        return [
            smoothed(c, patterns.reached(i, len(c.levels), patterns.counts)) for i, c in enumerate(self.comparisons)
        ]

    def _kept_by_link_type(self, rows: tuple[Rows, Rows]) -> tuple[Rows, Rows]:
        if self.training.source is None or self.training.link_type == "both":
            return rows
        of = coded(self.records[self.training.source]).codes[0]
        kept = (of[rows[0]] == of[rows[1]]) == (self.training.link_type == "within")
        return rows[0][kept], rows[1][kept]

    def kin(self) -> list[Shares | None]:
        """How often two different people at one place reach each level; None where too few of them show it."""
        different, judged = self.different(), self.laid_out(self._to_judge(1))
        if len(different[0]) < ENOUGH_DIFFERENT or not judged.height:
            return [None] * len(self.comparisons)
        styled = restyled(_as_text(self.laid_out(different)), _as_text(judged), STYLED_PAIRS, self.training.seed)
        patterns = Patterns.of(grades(styled, self.comparisons))
        seen = [patterns.reached(i, len(c.levels), patterns.counts) for i, c in enumerate(self.comparisons)]
        return [
            smoothed(c, counts) if counts.sum() >= ENOUGH_DIFFERENT and not self._about_stays(c) else None
            for c, counts in zip(self.comparisons, seen, strict=True)
        ]

    def _to_judge(self, salt: int) -> tuple[Rows, Rows]:
        """A sample of the open pairs."""
        return self.sampled(self._open(), PAIRS_A_BLOCK, salt)

    def _open(self) -> tuple[Rows, Rows]:
        """Pairs at one place that are not known to be different people."""
        if self.place is None:
            return _NO_ROWS, _NO_ROWS
        (left, right), (one, other) = self.paired([block_on(self.place)]), self.different()
        known = pl.Series(np.minimum(one, other) << 32 | np.maximum(one, other))
        unknown = ~pl.Series(left << 32 | right).is_in(known.implode()).to_numpy()
        return left[unknown], right[unknown]

    def _about_stays(self, comparison: Comparison) -> bool:
        """Different people are recognised by their stays, so they cannot teach what stays are worth."""
        return bool(set(comparison.columns) & set(self.training.stay or ()))

    def learn_together(self, strangers: list[Shares], kin: list[Shares | None]) -> "Lesson | None":
        """m, u and the share of matches among pairs at one place."""
        pairs = self.laid_out(self._to_judge(2))
        beliefs = [_expected(c) for c in self.comparisons]
        known = [i for i in self._leading() if kin[i] is not None]
        if known:
            of_kin = tuple(u for i in known if (u := kin[i]) is not None)
            return self._lesson(pairs, known, beliefs, [Others(of_kin), Others(tuple(strangers[i] for i in known))])
        return self._lesson(pairs, self._leading(), beliefs, [self._unknown(pairs)])

    def prior_together(self, lesson: "Lesson") -> int:
        """The odds that a record has its counterpart at its place and that it is this one, against its having none.

        Where sources list people once, a record is matched once or not at all: the pairs that its match rules out
        are no evidence against it, as they would be if the share of matches among all pairs were the prior. Without
        such sources that share is all there is.
        """
        left, right = self._open()
        if not self.training.lists_once or not len(left):
            return _log_odds(lesson.share)
        records = len(np.unique(np.concatenate([left, right])))
        a_record = 2 * len(left) / records
        matched = min(lesson.share * a_record, MOST_MATCHED)
        return millibits(matched / a_record / (1 - matched))

    def learn_kin(self, household: Sequence[str], strangers: list[Shares]) -> "Lesson | None":
        """m, and u of kin, among pairs that share all that a household shares.

        Kin live together as one person's records do, so that where they live tells nothing between the two.
        """
        pairs = self.laid_out(self.sampled(self.paired([block_on(*household)]), PAIRS_A_BLOCK, 3))
        leading = [i for i in self._leading() if not set(self.comparisons[i].columns) & set(household)]
        if not pairs.height or not leading:
            return None
        # Kin begin half as surprising as strangers: the pairs themselves are no guide where nearly all are matches.
        begin = tuple(normal(np.sqrt(strangers[i])) for i in leading)
        beliefs = [_expected(c) for c in self.comparisons]
        lesson = self._lesson(pairs, leading, beliefs, [Others(begin, known=False)])
        if lesson is None or lesson.others[leading[0]].sum() < ENOUGH_DIFFERENT:
            return None
        # People who share all that can be shared, birthdays included, are no kin: they are the matches over again.
        tops = [smoothed(c, lesson.others[i])[c.ladder[-1]] for i in leading if (c := self.comparisons[i]).ladder]
        return lesson if max(tops, default=0.0) < MOST_ALIKE_KIN else None

    def _unknown(self, pairs: pl.DataFrame) -> Others:
        """Others of whom nothing is known: to begin with they are like the pairs at large."""
        leading = [self.comparisons[i] for i in self._leading()]
        patterns = Patterns.of(grades(pairs, leading))
        seen = [patterns.reached(i, len(c.levels), patterns.counts) for i, c in enumerate(leading)]
        return Others(tuple(smoothed(c, counts) for c, counts in zip(leading, seen, strict=True)), known=False)

    def _leading(self) -> list[int]:
        """The comparisons that may tell matches; all of them if none is said to."""
        leading = [i for i, c in enumerate(self.comparisons) if c.leads and c.columns != (self.place,)]
        return leading or list(range(len(self.comparisons)))

    def _lesson(
        self, pairs: pl.DataFrame, leading: list[int], beliefs: list[Belief], kinds: list[Others]
    ) -> "Lesson | None":
        patterns = Patterns.of(grades(pairs, self.comparisons)).showing(leading)
        if not len(patterns.counts):
            return None
        found = expectation_maximisation(patterns, leading, [beliefs[i] for i in leading], kinds, share=0.3)
        matches, rest = found.matched * patterns.counts, (1 - found.matched) * patterns.counts
        return Lesson(
            [patterns.reached(i, len(c.levels), matches) for i, c in enumerate(self.comparisons)],
            [patterns.reached(i, len(c.levels), rest) for i, c in enumerate(self.comparisons)],
            float(matches.sum()),
            found.share,
        )

    def different(self) -> tuple[Rows, Rows]:
        """Pairs at one place known to be different people: as told, or from sources that list a person once."""
        if self.training.different is not None:
            require_columns(["left", "right"], self.training.different.columns, where="the pairs of different people")
            return rows_of(self.records[self.id], self.training.different)
        if self.place is None or self.training.source is None or not self.training.lists_once:
            return _NO_ROWS, _NO_ROWS
        rows, _ = row_pairs(self.records, [block_on(self.place)], source=self.training.source, link_type="within")
        sources = self.records[self.training.source]
        listed = sources.is_in(list(self.training.lists_once)).fill_null(value=False).to_numpy()
        kept = listed[rows[0]] & self._overlapping(rows)
        return rows[0][kept], rows[1][kept]

    def _overlapping(self, rows: tuple[Rows, Rows]) -> NDArray[np.bool_]:
        if self.training.stay is None:
            return np.ones(len(rows[0]), dtype=np.bool_)
        since, until = self.training.stay
        stays = beside(self.records, rows[0], rows[1], [since, until])
        before = (pl.col(f"left_{since}") < pl.col(f"right_{until}")).fill_null(value=True)
        after = (pl.col(f"right_{since}") < pl.col(f"left_{until}")).fill_null(value=True)
        return stays.select(before & after).to_series().to_numpy()

    def learn_apart(
        self, strangers: list[Shares], kin: list[Shares | None], at_place: list[Shares] | None
    ) -> list[Shares]:
        """m among pairs that are not at one place, from every block that leaves leading comparisons to tell by."""
        beliefs = [self._belief_apart(c, at_place[i] if at_place else None) for i, c in enumerate(self.comparisons)]
        reached = [np.zeros(len(c.levels)) for c in self.comparisons]
        for number, block in enumerate(self.blocks):
            free = [i for i, c in enumerate(self.comparisons) if not set(c.columns) & set(block.columns)]
            leading = [i for i in self._leading() if i in free]
            pairs = self._apart_under(block, number)
            if not leading or not pairs.height:
                continue
            kinds = [Others(tuple(strangers[i] for i in leading))]
            if any(kin[i] is not None for i in leading):
                kinds.append(Others(tuple(strangers[i] if (u := kin[i]) is None else u for i in leading)))
            lesson = self._lesson(pairs, leading, beliefs, kinds)
            if lesson is not None and lesson.matched >= ENOUGH_MATCHES:
                reached = [
                    old + new if i in free else old
                    for i, (old, new) in enumerate(zip(reached, lesson.matches, strict=True))
                ]
        return [belief.updated(counts) for belief, counts in zip(beliefs, reached, strict=True)]

    def _belief_apart(self, comparison: Comparison, at_place: Shares | None) -> Belief:
        """What a person is called varies apart as it does together; where and when they live does not carry over."""
        if at_place is not None and comparison.leads and self.place not in comparison.columns:
            return Belief(at_place, BELIEF_IN_TOGETHER, comparison.at_most)
        return _expected(comparison)

    def _apart_under(self, block: Block, number: int) -> pl.DataFrame:
        pairs = self.laid_out(self.sampled(self.paired([block]), 2 * PAIRS_A_BLOCK, 10 + number))
        return pairs.filter(~together(pairs, self.place)).head(PAIRS_A_BLOCK)

    def prior_apart(self, levels: dict[str, dict[str, Levels]]) -> int:
        """The odds that two records drawn at random, not at one place, are one person."""
        everything = self.records.height * (self.records.height - 1) / 2
        rule = list(self.training.certain) or list(self.blocks)
        rows = self.paired(rule)
        pairs = self.laid_out(self.sampled(rows, PAIRS_A_BLOCK, 2))
        apart = pairs.filter(~together(pairs, self.place))
        scale = len(rows[0]) / max(pairs.height, 1)
        if self.training.certain:
            return _log_odds(max(apart.height * scale, 1.0) / self.training.recall / max(everything, 2.0))
        patterns = Patterns.of(grades(apart, self.comparisons))
        every = range(len(self.comparisons))
        m = patterns.likelihood(every, [np.array(levels[c.name][APART].m) for c in self.comparisons])
        u = patterns.likelihood(every, [np.array(levels[c.name][APART].u) for c in self.comparisons])
        ratio = np.exp(np.clip(m - u, -60, 60))
        share = 1 / max(self.records.height, 2)
        for _ in range(50):
            matches = float((patterns.counts * (ratio * share / (ratio * share + 1 - share))).sum()) * scale
            share = min(max(matches, 1.0) / self.training.recall / max(everything, 2.0), 0.5)
        return _log_odds(share)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one set of pairs taught: for each comparison how many matches and others reached its levels, and how
    many matches there are.
    """

    matches: list[Shares]
    others: list[Shares]
    matched: float
    share: float


def smoothed(comparison: Comparison, counts: Shares) -> Shares:
    """Turn counts of pairs that are not matches into u; few counts lean on what the comparison holds for chance."""
    chance, seen = np.array(comparison.chance), float(counts.sum())
    if seen < ENOUGH_CHANCES:
        return normal(counts + ENOUGH_CHANCES * chance)
    return normal(counts + np.minimum(0.5, chance * seen))


def _expected(comparison: Comparison) -> Belief:
    return Belief(np.array(comparison.expected), BELIEF_IN_EXPECTED, comparison.at_most)


def _levels(comparison: Comparison, m: Shares, u: Shares) -> Levels:
    return Levels(_rounded(_monotone(comparison.ladder, m, u)), _rounded(u))


def _rounded(shares: Shares) -> tuple[float, ...]:
    return tuple(float(f"{share:.{FIGURES}g}") for share in shares)


def _monotone(ladder: Sequence[int], m: Shares, u: Shares) -> Shares:
    """Pool neighbouring rungs until m/u rises along the ladder: a better agreement must never count for less."""
    pools: list[tuple[list[int], float, float]] = []
    for rung in ladder:
        pools.append(([rung], float(m[rung]), float(u[rung])))
        while len(pools) > 1 and pools[-2][1] * pools[-1][2] > pools[-1][1] * pools[-2][2]:
            upper, lower = pools.pop(), pools.pop()
            pools.append((lower[0] + upper[0], lower[1] + upper[1], lower[2] + upper[2]))
    risen = m.copy()
    for rungs, of_m, of_u in pools:
        for rung in rungs:
            risen[rung] = u[rung] * of_m / of_u
    return risen


def _log_odds(share: float) -> int:
    held = min(max(share, 1e-12), 1 - 1e-6)
    return -millibits((1 - held) / held) if held > 1e-6 else round(1000 * float(np.log2(held / (1 - held))))


def random_rows(height: int, most: int, seed: int) -> tuple[Rows, Rows]:
    """Draw pairs of row numbers (left < right) by a hash of the seed; all there are when there are no more than
    wanted.
    """
    if height * (height - 1) // 2 <= most:
        left, right = np.triu_indices(height, k=1)
        return left.astype(np.int64), right.astype(np.int64)
    draws = np.arange(most, dtype=np.uint64)
    one = (scrambled(draws, seed) % np.uint64(height)).astype(np.int64)
    other = (scrambled(draws, seed + 1) % np.uint64(height - 1)).astype(np.int64)
    other += other >= one
    return np.minimum(one, other), np.maximum(one, other)


def scrambled(numbers: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Mix numbers into random-looking ones by splitmix64, which no library's next version can change."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15) + np.uint64(((seed + 1) * 0xD1B54A32D192ED03) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return result


def rows_of(ids: pl.Series, pairs: pl.DataFrame) -> tuple[Rows, Rows]:
    """Find the row numbers of pairs of ids; an id that is not there is a `PairFault`."""
    index = pl.DataFrame({"id": ids}).with_row_index("row")
    left, right = (
        pairs.select(id=end).join(index, on="id", how="left", maintain_order="left")["row"] for end in ("left", "right")
    )
    if left.null_count() or right.null_count():
        raise PairFault(f"{left.null_count() + right.null_count()} ends of the pairs name no record")
    return left.to_numpy().astype(np.int64), right.to_numpy().astype(np.int64)


def restyled(different: pl.DataFrame, judged: pl.DataFrame, most: int, seed: int) -> pl.DataFrame:
    """Write pairs of different people the way pairs to be judged are written.

    Each is matched with a pair to be judged: where that has no value, the value goes; where that has a single
    letter, the first letter stays. Both frames hold `left_<column>` and `right_<column>`.
    """
    draws = np.arange(min(most, 4 * max(different.height, judged.height)), dtype=np.uint64)
    people = different[scrambled(draws, seed + 3) % np.uint64(different.height)]
    models = judged[scrambled(draws, seed + 4) % np.uint64(judged.height)]
    both = pl.concat([people, models.rename(lambda c: f"as_{c}")], how="horizontal")
    return both.select(
        _as_written(pl.col(c), pl.col(f"as_{c}"), text=people[c].dtype == pl.String).alias(c) for c in people.columns
    )


def _as_text(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.with_columns(
        pl.col(c).cast(pl.String) for c, kind in pairs.schema.items() if isinstance(kind, pl.Enum)
    )


def _as_written(value: pl.Expr, model: pl.Expr, *, text: bool) -> pl.Expr:
    written = pl.when(model.str.len_chars() == 1).then(value.str.head(1)).otherwise(value) if text else value
    return pl.when(model.is_not_null()).then(written)

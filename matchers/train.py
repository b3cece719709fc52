"""Learns a model's weights from unlabelled records.

- u, apart: from random pairs of records, of which hardly any are one person.
- u, together: from pairs known to be different people at one place, each written the way that the pairs to be
  judged are written (a register writes forenames in full, a tax roll initials: the pairs of one source alone would
  make an initial look telling); with no such pairs, by expectation and maximisation.
- m: by expectation and maximisation under each block in turn, never for a comparison that reads the block's own
  columns.
- prior, together: how often a record has its counterpart at its place; where no source lists people once, the share
  of matches among the pairs there.
- u, kin, of a model that knows places: as together, for kin are alike wherever they live; its prior is assumed.
- prior, apart: from rules that are certain, over their assumed recall; else as the share of matches that explains the
  candidate pairs.

The same records and the same seed give the same model to the byte, whatever the order of the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.blocking import Block, LinkType, between, block_on, joined, row_pairs
from matchers.comparisons.base import Comparison
from matchers.em import Belief, Others, Patterns, Shares, expectation_maximisation, normal
from matchers.errors import require_columns
from matchers.evidence import (
    APART,
    KIN,
    TOGETHER,
    Learned,
    Levels,
    beside,
    columns_of,
    grades,
    laid,
    millibits,
    rarity_of,
    rows_of,
)
from matchers.prepared import Prepared, Records, plain_frame, prepare
from matchers.samples import NO_PAIRS, Gradebook, Pairs, random_rows, restyled, sampled
from matchers.shares import expected, levels_of, smoothed
from matchers.threads import each

RANDOM_PAIRS = 250_000
PAIRS_A_BLOCK = 60_000
STYLED_PAIRS = 200_000
ENOUGH_DIFFERENT = 50
MOST_ALIKE_KIN = 0.1
TELLING = 0.01
ENOUGH_MATCHES = 10.0
BELIEF_IN_TOGETHER = 200.0
MOST_MATCHED = 0.98
KIN_ELSEWHERE = 2.0
"""Records of others of one's home at other places, for each of one's own there; assumed. Who moves, moves with them."""


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
    - `outside`: for a column such as the surname, how many of a wider population bear each value (`value` String,
      `share` Float64), for lists too short to tell by themselves what is rare.
    """

    seed: int = 1
    source: str | None = None
    link_type: LinkType = "both"
    lists_once: Sequence[str] = ()
    stay: tuple[str, str] | None = None
    different: pl.DataFrame | None = None
    certain: Sequence[Block] = ()
    recall: float = 0.9
    outside: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def learn(
    comparisons: Sequence[Comparison],
    blocks: Sequence[Block],
    records: Records,
    training: Training,
    *,
    id: str,  # noqa: A002
    place: str | None,
    household: Sequence[str] = (),
) -> Learned:
    """Learn everything a model needs from records with one row per mention."""
    wanted = [*columns_of(comparisons, place), *household, *(training.stay or ())]
    require_columns(wanted, plain_frame(records).columns, where="the records")
    school = _School(comparisons, blocks, prepare(records, id), training, id, place, household)
    shown = school.shown()
    strangers, kin = school.strangers(shown), school.kin()
    lesson = school.learn_together(shown, strangers, kin) if place else None
    at_place = [expected(c).updated(lesson.matches[i]) for i, c in enumerate(comparisons)] if lesson else None
    apart = school.learn_apart(shown, strangers, kin, at_place)
    levels = {c.name: {APART: levels_of(c, apart[i], strangers[i])} for i, c in enumerate(comparisons)}
    prior = {APART: school.prior_apart(shown, levels)}
    if place:
        for i, c in enumerate(comparisons):
            m = at_place[i] if at_place else apart[i]
            u = smoothed(c, lesson.others[i], together=True) if lesson else strangers[i]
            levels[c.name] |= {TOGETHER: levels_of(c, m, u), KIN: levels_of(c, apart[i], u)}
        prior[TOGETHER] = school.prior_together(lesson) if lesson else 0
        prior[KIN] = -millibits(KIN_ELSEWHERE)
    if household:
        kept = school.learn_kin(shown, strangers)
        for i, c in enumerate(comparisons):
            living = set(c.columns) & set(household) or kept is None
            levels[c.name][KIN] = levels_of(
                c, apart[i], apart[i] if living or kept is None else smoothed(c, kept.others[i])
            )
        prior[KIN] = _log_odds(kept.share if kept else 1 - 1e-6)
    rarity = {
        c.name: {
            column: rarity_of(c, column, school.records.columns.coded(column), training.outside.get(column))
            for column in _rarity_columns(c)
        }
        for c in comparisons
    }
    return Learned(prior, levels, rarity, {"records": school.records.records.height, "seed": training.seed})


def _rarity_columns(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(column for columns in comparison.rarity.values() for column in columns))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the samples show: counted patterns among random pairs, among the open ones at one place, among those that
    share all that a household shares, under each block, and among all that a block (or certain rule) proposes.

    `proposed` counts the last before they were sampled, `of_proposed` after, `apart` those of them not at one place.
    """

    strangers: Patterns
    at_place: Patterns
    at_home: Patterns
    under: Sequence[Patterns]
    at_large: Patterns
    proposed: int
    of_proposed: int
    apart: int


@dataclass(frozen=True, slots=True)
class _School:
    """One training run: the prepared records, and the lessons drawn from them."""

    comparisons: Sequence[Comparison]
    blocks: Sequence[Block]
    records: Prepared
    training: Training
    id: str
    place: str | None
    household: Sequence[str]

    def paired(self, blocks: Sequence[Block]) -> Pairs:
        return row_pairs(self.records, blocks, source=self.training.source, link_type=self.training.link_type)

    def apart(self, rows: Pairs) -> Pairs:
        """Leave out the pairs at one place."""
        if self.place is None:
            return rows
        of = self.records.codes(self.place)
        kept = (of[rows[0]] != of[rows[1]]) | (of[rows[0]] < 0)
        return rows[0][kept], rows[1][kept]

    def shown(self) -> _Shown:
        """Draw every sample, and grade them together."""
        told, seed = self.training, self.training.seed
        at_random = random_rows(self.records.records.height, RANDOM_PAIRS, seed)
        strangers = self.apart(between(self.records, at_random, told.source, told.link_type))
        at_place = sampled(self._open(), PAIRS_A_BLOCK, seed + 2)
        homes = [block_on(*self.household)] if self.household else []
        at_home = sampled(self.paired(homes), PAIRS_A_BLOCK, seed + 3) if homes else NO_PAIRS
        under = each(self._under, range(len(self.blocks)))
        proposed = self.paired(list(told.certain) or self.blocks)
        of_proposed = sampled(proposed, PAIRS_A_BLOCK, seed + 2)
        at_large = self.apart(of_proposed)
        samples = [strangers, at_place, at_home, at_large, *under]
        book = Gradebook.of(self.records, self.comparisons, samples)
        first, second, third, fourth, *rest = each(book.patterns, samples)
        sizes = len(proposed[0]), len(of_proposed[0]), len(at_large[0])
        return _Shown(first, second, third, rest, fourth, *sizes)

    def _under(self, number: int) -> Pairs:
        """Draw from the pairs under one block, where it leaves anything to tell matches by."""
        block = self.blocks[number]
        if not self._leads(block):
            return NO_PAIRS
        return sampled(self.apart(self.paired([block])), PAIRS_A_BLOCK, self.training.seed + 10 + number)

    def strangers(self, shown: _Shown) -> list[Shares]:
        """How often two records drawn at random, not at one place, reach each level."""
        patterns = shown.strangers
        return [
            smoothed(c, patterns.reached(i, len(c.levels), patterns.counts)) for i, c in enumerate(self.comparisons)
        ]

    def kin(self) -> list[Shares | None]:
        """How often two different people at one place reach each level; None where too few of them show it."""
        different, judged = self.different(), sampled(self._open(), PAIRS_A_BLOCK, self.training.seed + 1)
        if len(different[0]) < ENOUGH_DIFFERENT or not len(judged[0]):
            return [None] * len(self.comparisons)
        records, columns = self.records.records, columns_of(self.comparisons, self.place)
        people, models = (beside(records, *rows, columns) for rows in (different, judged))
        styled = restyled(people, models, STYLED_PAIRS, self.training.seed)
        patterns = Patterns.of(grades(*laid(styled, columns), self.comparisons))
        seen = [patterns.reached(i, len(c.levels), patterns.counts) for i, c in enumerate(self.comparisons)]
        return [
            smoothed(c, counts) if counts.sum() >= ENOUGH_DIFFERENT and not self._about_stays(c) else None
            for c, counts in zip(self.comparisons, seen, strict=True)
        ]

    def _open(self) -> Pairs:
        """Pairs at one place that are not known to be different people."""
        if self.place is None:
            return NO_PAIRS
        rows, (one, other) = self.paired([block_on(self.place)]), self.different()
        known = pl.Series(joined((np.minimum(one, other), np.maximum(one, other))))
        unknown = ~pl.Series(joined(rows)).is_in(known.implode()).to_numpy()
        return rows[0][unknown], rows[1][unknown]

    def _about_stays(self, comparison: Comparison) -> bool:
        """Different people are recognised by their stays, so they cannot teach what stays are worth."""
        return bool(set(comparison.columns) & set(self.training.stay or ()))

    def learn_together(self, shown: _Shown, strangers: list[Shares], kin: list[Shares | None]) -> "Lesson | None":
        """m, u and the share of matches among pairs at one place."""
        pairs = shown.at_place
        beliefs = [expected(c) for c in self.comparisons]
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

    def learn_kin(self, shown: _Shown, strangers: list[Shares]) -> "Lesson | None":
        """m, and u of kin, among pairs that share all that a household shares.

        Kin live together as one person's records do, so that where they live tells nothing between the two.
        """
        pairs = shown.at_home
        leading = [i for i in self._leading() if not set(self.comparisons[i].columns) & set(self.household)]
        if not len(pairs.counts) or not leading:
            return None
        # Kin begin half as surprising as strangers: the pairs themselves are no guide where nearly all are matches.
        begin = tuple(normal(np.sqrt(strangers[i])) for i in leading)
        beliefs = [expected(c) for c in self.comparisons]
        lesson = self._lesson(pairs, leading, beliefs, [Others(begin, known=False)])
        if lesson is None or lesson.others[leading[0]].sum() < ENOUGH_DIFFERENT:
            return None
        # People who share all that can be shared, birthdays included, are no kin: they are the matches over again.
        # What half of all strangers share, such as a sex, kin may share too.
        telling = [(i, c) for i in leading if (c := self.comparisons[i]).ladder and c.chance[c.ladder[-1]] < TELLING]
        tops = [smoothed(c, lesson.others[i])[c.ladder[-1]] for i, c in telling]
        return lesson if max(tops, default=0.0) < MOST_ALIKE_KIN else None

    def _unknown(self, pairs: Patterns) -> Others:
        """Others of whom nothing is known: to begin with they are like the pairs at large."""
        leading = [(i, self.comparisons[i]) for i in self._leading()]
        return Others(
            tuple(smoothed(c, pairs.reached(i, len(c.levels), pairs.counts)) for i, c in leading), known=False
        )

    def _leading(self) -> list[int]:
        """The comparisons that may tell matches; all of them if none is said to."""
        leading = [i for i, c in enumerate(self.comparisons) if c.leads and c.columns != (self.place,)]
        return leading or list(range(len(self.comparisons)))

    def _lesson(
        self, pairs: Patterns, leading: list[int], beliefs: list[Belief], kinds: list[Others]
    ) -> "Lesson | None":
        patterns = pairs.showing(leading)
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

    def different(self) -> Pairs:
        """Pairs at one place known to be different people: as told, or from sources that list a person once."""
        if self.training.different is not None:
            require_columns(["left", "right"], self.training.different.columns, where="the pairs of different people")
            return rows_of(self.records.records[self.id], self.training.different)
        if self.place is None or self.training.source is None or not self.training.lists_once:
            return NO_PAIRS
        rows = row_pairs(self.records, [block_on(self.place)], source=self.training.source, link_type="within")
        sources = self.records.records[self.training.source]
        listed = sources.is_in(list(self.training.lists_once)).fill_null(value=False).to_numpy()
        kept = listed[rows[0]] & self._overlapping(rows)
        return rows[0][kept], rows[1][kept]

    def _overlapping(self, rows: Pairs) -> NDArray[np.bool_]:
        if self.training.stay is None:
            return np.ones(len(rows[0]), dtype=np.bool_)
        since, until = self.training.stay
        stays = beside(self.records.records, *rows, [since, until])
        before = (pl.col(f"left_{since}") < pl.col(f"right_{until}")).fill_null(value=True)
        after = (pl.col(f"right_{since}") < pl.col(f"left_{until}")).fill_null(value=True)
        return stays.select(before & after).to_series().to_numpy()

    def learn_apart(
        self, shown: _Shown, strangers: list[Shares], kin: list[Shares | None], at_place: list[Shares] | None
    ) -> list[Shares]:
        """m among pairs that are not at one place, from every block that leaves leading comparisons to tell by."""
        beliefs = [self._belief_apart(c, at_place[i] if at_place else None) for i, c in enumerate(self.comparisons)]
        reached = [np.zeros(len(c.levels)) for c in self.comparisons]
        for block, pairs in zip(self.blocks, shown.under, strict=True):
            free, leading = self._free(block), self._leads(block)
            if not leading or not len(pairs.counts):
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

    def _free(self, block: Block) -> list[int]:
        """The comparisons that read none of the block's columns."""
        return [i for i, c in enumerate(self.comparisons) if not set(c.columns) & set(block.columns)]

    def _leads(self, block: Block) -> list[int]:
        """The leading comparisons among them."""
        free = self._free(block)
        return [i for i in self._leading() if i in free]

    def _belief_apart(self, comparison: Comparison, at_place: Shares | None) -> Belief:
        """What a person is called varies apart as it does together; where and when they live does not carry over."""
        if at_place is not None and comparison.leads and self.place not in comparison.columns:
            return Belief(at_place, BELIEF_IN_TOGETHER, comparison.at_most, comparison.at_least)
        return expected(comparison)

    def _everything(self) -> float:
        """How many pairs there are at all; between two lists, or within one, there are fewer."""
        height, told = self.records.records.height, self.training
        all_of_them = height * (height - 1) / 2
        if told.link_type == "both" or told.source is None:
            return all_of_them
        sizes = np.bincount(self.records.codes(told.source) + 1).astype(np.float64)
        within = float((sizes * (sizes - 1) / 2).sum())
        return within if told.link_type == "within" else all_of_them - within

    def prior_apart(self, shown: _Shown, levels: dict[str, dict[str, Levels]]) -> int:
        """The odds that two records drawn at random, not at one place, are one person."""
        height, patterns = self.records.records.height, shown.at_large
        everything = self._everything()
        scale = shown.proposed / max(shown.of_proposed, 1)
        if self.training.certain:
            return _log_odds(max(shown.apart * scale, 1.0) / self.training.recall / max(everything, 2.0))
        every = range(len(self.comparisons))
        m = patterns.likelihood(every, [np.array(levels[c.name][APART].m) for c in self.comparisons])
        u = patterns.likelihood(every, [np.array(levels[c.name][APART].u) for c in self.comparisons])
        ratio = np.exp(np.clip(m - u, -60, 60))
        share = 1 / max(height, 2)
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


def _log_odds(share: float) -> int:
    held = min(max(share, 1e-12), 1 - 1e-6)
    return -millibits((1 - held) / held) if held > 1e-6 else round(1000 * float(np.log2(held / (1 - held))))

"""Refits the figures of placing to what people confirmed, and keeps them only if they place better than before."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from gazetteer.calibration import calibrated, judged, wilson
from gazetteer.feedback import Feedback, Label, key_of
from gazetteer.index import Gazetteer
from gazetteer.learning import Choices, as_table, choices_of, learned, thresholds
from gazetteer.resolve import answered
from gazetteer.tuning import Fitted, Tuning

# Fewer labels than this change nothing.
FEWEST: Final = 50
# Each label is judged by figures that were fitted without it and the rest of its fifth.
FOLDS: Final = 5
# Gains must exceed losses by so many standard errors: by chance alone one refit in twenty would.
_CLEARLY: Final = 1.645
# No answer surprises by more than it would at this certainty.
_LEAST: Final = 1e-4
WHEN: Final = ("before", "after")
_NOBODY = Feedback()


@dataclass(frozen=True, slots=True)
class Refit:
    """What a refit came to: the tuning to use, and what was measured on labels that it had not seen.

    `better` tells that weights or thresholds were taken over, `calibrated` that certainties were; where neither was,
    `tuning` is the start. `figures`: labels, and before and after (weights and thresholds) answers, right,
    found, precision and recall with their 95 % bounds, and log_loss (bits of surprise per answer). `report` says it in
    words.
    """

    tuning: Tuning
    better: bool
    calibrated: bool
    figures: Mapping[str, float | int]
    report: str


def refit(
    feedback: Feedback,
    gazetteer: Gazetteer,
    *,
    start: Tuning | None = None,
    wanted: float = 0.998,
    on: dt.date | None = None,
) -> Refit:
    """Refits weights, thresholds and certainties to confirmed placements; never done unless asked for.

    `start`: the figures to begin at, else the gazetteer's own or the shipped ones; `wanted`: the precision at which
    thresholds are chosen; `on`: the date to write down. Weights stray from the start only as far as labels pull them;
    numbers and units stay vetoes. Each fifth of the labels is placed by figures fitted on the other four. Weights and
    thresholds are taken over only if clearly more of those are found, or fewer wrong, and the precision is the wanted
    one or no lower than before; certainties only if they then surprise clearly less. Labels whose UPRN the gazetteer
    does not have are passed over. Confirmed placements are mostly of doubtful addresses: certainty fitted on them is
    that of such.
    """
    begun = gazetteer.tuned(start)
    labels = tuple(label for label in feedback.labels if label.uprn is None or gazetteer.knows(label.uprn))
    if len(labels) < FEWEST:
        told = f"{len(labels)} confirmed placements are too few, at least {FEWEST} are needed: nothing was changed"
        return Refit(begun, False, False, {"labels": len(labels)}, told)
    work = _Work(labels, gazetteer, begun, wanted)
    before, after, sure = work.held_out()
    better = _better(before, after, wanted)
    stated = _losses(work.of_answers(after if better else before)), _losses(sure[better])
    surer = _less(*stated)
    loss = {f"log_loss_{when}": float(one.mean()) if len(one) else 0.0 for when, one in zip(WHEN, stated, strict=True)}
    everything = np.ones(len(labels), dtype=np.bool_)
    tuning = work.fitted(everything) if better else begun
    if surer:
        tuning = replace(tuning, certainty=work.certainty(tuning, everything))
    if better or surer:
        day = on.isoformat() if on else None
        tuning = replace(tuning, fitted=Fitted("confirmed placements", len(labels), day, wanted))
    figures = {"labels": len(labels), **work.measured("before", before), **work.measured("after", after), **loss}
    return Refit(tuning, better, surer, figures, _told(figures, better, surer))


class _Work:
    """Holds what every fold needs: labels in order of their keys, what there was to choose, and which fold is whose."""

    def __init__(self, labels: tuple[Label, ...], gazetteer: Gazetteer, start: Tuning, wanted: float) -> None:
        self.labels, self.gazetteer, self.wanted = labels, gazetteer, wanted
        self.start = start.wanting(0.0)
        self.asked = Feedback(labels).frame()
        heirs = {uprn: now[0] for uprn in self.asked["uprn"].drop_nulls() if len(now := gazetteer.current(uprn)) == 1}
        self.truth = self.asked["uprn"].replace(heirs).rename("truth")
        self.choices: Choices = choices_of(labels, gazetteer, start)
        keys = [hashlib.sha256(key_of(one.address, one.postcode).encode()).digest() for one in labels]
        places = {key: place for place, key in enumerate(sorted(keys))}
        self.fold = np.array([places[key] % FOLDS for key in keys])

    def answers(self, tuning: Tuning, some: npt.NDArray[np.bool_]) -> pl.DataFrame:
        """Places some of the labelled addresses, by what is written alone.

        Beside each answer stands its `truth`, and what it `claims` to be true: where the answer is the building of the
        confirmed unit, that building, as it says no more.
        """
        frame = answered(self.asked.filter(pl.Series(some)), self.gazetteer, tuning.wanting(0.0), _NOBODY)
        truth = self.truth.filter(pl.Series(some))
        claims = [
            placed if outcome == "building" and placed and true and self.gazetteer.is_part(true, placed) else true
            for outcome, placed, true in zip(frame["outcome"], frame["uprn"], truth, strict=True)
        ]
        told = frame.select("uprn", "rung", "gap", "certainty")
        return told.with_columns(truth=truth, claims=pl.Series(claims, dtype=pl.Int64))

    def of_answers(self, answers: pl.DataFrame) -> pl.DataFrame:
        """Judges answers by what they claim."""
        return judged(answers, answers["claims"])

    def fitted(self, some: npt.NDArray[np.bool_]) -> Tuning:
        """Fits weights and thresholds on some of the labels."""
        choices = self.choices.of(some)
        weights = learned(choices, self.start)
        open_ones = np.zeros(len(self.labels), dtype=np.bool_)
        open_ones[self.choices.label] = True
        settled = self.of_answers(self.before.filter(pl.Series(some & ~open_ones)))
        by_key = settled.height, int(settled["right"].sum())
        enough, clear = thresholds(choices, weights, self.start, settled=by_key, wanted=self.wanted)
        return replace(self.start, weights=as_table(weights), enough=enough, clear=clear)

    def certainty(self, tuning: Tuning, some: npt.NDArray[np.bool_]) -> dict[str, tuple[float, ...]]:
        """Calibrates the certainties of a tuning on some of the labels."""
        return calibrated(self.of_answers(self.answers(tuning, some)), tuning)

    def held_out(self) -> tuple[pl.DataFrame, pl.DataFrame, dict[bool, pl.DataFrame]]:
        """Answers each label before, after, and with certainties calibrated on the others (of after, and of before)."""
        everything = np.ones(len(self.labels), dtype=np.bool_)
        self.before = self.answers(self.start, everything)
        parts: list[tuple[npt.NDArray[np.bool_], pl.DataFrame]] = []
        sure: dict[bool, list[pl.DataFrame]] = {True: [], False: []}
        for fold in range(FOLDS):
            out = self.fold == fold
            tuning = self.fitted(~out)
            held = self.answers(tuning, out)
            parts.append((out, held))
            for kind, one, given in ((True, tuning, held), (False, self.start, self.before.filter(pl.Series(out)))):
                calm = replace(one, certainty=self.certainty(one, ~out))
                sure[kind].append(given.with_columns(certainty=calm.sureness))
        order = np.argsort(np.concatenate([np.flatnonzero(out) for out, _ in parts]))
        after = pl.concat([held for _, held in parts])[order]
        return self.before, after, {kind: self.of_answers(pl.concat(several)[order]) for kind, several in sure.items()}

    def measured(self, when: str, answers: pl.DataFrame) -> dict[str, float | int]:
        """Counts answers, those that are right, and those that name the very property; with precision and recall."""
        named = self.of_answers(answers)
        right, found = int(named["right"].sum()), int((answers["uprn"] == answers["truth"]).sum())
        placeable = len(self.labels) - self.truth.null_count()
        told: dict[str, float | int] = {f"answers_{when}": named.height, f"right_{when}": right, f"found_{when}": found}
        for what, hits, of in (("precision", right, named.height), ("recall", found, placeable)):
            low, high = wilson(hits, of)
            told |= {f"{what}_{when}": hits / max(of, 1), f"{what}_{when}_least": low, f"{what}_{when}_most": high}
        return told


def _better(before: pl.DataFrame, after: pl.DataFrame, wanted: float) -> bool:
    """Tells whether clearly more is found or less is wrong than before, at a precision wanted or no lower than before.

    An answer counts 1 where it names the very property, -1 where what it claims is wrong, else 0.
    """

    def worth(answers: pl.DataFrame) -> pl.Series:
        found, stands = (answers["uprn"].eq_missing(answers[by]) for by in ("truth", "claims"))
        named = answers["uprn"].is_not_null()
        return (named & found).cast(pl.Int8) - (named & ~stands).cast(pl.Int8)

    def precision(answers: pl.DataFrame) -> float:
        named = len(answers) - answers["uprn"].null_count()
        return 1.0 - int((worth(answers) == -1).sum()) / named if named else 1.0

    gains, losses = (int(more.sum()) for more in (worth(after) > worth(before), worth(after) < worth(before)))
    clearly = gains - losses > _CLEARLY * (gains + losses) ** 0.5
    return clearly and precision(after) >= min(wanted, precision(before))


def _losses(answers: pl.DataFrame) -> npt.NDArray[np.float64]:
    """Gives the surprise of each answer, in bits, at the certainty that was stated of it."""
    told = answers["certainty"].to_numpy().clip(_LEAST, 1 - _LEAST)
    return -np.log2(np.where(answers["right"].to_numpy(), told, 1 - told))


def _less(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> bool:
    """Tells whether the same answers surprise clearly less."""
    saved = before - after
    return len(saved) > 1 and float(saved.mean()) > _CLEARLY * float(saved.std(ddof=1)) / len(saved) ** 0.5


def _told(figures: Mapping[str, float | int], better: bool, surer: bool) -> str:
    lines = [f"{figures['labels']} confirmed placements; each fifth placed by what the other four taught:"]
    for what in ("precision", "recall"):
        both = [
            f"{when} {figures[f'{what}_{when}']:.4f} "
            f"({figures[f'{what}_{when}_least']:.4f} to {figures[f'{what}_{when}_most']:.4f})"
            for when in WHEN
        ]
        lines.append(f"{what}: {', '.join(both)}")
    lines.append(
        "the new weights and thresholds are clearly better and were taken over"
        if better
        else "the new weights and thresholds are not clearly better: the old ones were kept"
    )
    loss = f"{figures['log_loss_before']:.4f} bits of surprise per answer before, {figures['log_loss_after']:.4f} after"
    lines.append(f"certainty: {loss}: " + ("calibrated anew" if surer else "kept as it was"))
    return "\n".join(lines)

"""How sure it is that two records are one person: what evidence like theirs has meant where the truth is known.

A weight is reckoned as if pieces of evidence were independent, and a margin as if weights were right; neither is a
probability that can be held to. So pairs are sorted by the kind of evidence that speaks for them, and within each
kind pairs of known truth say what so many bits have meant (`matchers.calibrate`). The shipped figures,
`svoc/defaults/person_certainty.json`, were fitted on rehearsal towns by `python benchmarks/people_calibration.py
--fit`, and are assumed until a council has reviewed pairs of its own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from matchers import Calibration, MatchersError, Model, calibrate
from svoc.errors import SettingsError
from svoc.steps.group import BESIDES, Grouping, Thresholds, group
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["EVIDENCE", "KINDS", "Certainty", "evidence_of", "known_by", "read_certainty"]

SHIPPED = "person_certainty.json"
FORMAT, VERSION = "svoc person certainty", 1

KINDS: Mapping[str, str] = {
    "household": "at one place, one person by the best reading of the household or a rival one",
    "housemates": "at one place, two people by every good reading of the household",
    "move": "at two places, on more than names, and nobody else fits as well",
    "rivalled": "at two places, on more than names, but somebody else fits as well or a rule stands against it",
    "name": "at two places, on names alone",
    "through": "joined by way of other records, whatever speaks for these two by themselves",
}
"""The kinds of evidence, and what each means."""

FEWEST = 500
"""Pairs that a stated probability rests on at least: the share that is right among them is then off by some two points,
where three are allowed."""

EVIDENCE = pl.Schema({"left": pl.String(), "right": pl.String(), "kind": pl.String(), "weight": pl.Int32()})


def known_by(model: Model) -> str:
    """Give what a model is known by: a certainty is that of one model's weights."""
    return hashlib.sha256(model.to_json().encode()).hexdigest()


def evidence_of(
    mentions: pl.DataFrame,
    pairs: pl.DataFrame,
    decisions: pl.DataFrame,
    thresholds: Thresholds,
    lists_once: Mapping[str, bool],
) -> pl.DataFrame:
    """Say of every scored pair which kind of evidence speaks for it, and how many millibits of it.

    Arguments as for `svoc.steps.group.group`. Gives a frame of `EVIDENCE`, sorted by `left` and `right`: `kind` is one
    of `KINDS`; `weight` is the pair's weight, and for a household the lesser of weight and margin, since a link needs
    both. Pairs of life events are left out. So that the kinds do not hang on the thresholds that are to be chosen by
    them, two places are taken to be joined wherever one person is likelier than two.
    """
    wide = replace(thresholds, join=0, ask=0, possible=0)
    return _by_kind(mentions, pairs, group(mentions, pairs, decisions, wide, lists_once))


def _by_kind(mentions: pl.DataFrame, pairs: pl.DataFrame, wide: Grouping) -> pl.DataFrame:
    people = mentions.filter((pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE))
    of = wide.clusters.join(people.select("mention"), on="mention")
    told = (
        pairs.select("left", "right", "context", "weight", "besides")
        .join(of.rename({"mention": "left", "cluster": "one"}), on="left")
        .join(of.rename({"mention": "right", "cluster": "other"}), on="right")
        .join(wide.links.select("left", "right", "margin", "answer"), on=["left", "right"], how="left")
    )
    together, grounded = pl.col("context") == "together", pl.col("besides") >= BESIDES
    read, joined = pl.col("margin").is_not_null(), pl.col("one") == pl.col("other")
    direct = pl.col("answer") == "same"
    kind = (
        pl.when(joined & ~direct.fill_null(value=False)).then(pl.lit("through"))
        .when(together & read).then(pl.lit("household"))
        .when(together).then(pl.lit("housemates"))
        .when(~grounded).then(pl.lit("name"))
        .when(direct).then(pl.lit("move"))
        .otherwise(pl.lit("rivalled"))
    )  # fmt: skip
    least = pl.when(kind == "household").then(pl.min_horizontal("weight", "margin")).otherwise("weight")
    return told.select("left", "right", kind=kind, weight=least.cast(pl.Int32)).sort("left", "right")


@dataclass(frozen=True, slots=True)
class Certainty:
    """What evidence has meant: a calibration for each kind, on which pairs it rests, and of which model's weights.

    `model` says whose weights were seen (`known_by`).
    """

    kinds: Mapping[str, Calibration]
    fitted_on: str
    model: str

    @property
    def assumed(self) -> bool:
        """Whether it rests on anything but a council's own decisions."""
        return any(one.assumed for one in self.kinds.values())

    def stated(self, evidence: pl.DataFrame) -> pl.Series:
        """Give the probability that the two are one person, Float64, for each row of a frame of `EVIDENCE`.

        >>> known = pl.DataFrame({"kind": ["name"] * 4, "weight": [1_000] * 4, "same": [True, True, True, False]})
        >>> certainty = Certainty.fitted(known, on="four pairs", model="")
        >>> certainty.stated(known[:1]).round(2).to_list()
        [0.7]
        """
        found = pl.Series("stated", [None] * evidence.height, dtype=pl.Float64)
        for kind, calibration in self.kinds.items():
            here = evidence["kind"] == kind
            found = found.zip_with(~here, calibration.probability(evidence["weight"]))
        return found.alias("stated")

    @classmethod
    def fitted(cls, known: pl.DataFrame, *, on: str, model: str, assumed: bool = True) -> "Certainty":
        """Fit it to pairs of known truth: `kind`, `weight` and `same` (Boolean), a row for each pair."""
        kinds = {
            kind: calibrate(known.filter(kind=kind), assumed=assumed, fewest=FEWEST)
            for kind in KINDS
            if kind in known["kind"]
        }
        return cls(kinds, on, model)

    def to_json(self) -> str:
        """Write it as text: the same figures give the same bytes."""
        kinds = {kind: one.to_dict() for kind, one in self.kinds.items()}
        contents = {
            "format": FORMAT,
            "version": VERSION,
            "fitted_on": self.fitted_on,
            "model": self.model,
            "kinds": kinds,
        }
        return json.dumps(contents, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Certainty":
        """Read what `to_json` wrote; raises `SettingsError` for anything else."""
        try:
            contents: dict[str, Any] = json.loads(text)
            if (contents["format"], contents["version"]) != (FORMAT, VERSION) or set(contents["kinds"]) != set(KINDS):
                raise SettingsError(f"expected {FORMAT!r}, version {VERSION}, with the kinds {', '.join(KINDS)}")
            kinds = {kind: Calibration.from_dict(contents["kinds"][kind]) for kind in KINDS}
            return cls(kinds, contents["fitted_on"], contents["model"])
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as fault:
            raise SettingsError(f"no file of certainties: wrong shape near {fault}") from None
        except MatchersError as fault:
            raise SettingsError(str(fault)) from None


def read_certainty(path: Path | None = None) -> Certainty:
    """Read a council's own certainties, or the shipped ones; raises `SettingsError` where they cannot be read."""
    shipped = files("svoc.defaults").joinpath(SHIPPED)
    name = path.name if path else SHIPPED
    try:
        return Certainty.from_json((path or shipped).read_text(encoding="utf-8"))
    except OSError as fault:
        raise SettingsError(f"[matching] certainty: {name} cannot be read ({fault.strerror})") from None
    except SettingsError as fault:
        raise SettingsError(f"[matching] certainty: {name}: {fault}") from None

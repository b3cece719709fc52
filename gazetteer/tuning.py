"""Everything about placing that is a figure: what evidence weighs, how much is enough, how sure each rung is."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property, reduce
from importlib.resources import files
from itertools import pairwise
from operator import add
from pathlib import Path
from typing import Any, Final

import polars as pl

from gazetteer.errors import BadTuning, MissingInput, nearest
from gazetteer.row_wise import Add, NoRowForm, row_form
from gazetteer.rungs import FALLING, LEVELS, RUNGS, VETOES

# No placement is ever said to be surer: labels are few, and made-up towns are kinder than real ones.
SUREST: Final = 0.9995
PLACING: Final = tuple(rung.name for rung in RUNGS if rung.places)
_VERSION = 1
# A candidate that lacks this many bits of being good enough still speaks for a building, or for a supplied reference.
_FAIR = 4.0
_KEYS = ("version", "fitted", "enough", "clear", "wanted", "gaps", "certainty", "weights")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Where a tuning comes from: on what it was fitted, on how many labels, when (YYYY-MM-DD), for which certainty."""

    on: str = "nothing"
    labels: int = 0
    date: str | None = None
    wanted: float | None = None


@dataclass(frozen=True)
class Tuning:
    """Holds the figures by which addresses are placed; the shipped ones, a file's, or a council's own refitted ones.

    `weights` are bits by evidence and level (`rungs.LEVELS`). A placement needs `enough` bits, and `clear` bits more
    than the next property. `certainty` gives, for each rung that names a property, the probability that it is the right
    one, by how near the next property came: one figure for each band that `gaps` (bits, ascending) makes, the last for
    wider gaps and for no rival at all. An answer less certain than `wanted` is held back as ambiguous.

    Raises BadTuning, with every fault, where a level or rung is unknown or missing, a figure is not finite or out of
    bounds, a better level weighs less than a worse one, or a contradiction is no veto any more.

    >>> tuning = Tuning.shipped()
    >>> tuning.weights["number"]["equal"], tuning.enough, tuning.wanting(0.99).wanted
    (6.0, 8.0, 0.99)
    """

    weights: Mapping[str, Mapping[str, float]]
    enough: float
    clear: float
    gaps: tuple[float, ...]
    certainty: Mapping[str, tuple[float, ...]]
    wanted: float = 0.0
    fitted: Fitted = field(default_factory=Fitted)

    def __post_init__(self) -> None:
        if faults := list(_faults(self)):
            raise BadTuning("\n".join(faults))

    @classmethod
    def shipped(cls) -> "Tuning":
        """Gives the tuning that comes with this package: weights assumed, certainty measured on made-up towns."""
        return _shipped()

    @classmethod
    def load(cls, path: str | Path) -> "Tuning":
        """Reads a tuning file; what it does not name is as shipped. Raises MissingInput and BadTuning."""
        file = Path(path)
        try:
            return cls.from_json(file.read_text(encoding="utf-8-sig"))
        except BadTuning as fault:
            raise BadTuning("\n".join(f"{file.name}: {line}" for line in str(fault).splitlines())) from None
        except UnicodeDecodeError:
            raise BadTuning(f"{file.name}: expected JSON in UTF-8") from None
        except OSError:
            raise MissingInput(f"not there: {file.name}") from None

    @classmethod
    def from_json(cls, text: str) -> "Tuning":
        """Reads what `to_json` wrote; what it does not name is as shipped. Raises BadTuning."""
        return _built(asdict(cls.shipped()), _object(text))

    def to_json(self) -> str:
        """Writes the tuning as JSON, one line for each rung and each level."""
        told = {"version": _VERSION, "fitted": asdict(self.fitted), "enough": self.enough, "clear": self.clear}
        told |= {"wanted": self.wanted, "gaps": list(self.gaps)}
        head = json.dumps(told, indent=1).removesuffix("\n}")
        rungs = ",\n".join(f'  "{name}": {json.dumps(list(self.certainty[name]))}' for name in PLACING)
        weights = json.dumps({name: dict(levels) for name, levels in self.weights.items()}, indent=1)
        return f'{head},\n "certainty": {{\n{rungs}\n }},\n "weights": {weights.replace(chr(10), chr(10) + " ")}\n}}\n'

    def save(self, path: str | Path) -> Path:
        """Writes the tuning to a file that `load` reads."""
        file = Path(path)
        file.write_text(self.to_json(), encoding="utf-8")
        return file

    def wanting(self, certainty: float) -> "Tuning":
        """Gives the same tuning for whoever wants every answer to be at least so certain (0 to 0.9995)."""
        return replace(self, wanted=certainty)

    @property
    def fair(self) -> float:
        """The bits from which a candidate speaks for its building, or for a reference that names it."""
        return self.enough - _FAIR

    @cached_property
    def bits(self) -> pl.Expr:
        """Adds up the weights of a frame of candidates that has one column of levels for each piece of evidence."""
        weights = (
            pl.col(name).replace_strict(dict(levels), default=0.0, return_dtype=pl.Float64)
            for name, levels in self.weights.items()
        )
        # One after another: a sum whose order is left open may differ in its last digit from one time to the next.
        return reduce(add, weights)

    @cached_property
    def bits_of(self) -> Callable[..., tuple[Any, ...] | None] | None:
        """Adds up the weights of one candidate, its levels in the order of `rungs.LEVELS`; None: only frames can."""
        try:
            return row_form([Add({"bits": self.bits})], LEVELS, ("bits",))
        except NoRowForm:
            return None

    @cached_property
    def sureness(self) -> pl.Expr:
        """The certainty of a frame of decisions (rung, gap): the rung's, by how near the next property came."""
        gap, banded = pl.col("gap"), pl.lit(None, pl.Float64)
        for band, least in enumerate((None, *self.gaps)):
            by_rung = {name: figures[band] for name, figures in self.certainty.items()}
            this = pl.col("rung").replace_strict(by_rung, default=0.0, return_dtype=pl.Float64)
            banded = this if least is None else pl.when(gap.is_null() | (gap >= least)).then(this).otherwise(banded)
        return banded

    @cached_property
    def certainty_of(self) -> Callable[..., tuple[Any, ...] | None] | None:
        """The certainty of one decision, from its rung and gap; None: only frames can."""
        try:
            return row_form([Add({"certainty": self.sureness})], ("rung", "gap"), ("certainty",))
        except NoRowForm:
            return None


@cache
def _shipped() -> Tuning:
    text = files("gazetteer").joinpath("data", "tuning.json").read_text(encoding="utf-8")
    return _built({}, _object(text))


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except ValueError as error:
        raise BadTuning(f"expected JSON ({error})") from None
    if not isinstance(told, dict) or told.get("version") != _VERSION:
        raise BadTuning(f'expected a tuning of "version": {_VERSION}')
    if strange := [_unknown("setting", name, _KEYS) for name in told if name not in _KEYS]:
        raise BadTuning("\n".join(strange))
    return told


def _built(base: dict[str, Any], told: dict[str, Any]) -> Tuning:
    """Makes a tuning of a base and what a file tells on top of it."""
    try:
        weights = {name: dict(levels) for name, levels in base.get("weights", {}).items()}
        for name, levels in told.get("weights", {}).items():
            weights[name] = {**weights.get(name, {}), **{level: float(bits) for level, bits in levels.items()}}
        merged = {**base, **told}
        certainty = {**base.get("certainty", {}), **told.get("certainty", {})}
        return Tuning(
            weights=weights,
            enough=float(merged["enough"]),
            clear=float(merged["clear"]),
            gaps=tuple(map(float, merged["gaps"])),
            certainty={name: tuple(map(float, figures)) for name, figures in certainty.items()},
            wanted=float(merged.get("wanted", 0.0)),
            fitted=Fitted(**told.get("fitted", {})),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadTuning(f"expected numbers and tables of numbers as `Tuning.to_json` writes them ({error})") from None


def _unknown(what: str, name: str, known: tuple[str, ...]) -> str:
    hint = nearest(name, known)
    return f"{what} {name} is unknown; " + (f"did you mean {hint}?" if hint else f"expected one of {', '.join(known)}")


def _no_level(level: str, known: tuple[str, ...]) -> str:
    if level == "conflict":
        return "a conflict has no weight: whatever contradicts is no candidate"
    return _unknown("level", level, known)


def _faults(tuning: Tuning) -> Iterator[str]:
    yield from _weight_faults(tuning.weights)
    for name, figure, low, high in (
        ("enough", tuning.enough, 0.0, 100.0),
        ("clear", tuning.clear, 0.0, 100.0),
        ("wanted", tuning.wanted, 0.0, SUREST),
    ):
        if not low <= figure <= high:
            yield f"{name}: expected a figure from {low:g} to {high:g}"
    if any(not math.isfinite(gap) or gap <= 0 for gap in tuning.gaps) or sorted(set(tuning.gaps)) != [*tuning.gaps]:
        yield "gaps: expected bits above 0, ascending"
    for name in tuning.certainty:
        if name not in PLACING:
            yield "certainty: " + _unknown("rung", name, PLACING)
    for name in PLACING:
        figures = tuning.certainty.get(name, ())
        if len(figures) != len(tuning.gaps) + 1:
            yield f"certainty: {name}: expected {len(tuning.gaps) + 1} figures, one for each band of gaps"
        elif not all(0 <= figure <= SUREST for figure in figures):
            yield f"certainty: {name}: expected probabilities from 0 to {SUREST}"
        elif any(less > more for less, more in pairwise(figures)):
            yield f"certainty: {name}: expected figures that do not fall as the gap widens"


def _weight_faults(weights: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    for name in weights:
        if name not in LEVELS:
            yield "weights: " + _unknown("evidence", name, tuple(LEVELS))
    for name, known in LEVELS.items():
        levels = weights.get(name, {})
        yield from (f"weights: {name}: {_no_level(level, known)}" for level in levels if level not in known)
        for level in known:
            if not math.isfinite(levels.get(level, math.nan)):
                yield f"weights: {name}: {level}: expected a finite number of bits"
        for chain in FALLING.get(name, ()):
            for better, worse in pairwise(chain):
                if levels.get(better, math.nan) < levels.get(worse, math.nan):
                    yield f"weights: {name}: {better} may not weigh less than {worse}"
    for (name, level), most in VETOES.items():
        if weights.get(name, {}).get(level, math.nan) > most:
            yield f"weights: {name}: {level} must stay a veto of at most {most:g} bits, whatever labels say"

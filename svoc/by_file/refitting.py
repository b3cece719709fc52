"""Refit the figures by which addresses are placed to placements that people confirmed."""

from datetime import date
from pathlib import Path
from typing import Any

from gazetteer import GazetteerError, Tuning, read_feedback
from gazetteer.errors import FormatError
from gazetteer.refit import refit
from svoc.binding import as_faults
from svoc.by_file.placing import gazetteer_of
from svoc.errors import InputFaults, SettingsError

__all__ = ["refit_file"]


def refit_file(
    gazetteer: Path, feedback: Path, out: Path, *, tuning: Path | None, wanted: float, on: date
) -> tuple[dict[str, Any], str, bool]:
    """Refit a tuning, and write it where it is better than the one that it began at.

    `gazetteer` and `feedback`: files for `gazetteer.Gazetteer.read` and `gazetteer.read_feedback`; `tuning`: the
    figures to begin at, the shipped ones unless given; `wanted`: the precision at which thresholds are chosen; `on`:
    the date to write down. Gives figures, words, and whether `out` was written: where a refit is refused it is not.
    Raises `SettingsError` and `InputFaults`.
    """
    if out.suffix != ".json":
        raise SettingsError(f"--out {out.name}: expected a name that ends in .json")
    if not out.parent.is_dir():
        raise SettingsError(f"--out: there is no folder {out.parent.name} to write {out.name} into")
    if not 0 < wanted < 1:
        raise SettingsError("--wanted: expected a precision between 0 and 1, as 0.998")
    try:
        told = read_feedback(feedback)
        start = Tuning.load(tuning) if tuning else None
    except FormatError as fault:
        raise InputFaults(as_faults(fault)) from None
    except GazetteerError as fault:
        raise SettingsError(str(fault)) from None
    done = refit(told, gazetteer_of(gazetteer), start=start, wanted=wanted, on=on)
    written = done.better or done.calibrated
    if written:
        done.tuning.save(out)
    figures = {**done.figures, "weights_taken_over": done.better, "certainty_calibrated": done.calibrated}
    last = f"{out}: name it in [gazetteer] tuning, or as --tuning" if written else f"{out.name} was not written"
    return {**figures, "written": str(out) if written else None}, f"{done.report}\n{last}", written

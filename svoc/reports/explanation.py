"""Lay the explanation of a link out as one page."""

import polars as pl

from svoc.explaining import Explanation
from svoc.reports.night_report import environment
from svoc.words.purposes import Purpose

__all__ = ["explanation_page"]


def explanation_page(explanation: Explanation, *, purpose: Purpose) -> str:
    """Give an explanation as one HTML page that needs no other file, no network and no script.

    `purpose`: what it was read for, which the page says. What the explanation may not say is not there either.
    """
    steps = explanation.steps.filter(pl.col("bits").is_not_null()).to_dicts()
    household = explanation.steps.filter(pl.col("kind") == "household")["words"].to_list()
    return (
        environment()
        .get_template("explanation.html")
        .render(explanation=explanation, steps=steps, household=household, purpose=purpose.words)
    )

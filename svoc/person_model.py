"""The person model: what is compared of two mentions, which pairs are looked at, and how it is trained.

The shipped one, `svoc/defaults/person_model.json`, is made by `python -m svoc.training`. A council trains its own by
`svoc train council.toml`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from matchers import Model, any_of, block_on, first_letters, sounds_like
from matchers.comparisons.contacts import Email, Phone
from matchers.comparisons.dates import SameDate
from matchers.comparisons.handover import Handover
from matchers.comparisons.names import PersonName
from matchers.comparisons.places import Forwarding, Postcode
from matchers.comparisons.titles import BESIDE, Title
from matchers.evidence import KIN, TOGETHER, Levels
from svoc.errors import SettingsError
from svoc.steps.pair import features

__all__ = ["known_by", "read_model", "trained_on", "untrained"]

SHIPPED = "person_model.json"


def untrained() -> Model:
    """Give the person model before it has learned anything.

    Pairs are looked at where the two are at one place, where one is at the place that the other is forwarded to, where
    forename and surname agree, where a date of birth, a telephone number or an e-mail address agrees together with a
    part of the name, where surname, initial and postcode agree, and where one moves out of somewhere on the day on
    which somebody of that surname, or of that forename, moves in elsewhere.
    """
    return Model(
        comparisons=[
            PersonName(previous_surname="previous_surname", alternative_surname="alternative_surname", unlike=0.005),
            *(Title("title", "forename", beside) for beside in BESIDE),
            SameDate("dob"),
            Phone("phone"),
            Email("email"),
            Postcode("postcode", place="place"),
            Forwarding("postcode", "forwarding_postcode"),
            Handover("since", "until", forwarding="forwarding_postcode"),
        ],
        blocks=[
            block_on("place"),
            block_on(any_of("place", "forwarding_place"), first_letters("surname", 2)),
            block_on("surname", "forename"),
            block_on(sounds_like("surname"), first_letters("forename"), "postcode"),
            block_on("dob", first_letters("surname")),
            block_on(any_of("since", "until"), sounds_like("surname")),
            block_on(any_of("since", "until"), "forename"),
            block_on("forwarding_postcode", sounds_like("surname")),
            block_on("phone"),
            block_on("email"),
        ],
        place="place",
    )


def trained_on(mentions: pl.DataFrame, lists_once: Mapping[str, bool], *, seed: int = 1) -> Model:
    """Learn the weights from a council's own mentions (frame of `PLACED`), no labels needed."""
    people = features(mentions)
    once = [source for source, listed in lists_once.items() if listed]
    learned = untrained().trained_on(people, seed=seed, source="source", lists_once=once, stay=("since", "until"))
    return _neutral(_neutral(learned, TOGETHER, "handover", "forwarding"), KIN, "handover", "forwarding", "postcode")


def _neutral(model: Model, context: str, *comparisons: str) -> Model:
    """Let comparisons about places and moving count for nothing in one context.

    At one place, how two stays stand to each other is not evidence to be weighed but a rule that the assignment keeps:
    a source that lists people once lists two of them. Nor can it be learned there, for people are known to be
    different by their overlapping stays alone. And who moves to a neighbour's is forwarded to a postcode that all who
    live there share. Kin move on one day, to one place.
    """
    known = model.knowledge
    levels = dict(known.levels)
    for comparison in comparisons:
        found = levels[comparison][context]
        levels[comparison] = {**levels[comparison], context: Levels(found.m, found.m)}
    return replace(model, learned=replace(known, levels=levels))


def read_model(path: Path | None = None) -> Model:
    """Read a council's own model, or the shipped one."""
    try:
        return Model.from_json(path.read_text(encoding="utf-8")) if path else _shipped()
    except OSError as fault:
        where = path.name if path else SHIPPED
        raise SettingsError(f"[matching] model: {where} cannot be read ({fault.strerror})") from None


def known_by(model: Model) -> str:
    """Give what a model is known by: a hash of all that it knows."""
    return _of_the_shipped() if model is _shipped() else _hash(model)


@cache
def _shipped() -> Model:
    return Model.from_json(files("svoc.defaults").joinpath(SHIPPED).read_text(encoding="utf-8"))


@cache
def _of_the_shipped() -> str:
    return _hash(_shipped())


def _hash(model: Model) -> str:
    return hashlib.sha256(model.to_json().encode()).hexdigest()

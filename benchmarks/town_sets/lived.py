"""A rehearsal town that has lived through its nights, and what is needed to judge them."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from svoc.council import Council
from svoc.evaluating import read_truth
from svoc.policy import Policy
from svoc.reading import people_of
from svoc.words.mentions import EVENTS_SOURCE

KEY = pl.concat_str("source", "record", "party", separator="\x1f").alias("id")


@dataclass(frozen=True, slots=True)
class Lived:
    """One town after its last night.

    `figures`: what `svoc evaluate` says of it; `mentions`: frame of `PLACED` that the batch's purpose admits; `truth`:
    `id`, `person`, `source`, a row for every party that a source names, read or not; `made`: `id`, `cluster`, what
    the night made; `policy`: by what it was made.
    """

    seed: int
    noise: float
    figures: dict[str, Any]
    mentions: pl.DataFrame
    truth: pl.DataFrame
    made: pl.DataFrame
    policy: Policy

    @property
    def known(self) -> pl.DataFrame:
        """Who each mention truly is: id (the mention's key), person."""
        keyed = self.mentions.select(KEY, mention="mention")
        return keyed.join(self.truth, on="id").select("person", id="mention")


def svoc(*arguments: str) -> dict[str, Any]:
    """Run a command of svoc and give its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "svoc", *arguments, "--json"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"svoc {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def live(town: Path, *, seed: int, dwellings: int, nights: int = 2, noise: float = 1) -> Lived:
    """Rehearse one town, run its nights through the command line as a council would, and read what came of it."""
    svoc(
        "rehearse", str(town), "--dwellings", str(dwellings), "--seed", str(seed), "--nights", str(nights),
        "--noise", str(noise),
    )  # fmt: skip
    settings, seconds = town / "council.toml", []
    for _ in range(nights):
        began = time.perf_counter()
        svoc("night", str(settings))
        seconds.append(round(time.perf_counter() - began, 1))
    figures = svoc("evaluate", str(settings), "--truth", str(town / "truth.csv"), "--people", str(town / "people.csv"))
    return read(town, seed=seed, noise=noise, figures={"night_seconds": seconds, **figures})


def read(town: Path, *, seed: int, noise: float, figures: dict[str, Any]) -> Lived:
    """Read what the last night left."""
    with Council.open(town / "council.toml") as council:
        stands = council.reader().measuring(to="benchmark")
        members, mentions = people_of(stands).drop("mention"), stands.mentions
        policy = council.policy
    truth = read_truth(town / "truth.csv").select(KEY, "person", "source")
    made = members.drop_nulls("person_id").select(KEY, cluster="person_id")
    return Lived(seed, noise, figures, mentions, truth, made, policy)


def people(lived: Lived) -> pl.DataFrame:
    """Give the mentions that are somebody's, without life events, which join nobody."""
    return lived.mentions.filter((pl.col("kind") == "person") & (pl.col("source") != EVENTS_SOURCE))

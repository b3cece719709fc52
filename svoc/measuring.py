"""What the commands do to measure a council's nights without a known truth: by review, and by recapture."""

from pathlib import Path
from typing import Any

import polars as pl

from matchers.estimate import Estimate
from svoc.certainty import evidence_of
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.reviewing import SHOWN, drawn, groups_beside, read_review, recaptured, write_review
from svoc.running import certainty_of, last_pairs

__all__ = ["draw_review", "recapture_council", "reviewed_council"]


def draw_review(settings: Path, out: Path, *, each: int, seed: int, purpose: str | None) -> tuple[dict[str, Any], str]:
    """Draw pairs of the last night for stewards to judge, and write them with the groups that they stand for."""
    with Council.open(settings) as council:
        reader = council.reader(purpose)
        hidden = tuple(name for name in SHOWN if name in reader.purpose.hidden)
        told, mentions, _ = _told(council, purpose)
        mentions = reader.shield.records(mentions)
    sample, groups = drawn(told, mentions, each=each, seed=seed, hidden=hidden)
    write_review(sample, groups, out)
    words = f"{out}: {sample.height} pairs of {groups.height} groups; write yes or no under same, and leave the rest"
    return {"sample": str(out), "groups": str(groups_beside(out)), "pairs": sample.height}, words


def reviewed_council(sample: Path) -> tuple[dict[str, Any], str]:
    """Estimate precision and recall from a sample that stewards have judged."""
    found = read_review(sample)
    figures = {"precision": _figures(found.precision), "recall": _figures(found.recall)}
    lines = [_line("precision", found.precision), _line("recall, of pairs looked at", found.recall)]
    lines.append(f"{found.answers} pairs judged, {found.unsure} left open")
    return {**figures, "answers": found.answers, "unsure": found.unsure}, "\n".join(lines)


def recapture_council(settings: Path, *, purpose: str | None) -> tuple[dict[str, Any], str]:
    """Estimate without labels: what the model expects of the joined pairs, and what share any block looks at."""
    with Council.open(settings) as council:
        told, mentions, assumed = _told(council, purpose)
        looked_at = recaptured(mentions, told.filter("joined"), council.policy.model)
    joined, everything = (float(some["stated"].to_numpy().sum()) for some in (told.filter("joined"), told))
    if not everything:
        raise SettingsError("no pair is likely to be one person: there is nothing to estimate")
    links = told.filter("joined").height
    precision, recall = joined / max(links, 1), joined / everything
    figures = {
        "expected_precision": precision,
        "expected_recall_of_looked_at": recall,
        "looked_at": _figures(looked_at),
        "recall": recall * looked_at.value,
        "assumed": assumed,
    }
    lines = [
        f"{'expected precision':28} {precision:.4f}",
        f"{'recall, of pairs looked at':28} {recall:.4f}",
        _line("looked at, by recapture", looked_at),
        f"{'recall':28} {recall * looked_at.value:.4f}",
        f"expected figures are {'assumed: no steward has judged a pair' if assumed else 'calibrated'}",
    ]
    return figures, "\n".join(lines)


def _told(council: Council, purpose: str | None) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
    """Give every pair that was looked at, how sure it is, and whether the last night joined it; and the mentions."""
    certainty = certainty_of(council)
    last, stands = last_pairs(council.reader(purpose), to="measure")
    evidence = evidence_of(last.mentions, last.pairs, last.decisions, council.policy.thresholds, last.lists_once)
    person = stands.state.members.select("mention", "person")
    one, other = (person.rename({"mention": end, "person": f"{end}_person"}) for end in ("left", "right"))
    both = evidence.with_columns(certainty.stated(evidence)).join(one, on="left", how="left")
    both = both.join(other, on="right", how="left", maintain_order="left")
    joined = (pl.col("left_person") == pl.col("right_person")).fill_null(value=False)
    return both.select("left", "right", "stated", joined=joined), last.mentions, certainty.assumed


def _figures(found: Estimate) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}


def _line(name: str, found: Estimate) -> str:
    return f"{name:28} {found.value:.4f}  (95%: {found.low:.4f} to {found.high:.4f})"

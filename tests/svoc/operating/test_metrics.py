"""Each night leaves its figures for Prometheus, whole, however it ended."""

import re
import shutil
from pathlib import Path
from typing import Protocol

import pytest

from svoc.council import Council
from svoc.errors import LeftUndone, StoreUnavailable
from svoc.running import run_night
from tests.svoc.operating.exposition_grammar import Samples, parsed

METRICS = "metrics/svoc.prom"


class Lived(Protocol):
    folder: Path


@pytest.fixture
def watched(lived_town: Lived, tmp_path: Path) -> Path:
    """Give the settings of a town that has lived through its nights and leaves metrics from now on."""
    settings = Path(shutil.copytree(lived_town.folder, tmp_path / "town")) / "council.toml"
    settings.write_text(f'{settings.read_text()}\n[metrics]\npath = "{METRICS}"\n')
    return settings


def left_by(settings: Path) -> Samples:
    text = (settings.parent / METRICS).read_text(encoding="utf-8")
    samples, kinds = parsed(text)
    assert all(re.fullmatch(r"svoc_[a-z_]+", name) for name in kinds)
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in kinds.items()), "by convention"
    return samples


def one(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, tuple(labels.items())]


def test_a_night_leaves_what_it_did_and_what_stands(watched: Path) -> None:
    done = run_night(watched)
    samples = left_by(watched)
    figures = done.figures
    assert one(samples, "svoc_night_exit_code") == 0
    assert one(samples, "svoc_runs_published_total") == 4
    assert one(samples, "svoc_mentions") == figures["mentions"]
    assert one(samples, "svoc_persons", lane="statutory") == figures["persons"]
    cases = sum(v for (n, labels), v in samples.items() if n == "svoc_cases_open" and ("lane", "statutory") in labels)
    assert cases == figures["cases"]
    assert one(samples, "svoc_night_mentions", change="standing") == figures["standing"]
    assert one(samples, "svoc_notices_waiting") == 0
    assert 0 < one(samples, "svoc_last_success_timestamp_seconds") <= one(samples, "svoc_night_end_timestamp_seconds")
    assert one(samples, "svoc_source_content_timestamp_seconds", source="council_tax") == 1_793_750_400  # 4 November
    assert one(samples, "svoc_database_size_bytes") > 100_000
    assert one(samples, "svoc_night_peak_memory_bytes") > 1e6
    steps = {dict(labels)["step"] for name, labels in samples if name == "svoc_night_step_duration_seconds"}
    assert {"recall", "read", "delta", "place", "touch", "merge", "report", "commit", "deliver", "forget"} <= steps


def test_a_refused_night_names_its_guards_and_leaves_the_last_success(watched: Path) -> None:
    run_night(watched)
    success = one(left_by(watched), "svoc_last_success_timestamp_seconds")
    half_a_file(watched)
    assert run_night(watched).refused
    samples = left_by(watched)
    assert one(samples, "svoc_night_exit_code") == 4
    assert one(samples, "svoc_night_guard_refusals", guard="shrunk") == 1
    assert one(samples, "svoc_last_success_timestamp_seconds") == success
    assert one(samples, "svoc_runs_published_total") == 4


def half_a_file(settings: Path) -> None:
    extracts = settings.parent / "extracts"
    lines = (extracts / "council_tax_2026-11-04.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (extracts / "council_tax_2026-11-05.csv").write_text("".join(lines[:20]), encoding="utf-8")


def test_a_night_whose_database_is_away_keeps_what_stood(watched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_night(watched)
    before = left_by(watched)
    (watched.parent / "barchester.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnavailable):
        run_night(watched)
    after = left_by(watched)
    assert one(after, "svoc_night_exit_code") == 5
    for name in ("svoc_last_success_timestamp_seconds", "svoc_runs_published_total", "svoc_mentions"):
        assert one(after, name) == one(before, name)
    assert not [n for n, _ in after if n == "svoc_night_step_duration_seconds"], "no step was taken"


def test_a_dry_run_leaves_none(watched: Path) -> None:
    run_night(watched, dry_run=True)
    assert not (watched.parent / METRICS).exists()


def test_metrics_that_cannot_be_written_undo_no_night_and_do_not_go_unsaid(watched: Path) -> None:
    (watched.parent / "metrics").write_text("in the way")
    with pytest.raises(LeftUndone, match="night 4 is committed; its metrics were not written: metrics: ") as told:
        run_night(watched)
    assert told.value.exit_code == 2
    with Council.open(watched) as council:
        assert council.store.published() == 4

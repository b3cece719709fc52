"""What every test shares: a strict count of skips, and Hypothesis without deadlines on busy machines."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings

from tests.postgres import ADDRESS, Server, database_on, server_here, why_there_is_none

settings.register_profile("svoc", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=1000)
settings.register_profile(
    "soak",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=1000,
    stateful_step_count=60,
    phases=(Phase.reuse, Phase.generate),
)
settings.load_profile(os.environ.get("SVOC_HYPOTHESIS", "svoc"))

UNEXPECTED: list[str] = []


@pytest.fixture(autouse=True)
def logs_end_with_their_test() -> Iterator[None]:
    """Let no test leave log lines to go where its own standard error went: that is closed by then."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def samples() -> Path:
    """Give the folder of real format samples, or skip with a clear word."""
    folder = os.environ.get("SVOC_SAMPLES")
    if not folder:
        pytest.skip("SVOC_SAMPLES is not set: no real samples to read")
    return Path(folder)


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """Give the address of a PostgreSQL server, one for each process that tests, or skip with a clear word."""
    if missing := why_there_is_none():
        pytest.skip(missing)
    if address := os.environ.get(ADDRESS):
        yield address
        return
    with server_here() as server:
        yield server.address


@pytest.fixture
def postgres_url(postgres_address: str) -> Iterator[str]:
    """Give the address of an empty PostgreSQL database."""
    with database_on(postgres_address) as url:
        yield url


@pytest.fixture
def postgres_server() -> Iterator[Server]:
    """Give a PostgreSQL server that a test may stop and start, or skip with a clear word."""
    if missing := why_there_is_none(own=True):
        pytest.skip(missing)
    with server_here() as server:
        yield server


def pytest_collection_finish() -> None:
    """Keep Python from going through everything that was imported again and again: a third of a test's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _expected(reason: str) -> bool:
    words = [w.strip() for w in os.environ["SVOC_EXPECTED_SKIPS"].split(";") if w.strip()]
    return any(word in reason for word in words)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Where SVOC_EXPECTED_SKIPS is set, remember each skip that it does not name."""
    if report.skipped and "SVOC_EXPECTED_SKIPS" in os.environ:
        reason = str(report.longrepr[-1]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not hasattr(report, "wasxfail") and not _expected(reason):
            UNEXPECTED.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped what it was not expected to skip."""
    if UNEXPECTED:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the skips that nobody expected."""
    if UNEXPECTED:
        terminalreporter.section("skips that nobody expected")
        for line in UNEXPECTED:
            terminalreporter.line(line)

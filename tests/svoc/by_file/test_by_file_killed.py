"""A run of `svoc place` that is stopped leaves the answer of before or the new one, whole."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals on Windows")

ROWS = 12_000
LLPG = "uprn,address,postcode\n" + "".join(
    f'{10000000000 + n},"{n} MARKET STREET, OAKBY",ZZ9 9AA\n' for n in range(1, 200)
)
BEFORE = "the answer of before\n"


@dataclass(frozen=True, slots=True)
class Whole:
    """A run that nothing stopped: its files, its answer, and the seconds that it took."""

    folder: Path
    answer: bytes
    seconds: float


def begun(folder: Path, out: Path) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "svoc",
        "place",
        folder / "llpg.csv",
        folder / "asked.tsv",
        "--out",
        out,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("asked")
    (folder / "llpg.csv").write_text(LLPG, encoding="utf-8")
    # Long rows, so that writing them takes a while.
    rows = (f"{n}\t{n % 300} Market Street, Oakby\tZZ9 9AA\t{'note ' * 400}\n" for n in range(ROWS))
    (folder / "asked.tsv").write_text("ref\taddress\tpostcode\tnote\n" + "".join(rows), encoding="utf-8")
    began = time.perf_counter()
    told, fault = (child := begun(folder, folder / "out.csv")).communicate(timeout=240)
    assert (child.returncode, fault) == (0, b"")
    assert b"addresses a second" in told
    return Whole(folder, (folder / "out.csv").read_bytes(), time.perf_counter() - began)


@pytest.mark.parametrize(
    ("name", "share"),
    [("SIGINT", 0.8), ("SIGINT", None), ("SIGTERM", None), ("SIGKILL", 0.9), ("SIGKILL", None)],
    ids=lambda value: "while it writes" if value is None else str(value),
)
def test_a_run_that_is_stopped_leaves_no_half_answer(
    whole: Whole, tmp_path: Path, name: str, share: float | None
) -> None:
    out = tmp_path / "out.csv"
    out.write_text(BEFORE, encoding="utf-8")
    child = begun(whole.folder, out)
    if share is None:
        while not list(tmp_path.glob(".out.*.part")) and child.poll() is None:
            time.sleep(0.001)
    else:
        time.sleep(share * whole.seconds)
    child.send_signal(getattr(signal, name))
    _, fault = child.communicate(timeout=240)
    assert out.read_bytes() in (BEFORE.encode(), whole.answer)
    if share is None:
        assert child.returncode == (1 if name == "SIGINT" else -getattr(signal, name))
        assert b"Traceback" not in fault
    if name == "SIGINT":
        assert sorted(tmp_path.iterdir()) == [out], "nothing else stays where a run ends by itself"

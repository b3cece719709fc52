"""What a run costs, by the process itself: seconds on the wall and of processor, and the most memory it held.

Standard library only, for it runs in the peers' environments too.
"""

import json
import resource
import time
from pathlib import Path


class Run:
    """Times the laps of a run; imports are not counted, reading the file is."""

    def __init__(self, engine: str, name: str, folder: str) -> None:
        self.folder = Path(folder)
        self.facts = {"engine": engine, "set": name}
        self.laps: dict[str, float] = {}
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        self._last = self._wall

    def lap(self, name: str) -> None:
        """Close a lap."""
        now = time.perf_counter()
        self.laps[name] = round(self.laps.get(name, 0.0) + now - self._last, 2)
        self._last = now

    def done(self, **facts: object) -> None:
        """Close the run: what follows, such as writing for the scorer, is not counted."""
        self.facts |= {
            "wall_s": round(time.perf_counter() - self._wall, 2),
            "cpu_s": round(time.process_time() - self._cpu, 2),
            "peak_mb": peak_mb(),
            "laps_s": self.laps,
            **facts,
        }

    def write(self) -> None:
        """Write `run.json`."""
        (self.folder / "run.json").write_text(json.dumps(self.facts, indent=1) + "\n", encoding="utf-8")


def peak_mb() -> int:
    """The most memory this process has held; what its parent held before it began does not count."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return round(int(status.split("VmHWM:")[1].split()[0]) / 1024)
    except (OSError, IndexError):
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

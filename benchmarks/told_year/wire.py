"""The library's service at the other end of a signed webhook: a process that fails at random, and is away at times."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[2]
FAILS = 0.3
"""The share of requests that fail, some of them after the notice was kept."""
AWAY = 2
"""Nights for which the service is away, once."""
ANSWERS_EACH = 4
"""Only every so many nights the service says what has become of notices."""


class Wire:
    """The service, as it behaves from night to night; `heard`: how many of its notices were read."""

    def __init__(self, running: Any, nights: int) -> None:
        """Choose when it is away: after a third of the nights."""
        self.running, self.away, self.heard = running, range(nights // 3, nights // 3 + AWAY), 0

    def evening(self, night: int) -> None:
        """Be away, or fail now and then, and mostly say nothing of what became of notices."""
        away = night in self.away
        self.running.behave(down=True) if away else self.running.behave(fail=FAILS, late=bool(night % ANSWERS_EACH))

    def well(self) -> None:
        """Fail no more, and say what became of everything."""
        self.running.behave()

    def fresh(self) -> list[dict[str, Any]]:
        """Give the notices that came since this was last asked, in order."""
        kept = list(self.running.kept().values()) if (self.running.folder / "received.db").exists() else []
        new, self.heard = kept[self.heard :], len(kept)
        return new

    def figures(self) -> dict[str, int]:
        """Count what it kept, and how often it was asked to."""
        return {"kept": len(self.running.kept()), "requests": len(self.running.asked())}


@contextmanager
def wired(town: Path, settings: Path, recipient: str, nights: int) -> Iterator[Wire]:
    """Run the service, and write into council.toml that the recipient is told by it."""
    sys.path.append(str(TOP))
    from tests.svoc.delivering.servers import SECRET, authority, receiver

    with receiver(town / "service", authority(town)) as running:
        own = {"channel": "webhook", "url": running.url, "states": running.url, "secret": SECRET, "ca": "ca.pem"}
        lines = [f'{name} = "{value}"' for name, value in own.items()] + ["tries = 60"]
        written = settings.read_text(encoding="utf-8")
        settings.write_text(f"{written}\n\n[notices.recipients.{recipient}]\n" + "\n".join(lines) + "\n", "utf-8")
        yield Wire(running, nights)

"""An outbox with notices in it, without the nights that wrote them: what delivery alone is tried with."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from svoc.delivering.carrying import Delivered
from svoc.delivering.whole import carry_all
from svoc.notices.base import Answer, Batch, Channel, Notice
from svoc.notices.recipients import Recipients
from svoc.notices.routes import Route
from svoc.settings import CouncilSettings
from svoc.store import tables
from svoc.store.audit import Audit
from svoc.store.opening import writing
from svoc.store.outbox import told
from svoc.store.store import Store

__all__ = ["NIGHT", "NOW", "Ear", "Outbox"]

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
NIGHT = date(2026, 11, 23)
FACTS = {"surname": "SMITH", "forename": "ZOË"}


@dataclass
class Ear:
    """Hears what is sent, and may answer or fail: `fails` holds, by notice, what to raise."""

    heard: list[Notice] = field(default_factory=list)
    fails: dict[str, OSError] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)

    def send(self, notice: Notice) -> list[Answer]:
        if notice.notice in self.fails:
            raise self.fails[notice.notice]
        self.heard.append(notice)
        return self.answers

    @property
    def ids(self) -> list[str]:
        return [notice.notice for notice in self.heard]


@dataclass
class Outbox:
    """A store of one published run, and notices in it; closed at its end. `made`: it is there already."""

    folder: Path
    recipients: Mapping[str, Any] = field(default_factory=dict)
    notices: Mapping[str, Any] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    url: str = "sqlite:///council.db"
    made: bool = False

    def __post_init__(self) -> None:
        sources = [{"name": "library", "kind": "generic"}, {"name": "council_tax", "kind": "council_tax"}]
        said = {"council": {"name": "Barchester", "database": self.url}, "sources": sources, "folder": self.folder}
        told = {"recipients": dict(self.recipients), **self.notices}
        self.settings = CouncilSettings.model_validate({**said, "notices": told})
        self.store = Store.open(self.url, self.folder)
        self.audit = Audit.beside(self.url, "", self.folder)
        if self.made:
            return
        with writing(self.store.engine) as connection:
            run = {"run": 1, "state": "published", "as_of": NIGHT, "started": NOW, "summary": {}, "manifest": {}}
            connection.execute(insert(tables.Run).values(**run))
            connection.execute(insert(tables.Published).values(only=1, run=1))

    def add(self, notice: str, **said: Any) -> None:
        """Put a notice into the outbox."""
        usual = {"run": 1, "lane": "service", "person": "P1", "kind": "name", "recipient": "library", "reference": "L1"}
        usual |= {"payload": json.dumps(FACTS, ensure_ascii=False), "basis": "consent", "acknowledge_within": 7}
        with writing(self.store.engine) as connection:
            connection.execute(insert(tables.NoticeRow).values(**{**usual, "notice": notice, "tries": 0, **said}))

    def carry(self, channel: Channel | Batch | None = None, *, now: datetime = NOW) -> Delivered:
        """Deliver once."""
        given = (self.store, self.audit, self.settings, Recipients.of(self.settings), self.routes)
        return carry_all(*given, channel=channel, now=now)

    def states(self) -> dict[str, str]:
        """Give the state of every notice."""
        return dict(told(self.store).select("notice", "state").iter_rows())

    def row(self, notice: str) -> dict[str, Any]:
        """Give a notice as the outbox has it."""
        return told(self.store, notices=[notice]).row(0, named=True)

    def box(self, recipient: str = "library") -> Path:
        """Give the folder in which a recipient leaves what it says."""
        folder = self.folder / "outbox" / recipient / "acknowledged"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def close(self) -> None:
        with closing(self.store), closing(self.audit):
            pass

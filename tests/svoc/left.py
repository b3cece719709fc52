"""What a town has in its store, in its database's file and in its outbox, to be compared."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from svoc.store.store import Store
from svoc.words.plan import LaneState

__all__ = ["State", "left_in", "state_of"]

PARTS = LaneState.__slots__

State = dict[str, Any]


def state_of(store: Store) -> State:
    """Give all that the store holds, the moments of its writing apart."""
    seen = store.yesterday()
    frames: dict[str, Any] = {n: getattr(seen, n) for n in ("known", "mentions", "decisions", "events", "taken")}
    for lane, state in seen.lanes.items():
        frames |= {f"{lane}.{part}": getattr(state, part) for part in PARTS}
    with store.engine.connect() as connection:
        tables = {
            name: [tuple(row) for row in connection.exec_driver_sql(query)]
            for name, query in {
                "change": f"SELECT * FROM change WHERE run <= {seen.run} ORDER BY id",
                "notice": f"SELECT notice, run, payload FROM notice WHERE run <= {seen.run} ORDER BY id",
            }.items()
        }
    head = {"run": seen.run, "as_of": str(seen.as_of), "summary": dict(seen.summary), "model": seen.model}
    return {**head, **tables, **{name: frame.write_json() for name, frame in frames.items()}}


def left_in(folder: Path) -> tuple[State, str, list[str]]:
    """Give what the store of a town holds, what SQLite says of its file, and the notices that lie in the outbox."""
    store = Store.open("sqlite:///barchester.db", folder)
    state = state_of(store)
    store.close()
    connection = sqlite3.connect(folder / "barchester.db")
    sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    files = sorted((folder / "outbox").rglob("*.json"))
    assert all(json.loads(file.read_text())["id"] == file.stem for file in files), "half a notice"
    return state, sound, [file.stem for file in files]

"""What the desks of one process share: all that stands, read once for each night and not for each page."""

import threading
from dataclasses import replace
from functools import partial
from typing import Any

from svoc.council import Council
from svoc.reading import Reader, Standing
from svoc.store.moment import Kept, moment_of
from svoc.store.opening import told_plainly
from svoc.words.plan import Yesterday
from svoc.words.purposes import Lane
from svoc.words.records import protected

__all__ = ["Shared"]


class Shared:
    """Keeps what the published night left, until another is published, an older one restored or a right carried out.

    Frames are never written to, so that threads may read them side by side. The ledger in it is as it stood when it was
    read: whoever wants the newest decisions asks the reader.
    """

    def __init__(self, council: Council) -> None:
        self._store = council.store
        self._lock = threading.Lock()
        self._seen: Yesterday | None = None
        self._drawn: dict[str, tuple[Yesterday, Lane, Standing]] = {}
        self._newest: Kept[Standing] = Kept()
        self._guarded: Kept[frozenset[str]] = Kept()

    def yesterday(self) -> Yesterday:
        """Give what stands; threads that ask while it is read wait for it, and it is read once."""
        run = self._store.published()
        with self._lock:
            if self._seen is None or self._seen.run != run:
                self._seen = self._store.yesterday()
            return self._seen

    def standing(self, reader: Reader) -> Standing:
        """Give what stands in the lane of a reader, unmasked, to work with; drawn once for each night and lane."""
        yesterday, lane = self.yesterday(), reader.lane
        kept = self._drawn.get(reader.purpose.code)
        if kept is None or kept[0] is not yesterday or kept[1] != lane:
            kept = self._drawn[reader.purpose.code] = (yesterday, lane, reader.standing(yesterday))
        return kept[2]

    def newest(self, reader: Reader) -> Standing:
        """Give the same with the ledger as it is now; drawn once for each moment (`svoc.store.moment`)."""
        return self._newest.given(
            self._store.engine, reader.purpose.code, self._moment(reader), partial(self._draw, reader)
        )

    def guarded(self, reader: Reader) -> frozenset[str]:
        """Name every record of a person of whom one record is under protection, or may be; once for each moment."""
        return self._guarded.given(
            self._store.engine, reader.purpose.code, self._moment(reader), partial(self._guard, reader)
        )

    def _moment(self, reader: Reader) -> tuple[Any, ...]:
        with told_plainly(), self._store.engine.connect() as connection:
            return moment_of(connection), reader.lane, id(self.yesterday())

    def _draw(self, reader: Reader) -> Standing:
        return reader.standing(replace(self.yesterday(), decisions=self._store.decisions()))

    def _guard(self, reader: Reader) -> frozenset[str]:
        stands = self.standing(reader)
        marked, members = stands.mentions.filter(protected()).select("mention"), stands.state.members
        theirs = members.join(members.join(marked, on="mention").select("person"), on="person", how="semi")
        return reader.shield.keys.union(marked["mention"], theirs["mention"])

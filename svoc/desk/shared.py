"""What the desks of one process share: all that stands, read once for each night and not for each page."""

import threading

from svoc.council import Council
from svoc.reading import Reader, Standing
from svoc.words.plan import Yesterday
from svoc.words.purposes import Lane

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

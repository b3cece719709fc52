"""Which services the teller of a life event agreed may be told of it."""

import polars as pl

from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["consents_of"]


def consents_of(events: pl.DataFrame) -> dict[str, list[str]]:
    """Give, by each life event (source and record) of which it was said, the services that may be told.

    `events`: frame of `LIFE_EVENTS`; the last statement that names any counts, so that an event that is taken back
    leaves what was agreed when it was told. An empty list lets nobody be told.

    >>> said = {"sender": ["tuo"], "reference": ["R1"], "recorded_at": [None], "line": [1], "consents": [["housing"]]}
    >>> consents_of(pl.DataFrame(said))
    {'life_events/tuo:R1': ['housing']}
    """
    if "consents" not in events.columns:
        return {}
    said = events.filter(pl.col("consents").is_not_null()).sort("recorded_at", "line", nulls_last=False)
    event = pl.format(f"{EVENTS_SOURCE}/{{}}:{{}}", "sender", "reference")
    return dict(said.select(event.alias("event"), "consents").iter_rows())

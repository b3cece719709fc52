"""One whole delivery: what recipients said is heard first, then notices go, then what is overdue is told of."""

from collections.abc import Iterable
from datetime import UTC, datetime

from svoc.delivering.carrying import Delivered, Delivery
from svoc.delivering.collecting import collect
from svoc.delivering.escalating import escalate
from svoc.notices.base import Batch, Channel
from svoc.notices.recipients import Recipients
from svoc.notices.routes import Route
from svoc.settings import CouncilSettings
from svoc.store.audit import Audit
from svoc.store.store import Store

__all__ = ["carry_all"]


def carry_all(
    store: Store,
    audit: Audit,
    settings: CouncilSettings,
    recipients: Recipients,
    routes: Iterable[Route],
    *,
    channel: Channel | Batch | None = None,
    now: datetime | None = None,
) -> Delivered:
    """Hear, carry and escalate, and give what it came to; see `svoc.council.Council.carry`."""
    now = now or datetime.now(UTC)
    heard = collect(store, audit, settings, recipients)
    done = Delivery(store, audit, settings, recipients, now).carry(channel)
    done.answers += heard.answers
    done.escalated, wrong = escalate(store, settings, recipients, routes, now=now)
    done.faults += [*heard.faults, *wrong]
    return done

"""Whether svoc is there, and figures for a collector: counts alone."""

import threading
import time
from collections import Counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from svoc.operating.exposition import Metric, exposition
from svoc.web.api import asking as who
from svoc.web.api.problems import PROBLEMS
from svoc.web.house import house_of

__all__ = ["Counted", "router"]

router = APIRouter(tags=["running"])


class Health(BaseModel):
    """Whether svoc answers and its database does; `run`: the last night that was published."""

    status: str = "ok"
    run: int


@router.get("/health", responses={503: PROBLEMS[503]})
def health(request: Request) -> Health:
    """Say whether svoc and its database answer; anybody may ask."""
    return Health(run=house_of(request).council.store.published())


@router.get("/metrics", response_class=PlainTextResponse, responses=PROBLEMS)
def metrics(request: Request, asking: who.Measuring) -> str:
    """Give figures in Prometheus' text format: what was asked, how it ended, how long it took, what stands."""
    counted: Counted = request.app.state.counted
    notices = asking.reader().notices()["state"].value_counts().sort("state").iter_rows()
    stands = [
        Metric("svoc_run", "The last night that was published.", [({}, asking.council.store.published())]),
        Metric("svoc_notices", "Notices by how far they have come.", [({"state": s}, n) for s, n in notices]),
    ]
    return exposition([*counted.metrics(), *stands])


class Counted:
    """Counts what an application is asked, by operation and how it ended, and how long it took."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._asked: Counter[tuple[str, str, str]] = Counter()
        self._seconds: Counter[str] = Counter()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and count."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            route: Any = scope.get("route")
            path = getattr(route, "path", "none")
            with self._lock:
                self._asked[scope["method"] if route else "none", path, str(status)] += 1
                self._seconds[path] += time.perf_counter() - begun  # type: ignore[assignment]

    def metrics(self) -> list[Metric]:
        """Give what was counted."""
        with self._lock:
            asked, seconds = dict(self._asked), dict(self._seconds)
        by = [({"method": m, "operation": path, "status": s}, float(n)) for (m, path, s), n in sorted(asked.items())]
        took = [({"operation": path}, float(n)) for path, n in sorted(seconds.items())]
        return [
            Metric("svoc_api_requests_total", "Requests by operation and how they ended.", by, "counter"),
            Metric("svoc_api_seconds_total", "Seconds that they took.", took, "counter"),
        ]

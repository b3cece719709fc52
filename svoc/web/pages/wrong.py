"""The page that says what went wrong, in words that a steward can act on, and no more."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from svoc.web.rendering import page

__all__ = ["Wrong", "wrong"]


@dataclass(frozen=True, slots=True)
class Wrong:
    """`what`: which text of the catalogue says it; `words`: what the library said, where that helps."""

    what: str
    words: str = ""


def wrong(request: Request, shown: Wrong, *, status: int) -> Response:
    """Answer with the page."""
    return page(request, "wrong.html", shown, status=status)

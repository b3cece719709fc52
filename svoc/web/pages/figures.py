"""How the desk's work goes, in counts."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from svoc.desk.figures import figures
from svoc.web.asking import Measuring
from svoc.web.pages.queue import desk_of
from svoc.web.rendering import page

__all__ = ["router"]

router = APIRouter(prefix="/desk/figures", include_in_schema=False)


@router.get("")
def show(request: Request, who: Measuring) -> Response:
    """Show what waits, what was decided and taken back, and which notices are owed."""
    return page(request, "figures.html", figures(desk_of(request, who)))

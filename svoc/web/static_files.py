"""Style sheets, scripts and the council's mark: a fixed list, read once, so that no address can name another file."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import Response

from svoc.web.house import house_of

__all__ = ["SERVED", "router"]

SERVED = {
    "govuk-frontend.min.css": "text/css; charset=utf-8",
    "govuk-frontend.min.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
}
KEPT = {"cache-control": "public, max-age=3600"}

router = APIRouter(include_in_schema=False)


@cache
def contents(name: str) -> bytes:
    """Give a file."""
    return files("svoc.web").joinpath("static", name).read_bytes()


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Give one of our own files."""
    if name not in SERVED:
        return Response(status_code=404)
    return Response(contents(name), media_type=SERVED[name], headers=KEPT)


@router.get("/brand/colours.css")
def colours(request: Request) -> Response:
    """Give the council's colour to the design system."""
    colour = house_of(request).settings.branding.colour
    return Response(f":root {{ --govuk-brand-colour: {colour}; }}\n", media_type="text/css", headers=KEPT)


@router.get("/brand/mark")
def mark(request: Request) -> Response:
    """Give the council's mark; a drawing may hold scripts, and is told to run none."""
    house = house_of(request)
    if house.logo is None:
        return Response(status_code=404)
    headers = {**KEPT, "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(house.logo, media_type=house.settings.branding.media_type, headers=headers)

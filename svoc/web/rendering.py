"""How a page is written: its template, what every page has around it, and exactly what the page declares."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, Undefined

from svoc.web.house import house_of, session_of
from svoc.web.wording import FILTERS
from svoc.words.verbs import verbs

__all__ = ["page", "part"]

COMPONENTS = "govuk_frontend_jinja"


class Declared(Undefined):
    """What a page names and does not declare is a fault; what a component of the design system may leave out is not."""

    def _hold(self) -> None:
        if is_dataclass(self._undefined_obj):
            self._fail_with_undefined_error()

    def __str__(self) -> str:
        self._hold()
        return ""

    def __bool__(self) -> bool:
        self._hold()
        return False

    def __iter__(self) -> Iterator[Any]:
        self._hold()
        return iter(())


@cache
def environment() -> Environment:
    """Give the templates, ours and the design system's."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader("svoc.web"), PrefixLoader({COMPONENTS: PackageLoader(COMPONENTS)})]),
        autoescape=True,
        undefined=Declared,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    return made


def page(request: Request, template: str, shown: Any = None, *, status: int = 200) -> HTMLResponse:
    """Answer with a page: the fields of `shown`, a dataclass, and what stands around every page."""
    house, session = house_of(request), session_of(request)
    around: dict[str, Any] = {
        "t": house.texts,
        "htmlLang": house.texts.language,
        "brand": house.settings.branding.name or house.settings.council.name,
        "themeColor": house.settings.branding.colour,
        "logo": house.logo is not None,
        "development": house.development,
        "cspNonce": request.state.nonce,
        "csrf": session.csrf if session else "",
        "identity": session.identity if session else None,
        "may": verbs().of(session.identity.roles) if session and session.identity else frozenset(),
        "purpose": _purpose(house, session.purpose) if session and session.identity else None,
        "said": _told_once(session),
        "undoable": session.made[-1] if session and session.made else [],
        "path": request.url.path,
    }
    return HTMLResponse(environment().get_template(template).render({**around, **_declared(shown)}), status)


def part(request: Request, template: str, shown: Any) -> HTMLResponse:
    """Answer with a part of a page, for a script that puts it in its place."""
    session = session_of(request)
    around = {"t": house_of(request).texts, "csrf": session.csrf if session else "", "cspNonce": request.state.nonce}
    return HTMLResponse(environment().get_template(template).render({**around, **_declared(shown)}))


def _declared(shown: Any) -> dict[str, Any]:
    return {field.name: getattr(shown, field.name) for field in fields(shown)} if is_dataclass(shown) else {}


def _purpose(house: Any, code: str) -> Any:
    return house.council.policy.purposes.purposes.get(code)


def _told_once(session: Any) -> list[tuple[str, str]]:
    if session is None:
        return []
    said, session.said = session.said, []
    return list(said)

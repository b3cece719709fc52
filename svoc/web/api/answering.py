"""How an answer goes out: with a tag of what it says, and, to a write, once for each idempotency key."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from svoc.store.answered_once import begin, finish, give_up
from svoc.web.api.asking import Asking
from svoc.web.api.problems import Refused

__all__ = ["IfMatch", "IfNoneMatch", "Once", "once", "refuse_changed", "tag_of", "tagged"]

JSON = "application/json"
IfNoneMatch = Annotated[str | None, Header(max_length=200, description="The ETag of what is known already.")]
IfMatch = Annotated[str | None, Header(max_length=200, description="The ETag of what was shown. Needed.")]
Once = Annotated[
    str,
    Header(
        alias="Idempotency-Key", pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="Made anew for each thing that is to be done; the same where it is asked again.",
    ),
]  # fmt: skip


def tag_of(told: BaseModel) -> str:
    """Give the ETag of an answer: another wherever it says something else."""
    return f'"{blake2b(told.model_dump_json().encode(), digest_size=12).hexdigest()}"'


def tagged(told: BaseModel, known: str | None) -> Response:
    """Answer with a tag, or, where whoever asks has it already, with nothing but the tag."""
    tag = tag_of(told)
    if known is not None and _among(tag, known):
        return Response(status_code=304, headers={"etag": tag})
    return Response(told.model_dump_json(), media_type=JSON, headers={"etag": tag})


def refuse_changed(told: BaseModel, shown: str | None) -> None:
    """Refuse to act on what is not as it was shown."""
    if shown is None:
        raise Refused("unconditional", "send the ETag of what you were shown as If-Match")
    if not _among(tag_of(told), shown, weak=False):
        raise Refused("changed", "it is not as you were shown it: look again")


def _among(tag: str, said: str, *, weak: bool = True) -> bool:
    tags = [each.strip() for each in said.split(",")]
    return tag in [each.removeprefix("W/") if weak else each for each in tags]


def once(
    request: Request, asking: Asking, key: str, asked: BaseModel, act: Callable[[], BaseModel], *, status: int = 200
) -> Response:
    """Do something and answer, once for each key: asked again it is answered as then, and not done again.

    Raises `Refused` where something else was asked under the key, or where the first is not answered yet. What ends in
    a problem was not done, and may be asked again under the same key.
    """
    engine = asking.council.store.engine
    said = "\n".join([request.method, request.url.path, asking.purpose, asked.model_dump_json()]).encode()
    kept = begin(engine, asking.actor, key, said)
    if kept and not kept.same:
        raise Refused("another-request", "make a key of its own for each thing that is to be done")
    if kept and (kept.status is None or kept.answer is None):
        waiting = Refused("still-at-it", "ask again in a second")
        waiting.headers["retry-after"] = "1"
        raise waiting
    if kept and kept.status is not None:
        return Response(kept.answer, kept.status, {"idempotent-replayed": "true"}, media_type=JSON)
    try:
        told = act().model_dump_json()
    except BaseException:
        give_up(engine, asking.actor, key)
        raise
    finish(engine, asking.actor, key, status, told)
    return Response(told, status, media_type=JSON)

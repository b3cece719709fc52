"""Signs what a webhook carries, so that the recipient knows who sent it, that it is whole, and that it is no replay.

The signature is HMAC-SHA256, under a secret that both sides have, over the timestamp, a full stop and the body, as
bytes. A recipient works it out anew, compares without telling how far the two agree, refuses a timestamp more than
`FRESH` seconds from its own clock, and keeps the identifiers that it has had.
"""

import hmac
from collections.abc import Mapping

__all__ = ["FRESH", "SIGNATURE", "TIMESTAMP", "is_signed", "signature"]

TIMESTAMP, SIGNATURE = "Svoc-Timestamp", "Svoc-Signature"
FRESH = 300
"""Seconds that a request's timestamp may be from the recipient's clock."""

VERSION = "v1="


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Give the signature of a body that is sent at a moment (seconds since 1970, UTC).

    >>> signature("a secret", 1795348800, b"{}")[:11]
    'v1=ed8bc2ee'
    """
    return VERSION + hmac.digest(secret.encode(), b"%d." % timestamp + body, "sha256").hex()


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """Say whether a body came from whoever has the secret, and no longer than `FRESH` seconds ago."""
    given = {name.casefold(): value for name, value in headers.items()}
    moment, said = given.get(TIMESTAMP.casefold(), ""), given.get(SIGNATURE.casefold(), "")
    if not (moment.isascii() and moment.isdigit()) or abs(now - int(moment)) > FRESH:
        return False
    return hmac.compare_digest(said.encode(), signature(secret, int(moment), body).encode())

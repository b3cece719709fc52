"""Signed life events: security event tokens (RFC 8417) as compact JWS, verified by keys that the council sets.

What is checked: the signature, by a key of the council's own file and an algorithm with a public key (never `none`,
never a shared secret); `typ`, which must be `secevent+jwt`; issuer and audience, where the council names them; `iat`,
which is neither to come nor too long ago; and `jti`, under which nothing else may ever have been said.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet

from svoc.errors import SettingsError
from svoc.sources.statements import Refused
from svoc.sources.strict_json import list_of, number_of, object_of, parsed, text_of

__all__ = ["Trust", "looks_signed"]

ALGORITHMS = ("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "Ed25519", "EdDSA")
TYPE = "secevent+jwt"
LONGEST_TOKEN = 200_000
SEAL = " "


def looks_signed(written: Any) -> bool:
    """Say whether a text looks like a compact JWS: three parts, of which the first is an object in base64."""
    return isinstance(written, str) and written.startswith("eyJ") and written.count(".") == 2


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signed events a council believes.

    `keys`: the public keys, None where the council set none; `issuers`, `audience`: who must have sent them, and to
    whom (empty: anybody); `days`: how old a token may be; `signed`: whether an unsigned one is refused; `known`: of
    tokens that were taken before, the issuer's name of it and what it said.
    """

    keys: KeySet | None = None
    issuers: tuple[str, ...] = ()
    audience: str = ""
    days: int = 60
    signed: bool = False
    known: dict[str, str] = field(default_factory=dict)

    @classmethod
    def by(cls, file: Path | None, **more: Any) -> Self:
        """Read the keys from a JWKS file; raise `SettingsError` where there are none."""
        if file is None:
            return cls(**more)
        try:
            keys = KeySet.import_key_set(json.loads(file.read_text(encoding="utf-8-sig")))
        except OSError as fault:
            raise SettingsError(f"[life_events.keys] jwks: {file.name}: {fault.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError, JoseError):
            raise SettingsError(f"[life_events.keys] jwks: {file.name}: expected public keys as a JWKS") from None
        if not keys.keys or any(key.is_private or key.key_type == "oct" for key in keys.keys):
            raise SettingsError(f"[life_events.keys] jwks: {file.name}: expected public keys alone, and at least one")
        return cls(keys, **more)

    def opened(self, token: str, *, today: date) -> tuple[Mapping[str, Any], str]:
        """Give what a signed token says, and its seal: the name under which it was sent, and a hash of what it says.

        Raises `Refused` where it cannot be believed.
        """
        payload, claims = self._verified(token)
        self._addressed(claims, today)
        name, said = text_of(claims.get("jti")), blake2b(payload, digest_size=10).hexdigest()
        if name is None:
            raise Refused("a token with an identifier of its own", column="jti")
        whole = f"{text_of(claims.get('iss')) or ''} {name}"
        if self.known.setdefault(whole, said) != said:
            raise Refused("an identifier under which nothing else was said before", column="jti")
        return claims, f"{whole}{SEAL}{said}"

    def unsigned(self) -> None:
        """Raise `Refused` where the council takes signed events only."""
        if self.signed:
            raise Refused("a signed event, as [life_events] signed = true wants")

    def _verified(self, token: str) -> tuple[bytes, Mapping[str, Any]]:
        if self.keys is None:
            raise Refused("keys to verify it by, which [life_events.keys] jwks names")
        if len(token) > LONGEST_TOKEN:
            raise Refused(f"at most {LONGEST_TOKEN:,} letters in one token")
        try:
            found = jws.deserialize_compact(token, self.keys, algorithms=list(ALGORITHMS))
        except BadSignatureError:
            raise Refused("a signature that one of the keys of [life_events.keys] bears out") from None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise Refused(f"a token signed by one of {', '.join(ALGORITHMS[:6])}, ... and a known key") from None
        kind = str(found.headers().get("typ", "")).casefold().removeprefix("application/")
        if kind != TYPE:
            raise Refused(f"a token of the type {TYPE}", column="typ")
        return bytes(found.payload), object_of(parsed(bytes(found.payload).decode("utf-8", "replace")))

    def _addressed(self, claims: Mapping[str, Any], today: date) -> None:
        if self.issuers and text_of(claims.get("iss")) not in self.issuers:
            raise Refused("an issuer that [life_events.keys] names", column="iss")
        if self.audience and self.audience not in [text_of(each) for each in list_of(claims.get("aud"))]:
            raise Refused("the audience that [life_events.keys] names", column="aud")
        seconds = number_of(claims.get("iat"), "iat")
        try:
            issued = None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC).date()
        except (OverflowError, OSError, ValueError):
            issued = None
        if issued is None:
            raise Refused("when it was issued, in seconds since 1970", column="iat")
        if not today - timedelta(days=self.days) <= issued <= today + timedelta(days=1):
            raise Refused(f"a token of the last {self.days} days", column="iat")

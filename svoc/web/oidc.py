"""Signing in at a provider of OpenID Connect: the code flow with PKCE, state and nonce; nothing goes unchecked.

Only the provider's own signed word counts. It has to be signed by one of the provider's keys with a public-key
algorithm, name this issuer and this client, be of now, and bear the nonce that this browser was given. The code is of
use to nobody else, for the verifier of PKCE never leaves this process.
"""

import hmac
import http.client
import json
import secrets
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from svoc.errors import SvocError
from svoc.signing_in import OidcSettings, SignInSettings, is_safe

__all__ = ["BACK", "Begun", "Claimed", "NotVouchedFor", "Provider", "ProviderAway"]

BACK = "/desk/sign-in/done"
"""Where the provider sends a browser back to."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LONGEST_ANSWER = 512 * 1024
TIMEOUT = 10.0
LEEWAY = 60
"""Seconds by which two clocks may differ."""


class NotVouchedFor(SvocError):
    """Says that what came back from the provider vouches for nobody; never for whom, or why."""


class ProviderAway(SvocError):
    """Says that the provider cannot be reached, or does not say what a provider says."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser was sent away with, and has to come back with: kept in its session and used once."""

    state: str
    nonce: str
    verifier: str = field(repr=False)

    @classmethod
    def new(cls) -> "Begun":
        """Make one that nobody can guess."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the provider says of who signed in: the name for the audit trail, and the groups."""

    actor: str
    groups: tuple[str, ...]


class Provider:
    """One provider; what it says of itself is read when it is first needed, and its keys again when one is not known.

    >>> Provider(SignInSettings(), OidcSettings(issuer="https://a.example", client="svoc", address="https://b.example"))
    Provider('https://a.example')
    """

    def __init__(self, settings: SignInSettings, oidc: OidcSettings) -> None:
        self._secret, self._oidc = settings.secret, oidc
        self._said: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        """Name the issuer."""
        return f"Provider({self._oidc.issuer!r})"

    @property
    def _back(self) -> str:
        return self._oidc.address.rstrip("/") + BACK

    def address(self, begun: Begun) -> str:
        """Give where a browser is sent to sign in; raise `ProviderAway`."""
        asked = {"nonce": begun.nonce, "code_challenge": create_s256_code_challenge(begun.verifier)}
        where, scopes = self._of_itself("authorization_endpoint"), " ".join(self._oidc.scopes)
        more = {**asked, "code_challenge_method": "S256"}
        return str(prepare_grant_uri(where, self._oidc.client, "code", self._back, scopes, begun.state, **more))

    def claimed(self, begun: Begun, came_back: Mapping[str, str]) -> Claimed:
        """Give who signed in, by what a browser came back with; raise `NotVouchedFor` or `ProviderAway`."""
        if not hmac.compare_digest(came_back.get("state", "").encode(), begun.state.encode()):
            raise NotVouchedFor("this is not the sign-in that was begun here")
        if came_back.get("iss", self._oidc.issuer) != self._oidc.issuer or not came_back.get("code"):
            raise NotVouchedFor("the provider did not sign anybody in")
        told = self._redeemed(came_back["code"], begun.verifier)
        claims = self._vouched(told, begun)
        actor, groups = claims.get(self._oidc.actor), claims.get(self._oidc.groups, [])
        if not isinstance(actor, str) or not 0 < len(actor.strip()) <= 100 or not actor.isprintable():
            raise NotVouchedFor(f"the provider gives nobody a claim {self._oidc.actor!r} that could name them")
        groups = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        return Claimed(actor.strip(), tuple(group for group in groups if isinstance(group, str)))

    def _redeemed(self, code: str, verifier: str) -> Mapping[str, Any]:
        said = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._back, "code_verifier": verifier,
            "client_id": self._oidc.client,
        }  # fmt: skip
        more = {"client_secret": self._secret} if self._secret else {}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, told = _asked("POST", self._of_itself("token_endpoint"), urlencode({**said, **more}), headers)
        if status != 200:
            raise NotVouchedFor("the provider does not know this sign-in any more")
        return told

    def _vouched(self, told: Mapping[str, Any], begun: Begun) -> Mapping[str, Any]:
        token = told.get("id_token")
        if not isinstance(token, str):
            raise NotVouchedFor("the provider did not say who signed in")
        header, claims = self._opened(token)
        wanted = {"iss": self._oidc.issuer, "aud": self._oidc.client}
        options = {name: {"essential": True, "value": value} for name, value in wanted.items()}
        params = {"nonce": begun.nonce, "client_id": self._oidc.client, "access_token": told.get("access_token")}
        checked = CodeIDToken(claims, header, options, params)
        try:
            checked.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError):
            raise NotVouchedFor("what the provider says is not for here and now") from None
        return claims

    def _opened(self, token: str) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """Open a signed token, by a key that the provider has now if it is not one that it had."""
        for anew in (False, True):
            try:
                found = jws.deserialize_compact(token, self._key_set(anew=anew), algorithms=list(ALGORITHMS))
                claims = json.loads(found.payload)
            except (JoseError, ValueError, TypeError, KeyError, RecursionError):
                continue
            if isinstance(claims, dict):
                return found.headers(), claims
        raise NotVouchedFor("what the provider says is not signed by it")

    def _key_set(self, *, anew: bool) -> KeySet:
        with self._lock:
            known = self._keys
        if known is None or anew:
            _, told = _asked("GET", self._of_itself("jwks_uri"))
            rows = told.get("keys")
            there = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            public: Any = [row for row in there if row.get("kty") != "oct" and "d" not in row]
            try:
                known = KeySet.import_key_set({"keys": public})
            except (JoseError, ValueError, TypeError, KeyError):
                raise ProviderAway("the provider has no keys that could be read") from None
            with self._lock:
                self._keys = known
        return known

    def _of_itself(self, name: str) -> str:
        with self._lock:
            said = self._said
        if said is None:
            status, said = _asked("GET", self._oidc.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if status != 200 or said.get("issuer") != self._oidc.issuer:
                raise ProviderAway("[sign_in.oidc] issuer: what is there is another provider, or none")
            with self._lock:
                self._said = said
        where = said.get(name)
        if not isinstance(where, str) or not is_safe(where):
            raise ProviderAway(f"the provider names no {name} that could be asked over HTTPS")
        return where


def _asked(
    method: str, url: str, body: str | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, Any]]:
    """Ask the provider; redirects are not followed, nor is a proxy of the environment used."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    )
    try:
        connection.request(
            method, target, body, {"Accept": "application/json", "User-Agent": "svoc", **(headers or {})}
        )
        answer = connection.getresponse()
        said = answer.read(LONGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as fault:
        raise ProviderAway(f"the provider cannot be reached ({type(fault).__name__})") from None
    finally:
        connection.close()
    try:
        told = json.loads(said) if len(said) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ProviderAway("the provider did not answer as one does")
    return answer.status, told

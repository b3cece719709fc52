"""A small provider of OpenID Connect in a process of its own, that signs people in as it is told to, or goes wrong.

`python tests/svoc/web/provider.py` prints its issuer, and serves until its standard input ends. Who signs in, and what
is wrong with what it says, stands in `login_hint`-like parts of the address that a test adds to the authorization
request: `&sub=...&roles=a,b&spoil=...`. Codes are used once, and only with the verifier of PKCE that they were begun
with, as RFC 7636 has it.
"""

import base64
import hashlib
import json
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "svoc", "a-provider-s-word"
KEY = RSAKey.generate_key(2048, {"kid": "now"})
OTHER = RSAKey.generate_key(2048, {"kid": "now"})
LATER = ECKey.generate_key("P-256", {"kid": "later"})
CODES: dict[str, dict[str, str]] = {}
STATE = {"rotated": False}


class Provider(BaseHTTPRequestHandler):
    """Answers as a provider does."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.connection.getsockname()[1]}"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        if parts.path == "/.well-known/openid-configuration":
            places = {
                name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
            }
            self.say({"issuer": self.issuer, **places})
        elif parts.path == "/jwks_uri":
            keys = [KEY.as_dict(private=False), *([LATER.as_dict(private=False)] if STATE["rotated"] else [])]
            self.say({"keys": keys})
        elif parts.path == "/authorization_endpoint":
            self.authorize(asked)
        else:
            self.say({"error": "not_found"}, 404)

    def authorize(self, asked: dict[str, str]) -> None:
        wanted = ("openid", "S256", "code", CLIENT)
        said = ("scope", "code_challenge_method", "response_type", "client_id")
        if any(want not in asked.get(name, "").split() for want, name in zip(wanted, said, strict=True)):
            self.say({"error": "invalid_request"}, 400)
            return
        code = secrets.token_urlsafe(16)
        CODES[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        if asked.get("spoil") == "refused":
            back = {"error": "access_denied", "state": asked["state"]}
        if asked.get("spoil") == "mixed up":
            back["iss"] = "https://login.example"
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def do_POST(self) -> None:
        told = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        asked = CODES.pop(told.get("code", ""), None)
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = asked is not None and told.get("client_secret") == SECRET and challenge == asked["code_challenge"]
        if asked is None or not fits or told.get("redirect_uri") != asked["redirect_uri"]:
            self.say({"error": "invalid_grant"}, 400)
            return
        self.say({"access_token": "at", "token_type": "Bearer", **self.token(asked)})

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        spoil, now = asked.get("spoil", ""), int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT, "sub": asked.get("sub", "j.okafor"), "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "roles": asked.get("roles", "svoc-stewards").split(","),
        }  # fmt: skip
        spoilt: dict[str, dict[str, Any]] = {
            "issuer": {"iss": "https://login.example"}, "audience": {"aud": "payroll"}, "nonce": {"nonce": "another"},
            "expired": {"iat": now - 900, "exp": now - 600}, "azp": {"aud": [CLIENT, "payroll"], "azp": "payroll"},
            "nameless": {"sub": ""}, "lines": {"sub": "j.okafor\nadmin"}, "text": {"roles": "svoc-stewards"},
            "future": {"nbf": now + 900},
        }  # fmt: skip
        claims |= spoilt.get(spoil, {})
        for gone in ("nonce", "exp", "aud", "iss", "sub"):
            if spoil == f"no {gone}":
                del claims[gone]
        if spoil == "no token":
            return {}
        if spoil == "unsigned":
            parts = ({"alg": "none"}, claims)
            texts = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts]
            return {"id_token": ".".join([*texts, ""])}
        if spoil == "rotated":
            STATE["rotated"] = True
            return {"id_token": jwt.encode({"alg": "ES256", "kid": "later"}, claims, LATER)}
        key = OTHER if spoil == "another key" else KEY
        return {"id_token": jwt.encode({"alg": "RS256", "kid": "now"}, claims, key)}

    def say(self, told: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()

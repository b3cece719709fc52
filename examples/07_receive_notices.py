"""A service that is told: a receiver of notices, of the standard library alone, as docs/receiving.md describes it.

python examples/07_receive_notices.py                                     shows what it does with a few requests
python examples/07_receive_notices.py PORT CERT.pem KEY.pem NOTICES.db    serves over HTTPS; SECRET in the environment
"""

import hmac
import json
import os
import sqlite3
import ssl
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FRESH = 300  # seconds that a request may be old: whoever recorded one cannot send it again tomorrow
LARGEST = 256 * 1024

Answer = tuple[int, dict[str, object]]


class Receiver:
    """Takes each notice once, whatever happens on the way, and says what became of those before."""

    def __init__(self, database: Path | str, secret: str) -> None:
        self.database, self.secret = str(database), secret.encode()
        with closing(self.connected()) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS notice (id TEXT PRIMARY KEY, event TEXT, state TEXT)")

    def connected(self) -> sqlite3.Connection:
        """Open the service's own database."""
        return sqlite3.connect(self.database, timeout=30)

    def receive(self, headers: Mapping[str, str], body: bytes, now: float) -> Answer:
        """Check one request, keep its notice, and give the status and the answer."""
        if not self.is_signed(headers, body, now):
            return 401, {"error": "the signature is wrong, or the request is too old"}
        try:
            event = json.loads(body)
            notice, _facts = event["id"], event["data"]["facts"]
        except (ValueError, KeyError, TypeError):
            return 400, {"error": "this is no notice"}
        if event.get("specversion") != "1.0" or notice != headers.get("Idempotency-Key"):
            return 400, {"error": "this is no notice"}
        with closing(self.connected()) as connection, connection:  # one transaction: had, and done, or neither
            had = connection.execute("SELECT 1 FROM notice WHERE id = ?", (notice,)).fetchone()
            if not had:
                connection.execute("INSERT INTO notice VALUES (?, ?, 'acknowledged')", (notice, json.dumps(event)))
                # ... and here what the service does about it, in the same transaction
        return 200, {"notices": [{"notice": notice, "state": "acknowledged"}]}

    def states(self, headers: Mapping[str, str], now: float) -> Answer:
        """Say what has become of all notices, to whoever has the secret."""
        if not self.is_signed(headers, b"", now):
            return 401, {"error": "the signature is wrong, or the request is too old"}
        with closing(self.connected()) as connection:
            rows = connection.execute("SELECT id, state FROM notice ORDER BY id").fetchall()
        return 200, {"notices": [{"notice": notice, "state": state} for notice, state in rows]}

    def is_signed(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        """Work the signature out anew; compare it in a time that tells nothing of how far the two agree."""
        moment = headers.get("Svoc-Timestamp", "")
        if not moment.isdigit() or abs(now - int(moment)) > FRESH:
            return False
        wanted = "v1=" + hmac.digest(self.secret, moment.encode() + b"." + body, "sha256").hex()
        return hmac.compare_digest(wanted, headers.get("Svoc-Signature", ""))


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for a receiver, and logs nothing of what it is told."""

    receiver: Receiver

    def do_POST(self) -> None:
        """Take one notice."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST:
            return self.answer(413, {"error": "too large"})
        body = self.rfile.read(int(length))
        return self.answer(
            *self.receiver.receive({name.title(): said for name, said in self.headers.items()}, body, time.time())
        )

    def do_GET(self) -> None:
        """Say what has become of notices."""
        self.answer(*self.receiver.states({name.title(): said for name, said in self.headers.items()}, time.time()))

    def answer(self, status: int, said: dict[str, object]) -> None:
        """Send a status and a JSON body."""
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def served(port: int, certificate: str, key: str, handler: type[Handler]) -> ThreadingHTTPServer:
    """Give a server over TLS; port 0 takes a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def show() -> None:
    """Receive a notice, the same again, one that was tampered with, and one of yesterday."""
    import tempfile

    event = {"specversion": "1.0", "id": "a1b2c3", "type": "svoc.name", "data": {"facts": {"surname": "SMITH"}}}
    body, now = json.dumps(event).encode(), 1_795_348_800.0

    def signed(moment: float) -> dict[str, str]:
        mac = hmac.digest(b"a secret", b"%d." % moment + body, "sha256").hex()
        return {"Idempotency-Key": "a1b2c3", "Svoc-Timestamp": f"{moment:.0f}", "Svoc-Signature": f"v1={mac}"}

    with tempfile.TemporaryDirectory() as folder:
        receiver = Receiver(Path(folder) / "notices.db", "a secret")
        told = {
            "a notice": (signed(now), body),
            "the same again": (signed(now), body),
            "tampered with": (signed(now), body.replace(b"SMITH", b"JONES")),
            "a replay of yesterday's": (signed(now - 86400), body),
        }
        for words, (headers, content) in told.items():
            print(f"{words:24}", receiver.receive(headers, content, now)[0])
        with closing(receiver.connected()) as connection:
            print("kept:", *(row[0] for row in connection.execute("SELECT id || ' ' || state FROM notice")))


if __name__ == "__main__":
    if len(sys.argv) == 5:
        port, certificate, key, database = sys.argv[1:]
        Handler.receiver = Receiver(database, os.environ["SECRET"])
        served(int(port), certificate, key, Handler).serve_forever()
    show()

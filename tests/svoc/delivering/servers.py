"""What stands at the other end of a channel: the worked receiver, made to fail as real ones do, and a mail server."""

import json
import os
import runpy
import socket
import socketserver
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme

TOP = Path(__file__).resolve().parents[3]
EXAMPLE = TOP / "examples" / "07_receive_notices.py"
SECRET = "lighthouse"

__all__ = ["EXAMPLE", "SECRET", "Authority", "Mailbox", "Running", "authority", "mail_server", "receiver"]


@dataclass(frozen=True)
class Authority:
    """Certificates for this machine, and the file of who vouches for them."""

    ca: Path
    certificate: Path
    key: Path


def authority(folder: Path) -> Authority:
    """Make them in a folder."""
    made = Authority(*(folder / name for name in ("ca.pem", "certificate.pem", "key.pem")))
    own = trustme.CA()
    issued = own.issue_cert("localhost", "127.0.0.1")
    own.cert_pem.write_to_path(made.ca)
    issued.cert_chain_pems[0].write_to_path(made.certificate)
    issued.private_key_pem.write_to_path(made.key)
    return made


# ---------------------------------------------------------------- the receiver, in a process of its own


@dataclass
class Running:
    """A receiver that runs: how it behaves is a file that it reads before each request."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/notices"

    def behave(self, **how: Any) -> None:
        """`down`: no answer at all; `fail`: the share (0 to 1) of requests that fail, some after the notice was kept;
        `status`: what every request is answered; `late`: say nothing of states in answers."""
        draft = self.folder / "behave.part"
        draft.write_text(json.dumps(how), encoding="utf-8")
        draft.replace(self.folder / "behave.json")

    def kept(self) -> dict[str, dict[str, Any]]:
        """Give the notices that it has, by their identifiers, in the order in which they came."""
        with closing(sqlite3.connect(self.folder / "received.db")) as connection:
            rows = connection.execute("SELECT id, event FROM notice ORDER BY rowid")
            return {name: json.loads(event) for name, event in rows}

    def asked(self) -> list[str]:
        """Give the notice of every request that reached it, in order."""
        file = self.folder / "asked.txt"
        return file.read_text(encoding="utf-8").split() if file.exists() else []


@contextmanager
def receiver(folder: Path, trusted: Authority) -> Iterator[Running]:
    """Run the worked receiver over TLS in a process of its own."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, __file__, str(trusted.certificate), str(trusted.key), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "SECRET": SECRET})
    try:
        assert process.stdout
        yield Running(folder, int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()


def _run(certificate: str, key: str, folder: Path) -> None:
    """Serve as the example does, but behave as the file says."""
    import random

    example = runpy.run_path(str(EXAMPLE))
    drawn = random.Random(7)

    handler: Any = example["Handler"]

    def told() -> dict[str, Any]:
        file = folder / "behave.json"
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}

    class Moody(handler):  # type: ignore[misc]
        def do_POST(self) -> None:  # noqa: N802
            how = told()
            with (folder / "asked.txt").open("a", encoding="utf-8") as asked:
                asked.write(f"{self.headers['Idempotency-Key']}\n")
            if how.get("down"):
                self.connection.close()
                return
            if "status" in how:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(how["status"], {})
                return
            self.mood = drawn.choice(["before", "after", "cut"]) if drawn.random() < how.get("fail", 0) else ""
            if self.mood == "before":
                self.rfile.read(int(self.headers["Content-Length"]))
                super().answer(503, {})
                return
            super().do_POST()

        def answer(self, status: int, said: dict[str, object]) -> None:
            mood = getattr(self, "mood", "")
            if mood == "cut":
                self.connection.close()
            elif mood == "after":
                super().answer(500, {})
            else:
                super().answer(status, {} if told().get("late") else said)

    Moody.receiver = example["Receiver"](folder / "received.db", os.environ["SECRET"])
    server = example["served"](0, certificate, key, Moody)
    server.handle_error = lambda *_: None
    print(server.server_address[1], flush=True)
    server.serve_forever()


# ---------------------------------------------------------------- a mail server


@dataclass
class Mailbox:
    """What a mail server took, and what it answers to MAIL."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    answers: str = "250 ok"


@contextmanager
def mail_server(trusted: Authority, *, starttls: bool) -> Iterator[Mailbox]:
    """Run a mail server that takes everything over TLS and nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted.certificate, trusted.key)
    box = Mailbox()

    class Talk(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.secure = not starttls
            if self.secure:
                self.request = context.wrap_socket(self.request, server_side=True)
            self.file = self.request.makefile("rb")
            self.say("220 here")
            while line := self.file.readline():
                word = line[:4].upper().strip()
                if word == b"STAR":
                    self.say("220 go on")
                    self.file.close()
                    self.request = context.wrap_socket(self.request, server_side=True)
                    self.file, self.secure = self.request.makefile("rb"), True
                elif word == b"DATA":
                    self.say("354 go on")
                    lines = []
                    while (part := self.file.readline()) != b".\r\n":
                        lines.append(part.removeprefix(b"."))
                    parsed = message_from_bytes(b"".join(lines), policy=policy.default)
                    box.messages.append(parsed)
                    self.say("250 taken")
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                elif word == b"MAIL":
                    self.say(box.answers if self.secure else "530 not without TLS")
                else:
                    self.say("250-here\r\n250 STARTTLS" if word == b"EHLO" and not self.secure else "250 ok")

        def finish(self) -> None:
            self.file.close()
            self.request.close()

        def say(self, words: str) -> None:
            self.request.sendall(words.encode() + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

        def handle_error(self, *_: Any) -> None:
            """Say nothing of a client that does not trust it."""

    with Server(("127.0.0.1", 0), Talk) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()


def unused_port() -> int:
    """Give a port at which nobody is."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    _run(sys.argv[1], sys.argv[2], Path(sys.argv[3]))

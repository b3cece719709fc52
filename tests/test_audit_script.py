"""`scripts/audit` against advisories of our own: what is known fails, and nothing looked up is no good news."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

TOP = Path(__file__).resolve().parent.parent
FAULT = {
    "id": "OURS-2026-1", "summary": "made up", "affected": [
        {"package": {"name": "jinja2", "ecosystem": "PyPI"}, "versions": [],
         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]}],
}  # fmt: skip


class Advisories(BaseHTTPRequestHandler):
    """Answers as such a list does; it knows of one fault, of the packages that the server names."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"]["name"] in self.server.faulty  # type: ignore[attr-defined]
        answer = json.dumps({"vulns": [FAULT]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing on standard error."""


@pytest.fixture
def advisories() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Advisories) as server:
        server.faulty = set()  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def audit(server: ThreadingHTTPServer, cache: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    asked = ("-s", "osv", "--osv-url", f"http://127.0.0.1:{server.server_port}/", "--cache-dir", str(cache))
    command = [sys.executable, str(TOP / "scripts" / "audit"), *asked, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_where_nothing_is_known_of_all_that_is_locked_it_says_how_much_it_asked(
    advisories: ThreadingHTTPServer, tmp_path: Path
) -> None:
    ran = audit(advisories, tmp_path, "--strict")
    assert ran.returncode == 0, ran.stderr
    looked_up = int(ran.stdout.split()[0])
    assert looked_up > 50
    assert "0 faults are known" in ran.stdout


def test_a_fault_that_is_known_of_something_that_is_locked_fails(
    advisories: ThreadingHTTPServer, tmp_path: Path
) -> None:
    advisories.faulty = {"jinja2"}  # type: ignore[attr-defined]
    ran = audit(advisories, tmp_path)
    assert ran.returncode == 1
    assert "jinja2" in ran.stdout
    assert "OURS-2026-1, mended in 99.1" in ran.stdout


def test_where_nobody_can_be_asked_it_says_that_nothing_was_audited(
    advisories: ThreadingHTTPServer, tmp_path: Path
) -> None:
    advisories.shutdown()
    advisories.server_close()
    ran = audit(advisories, tmp_path)
    assert ran.returncode == 0
    assert "NOTHING WAS AUDITED" in ran.stderr
    assert audit(advisories, tmp_path, "--strict").returncode == 1

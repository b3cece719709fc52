"""What the pages carry of others is what it was, with none of what is not ours to use, and nothing from elsewhere."""

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from svoc.web.static_files import SERVED
from tests.svoc.web.conftest import Paper

STATIC = Path(str(files("svoc.web"))) / "static"
VENDORED = json.loads((STATIC / "vendored.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("told", VENDORED, ids=[told["file"] for told in VENDORED])
def test_a_file_of_others_is_as_it_was_fetched_and_its_licence_is_there(told: dict[str, str]) -> None:
    content = (STATIC / told["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == told["sha256"]
    assert told["file"] in (STATIC / "LICENCES.txt").read_text(encoding="utf-8")
    assert told["licence"] in {"MIT", "0BSD"}


def test_no_file_holds_a_font_a_crest_or_an_address_elsewhere() -> None:
    for file in STATIC.iterdir():
        if file.name in {"LICENCES.txt", "vendored.json"}:
            continue
        text = file.read_text(encoding="utf-8")
        assert file.suffix in {".css", ".js", ".svg"}, file.name
        for word in ("GDS Transport", "@font-face", "crest", "govuk-logo", "sourceMappingURL"):
            assert word not in text, f"{file.name}: {word}"
        assert re.findall(r"url\((?!#)[^)]*\)|@import", text) == [], file.name
        named = set(re.findall(r"https?://[\w.-]+", text))
        assert named <= {"http://www.w3.org"}, f"{file.name}: {named}"


def test_all_that_is_served_is_there_and_nothing_else_is_served(steward: Paper) -> None:
    ours = {file.name for file in STATIC.iterdir()} - {"LICENCES.txt", "vendored.json"}
    assert set(SERVED) == ours
    for name in SERVED:
        assert steward.get(f"/static/{name}").status_code == 200
    for name in ("LICENCES.txt", "..%2fapp.py", "../app.py", "%2e%2e/templates/base.html", "desk.css%00", "a" * 400):
        assert steward.get(f"/static/{name}").status_code in {404, 414}, name

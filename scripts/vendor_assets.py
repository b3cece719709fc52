#!/usr/bin/env python3
"""Fetch what the desk's pages need from npm, take out what is not ours to use, and keep it with its sums.

    scripts/vendor_assets.py           needs npm and a network; the result is committed, a council needs neither

The design system may be used by anybody, with the exception of its branding: the GDS Transport font, the crest and
the logotype are for pages on GOV.UK. So they are taken out here, and `tests/svoc/web/test_static.py` looks for them.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "svoc" / "web" / "static"

PACKAGES = {
    "govuk-frontend": ("6.3.0", "MIT", ("dist/govuk/govuk-frontend.min.css", "dist/govuk/govuk-frontend.min.js")),
    "htmx.org": ("4.0.1", "0BSD", ("dist/htmx.min.js",)),
}
"""Package -> version, licence, files. The version of govuk-frontend is the one that govuk-frontend-jinja pairs with."""

FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
CREST = re.compile(r"[^{}]*\{[^{}]*govuk-crest[^{}]*\}")
LOGOTYPE = re.compile(r"[^{}]*(?:govuk-logo|-header__logotype|footer__crown|footer__copyright-logo)[^{}]*\{[^{}]*\}")
EMPTY = re.compile(r"@(?:media|supports)[^{}]*\{\}")
SOURCE_MAP = re.compile(r"\n?(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?\n?")


def without_branding(css: str) -> str:
    """Take the font, the crest and the logotype out of the design system's rules."""
    for rule in (FONT_FACE, CREST, LOGOTYPE, EMPTY):
        css = rule.sub("", css)
    return css.replace("GDS Transport,", "")


def fetched(package: str, version: str, files: tuple[str, ...], folder: Path) -> dict[str, str]:
    """Give the text of files of a package, by name."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, capture_output=True, text=True
    )
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        found = {}
        for name in files:
            member = archive.extractfile(f"package/{name}")
            if member is None:
                sys.exit(f"{package} {version} holds no {name}")
            found[Path(name).name] = member.read().decode("utf-8")
    return found


def main() -> None:
    """Write the files and `vendored.json`, which says where each is from."""
    told = []
    with tempfile.TemporaryDirectory() as made:
        for package, (version, licence, files) in PACKAGES.items():
            for name, text in fetched(package, version, files, Path(made)).items():
                ours = SOURCE_MAP.sub("", without_branding(text) if name.endswith(".css") else text)
                (STATIC / name).write_text(ours, encoding="utf-8", newline="\n")
                sha256 = hashlib.sha256(ours.encode()).hexdigest()
                told.append(
                    {"file": name, "package": package, "version": version, "licence": licence, "sha256": sha256}
                )
                print(f"{name}: {package} {version}, {len(ours):,} bytes")
    (STATIC / "vendored.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

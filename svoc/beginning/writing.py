"""council.toml as it is first written: every mapping with a comment that says how sure it is."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from svoc.beginning.found import GAZETTEER, LIFE_EVENTS, Found, Line
from svoc.sources.finish import day_in

__all__ = ["council_toml", "source_names"]

LISTS = ("address", "forwarding_address", "liable_parties")
"""What may be mapped to several headings."""

DAY = re.compile(r"\d{4}[-_.]?\d{2}[-_.]?\d{2}|\d{2}[-_.]?\d{2}[-_.]?\d{4}")
"""A day in the name of a file that comes anew each night."""

INTRODUCTION = """\
# The settings of {name}, as svoc init suggests them from what the files look like.
#   sure         the heading says what the column is, and its values look so
#   likely       the one or the other does
#   please look  decide it yourself; where such a line is a comment, take the # away to use it
# README.md shows the settings; svoc/settings.py says what each may hold.

[council]
name = {quoted}{look}
database = "sqlite:///council.db"        # or postgresql+psycopg://user@host/name
purpose = "canvass-match"                # what the batch reads for: svoc/defaults/purposes.toml lists the purposes
actor = "nightly"                        # who the batch is
# Set SVOC_COUNCIL__KEY in the environment before the first night, and keep it: identifiers are made with it.
"""


def council_toml(name: str, found: Sequence[Found], folder: Path, *, asked: bool = True) -> str:
    """Write the settings of what was found; `folder` is where they will lie, `asked` that the name was given."""
    look = "" if asked else "  # please look: the name of the folder"
    parts = [INTRODUCTION.format(name=name, quoted=_quoted(name), look=look)]
    parts.append(_gazetteer([each for each in found if each.kind == GAZETTEER], folder))
    sources = [each for each in found if each.kind not in ("", GAZETTEER, LIFE_EVENTS)]
    parts += [_source(own, each, folder) for own, each in zip(source_names(sources), sources, strict=True)]
    parts += _life_events([each for each in found if each.kind == LIFE_EVENTS], folder)
    parts += [f"# Not used: {each.files[0].name}: {each.why}\n" for each in found if not each.kind]
    return "\n".join(parts)


def source_names(sources: Iterable[Found]) -> list[str]:
    """Name sources by their kind, other lists by their files; no two alike."""
    seen: Counter[str] = Counter()
    names = []
    for each in sources:
        name = each.kind if each.kind != "generic" else _plain(each.files[0].stem)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


# --- tables


def _gazetteer(found: Sequence[Found], folder: Path) -> str:
    if not found:
        return '[gazetteer]\npath = ""  # please look: none of the files is a gazetteer\n'
    paths = [_path(path, folder) for each in found for path in each.files]
    written = _quoted(paths[0]) if len(paths) == 1 else _list(paths)
    worst = min(found, key=lambda each: each.certainty)
    lines = ["[gazetteer]", f"path = {written}  # {worst.certainty.words}: {worst.why}"]
    mapping = [line for each in found for line in each.lines]
    return "\n".join([*lines, *(_mapping("[gazetteer.columns]", mapping)), ""])


def _source(name: str, found: Found, folder: Path) -> str:
    said = f"{found.certainty.words}: {found.why}"
    lines = [
        "[[sources]]",
        f"name = {_quoted(name)}",
        f"kind = {_quoted(found.kind)}  # {said}",
        f"path = {_quoted(_path(found.files[0].parent, folder) if found.tables else _glob(found.files, folder))}",
        f"layout = {_quoted(found.layout)}",
        f"mode = {_quoted(found.mode)}",
    ]
    if found.tables:
        tables = [f"{table} = {_quoted(file)}" for table, file in sorted(found.tables.items())]
        return "\n".join([*lines, "[sources.tables]", *tables, ""])
    lines += _mapping("[sources.columns]", found.lines)
    lines += [f'# {name} = ""  # please look: it is needed, and no heading says it' for name in found.missing]
    if found.others:
        lines.append(f"# not read: {'; '.join(found.others)}")
    return "\n".join([*lines, ""])


def _life_events(found: Sequence[Found], folder: Path) -> list[str]:
    if not found:
        return []
    first, *others = found
    lines = ["[life_events]", f"path = {_quoted(_glob(first.files, folder))}  # {first.certainty.words}: {first.why}"]
    lines += _mapping("[life_events.columns]", first.lines)
    told = "please look: one path is read; lay it in one folder with the other and name that"
    lines += [f"# {_path(path, folder)}: {told}" for each in others for path in each.files]
    return ["\n".join([*lines, ""])]


def _mapping(header: str, mapping: Sequence[Line]) -> list[str]:
    if not mapping:
        return []
    return [header, *(_line(line) for line in mapping)]


def _line(line: Line) -> str:
    several = len(line.headings) > 1 or line.name in ("address", "forwarding_address")
    written = _list(line.headings) if several else _quoted(line.headings[0])
    told = f"{line.name} = {written}  # {line.certainty.words}: {line.why}"
    return told if line.used else f"# {told}"


# --- words


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _plain(stem: str) -> str:
    words = "".join(letter if letter.isalpha() and letter.isascii() else " " for letter in stem.casefold()).split()
    return "_".join(words) or "people"


def _path(path: Path, folder: Path) -> str:
    file, home = path.resolve(), folder.resolve()
    return file.relative_to(home).as_posix() if file.is_relative_to(home) else file.as_posix()


def _glob(paths: Sequence[Path], folder: Path) -> str:
    """Give one path for all: itself, or a pattern in which what differs, or the day in its name, is a star."""
    names = [path.name for path in paths]
    plain = {DAY.sub("*", name) if day_in(name) else name for name in names}
    if len(plain) == 1:
        return _path(paths[0].with_name(plain.pop()), folder)
    at = [i for i, letters in enumerate(zip(*names, strict=False)) if len(set(letters)) > 1]
    first, last = at[0], at[-1]
    while first and names[0][first - 1].isdigit():
        first -= 1
    while last + 1 < len(names[0]) and names[0][last + 1].isdigit():
        last += 1
    return _path(paths[0].with_name(f"{names[0][:first]}*{names[0][last + 1 :]}"), folder)

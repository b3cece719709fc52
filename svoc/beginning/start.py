"""Begins with a council: looks at its files, writes council.toml, and says what `svoc check` says of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from svoc.beginning.found import GAZETTEER, KINDS, Found
from svoc.beginning.mapping import Certainty
from svoc.beginning.recognise import recognise
from svoc.beginning.writing import council_toml
from svoc.checking import check
from svoc.errors import SettingsError, SvocError, nearest
from svoc.whole_files import owners

__all__ = ["Begun", "begin"]

Ask = Callable[[str, Sequence[str]], str]
"""Puts a question to whoever sits there, with the answers that there are (none: any)."""

READ = (".csv", ".txt", ".tsv", ".xml", ".json", ".dat")
"""How files end that a folder is looked through for."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was written, what of it a person should look at, and what the check says: figures, or why not."""

    settings: Path
    found: tuple[Found, ...]
    figures: Mapping[str, object]
    fault: SvocError | None

    @property
    def words(self) -> str:
        """Say it in words, a line a file."""
        lines = [f"{self.settings}: written"]
        lines += [f"  {each.files[0].name}: {_said(each)}" for each in self.found]
        look = self.to_look_at
        if look:
            lines.append(f"{look} marked 'please look': {self.settings.name} says at each why")
        if self.fault:
            return "\n".join([*lines, "svoc check says:", str(self.fault)])
        counted = "\n".join(f"{name}: {count}" for name, count in self.figures.items())
        return "\n".join([*lines, f"svoc check says: {self.settings.name} is sound", counted])

    @property
    def to_look_at(self) -> int:
        """Count what a person should look at."""
        return sum(each.to_look_at for each in self.found if each.kind)


def begin(
    folder: Path, files: Sequence[Path], *, name: str | None = None, kinds: Mapping[str, str] | None = None,
    ask: Ask | None = None,
) -> Begun:  # fmt: skip
    """Write `folder`/council.toml for some files (or folders of files), and check it.

    `name` is the council's, `kinds` says of files, by name, what they are; `ask` is asked for what cannot be told.
    Raises `SettingsError` where council.toml is there already, where a file is not, or a kind is none.
    """
    settings = folder / "council.toml"
    if settings.exists():
        raise SettingsError(
            f"{settings}: is there already and is not overwritten; name another folder, or move it away"
        )
    paths = _files(files)
    said = _kinds(kinds or {}, paths)
    found = recognise(paths, said)
    if ask:
        found = _asked(found, paths, said, ask)
        name = name or ask("What is the council called?", ())
    folder.mkdir(parents=True, exist_ok=True)
    called = name or folder.resolve().name.replace("_", " ").replace("-", " ").title()
    text = council_toml(called, found, folder, asked=name is not None)
    with owners(settings) as file:
        file.write(text.encode())
    return _checked(settings, found)


def _checked(settings: Path, found: Sequence[Found]) -> Begun:
    try:
        return Begun(settings, tuple(found), check(settings), None)
    except SvocError as fault:
        return Begun(settings, tuple(found), {}, fault)


def _files(given: Sequence[Path]) -> list[Path]:
    """Give each file once, those of a folder by name."""
    missing = [str(path) for path in given if not path.exists()]
    if missing:
        raise SettingsError("\n".join(f"{path}: no such file or folder" for path in missing))
    each = [file for path in given for file in ([path] if path.is_file() else _within(path))]
    if not each:
        raise SettingsError(f"expected files to look at, found none that end with {', '.join(READ)}")
    return list(dict.fromkeys(each))


def _within(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.is_file() and file.suffix.casefold() in READ)


def _kinds(kinds: Mapping[str, str], paths: Sequence[Path]) -> Mapping[str, str]:
    names = [path.name for path in paths]
    for file, kind in kinds.items():
        for value, choices in ((file, names), (kind, KINDS)):
            if value not in choices:
                hint = nearest(value, choices)
                told = f"did you mean {hint}?" if hint else f"expected one of {', '.join(choices)}"
                raise SettingsError(f"--kind {file}={kind}: {value} is not known; {told}")
    return kinds


def _asked(found: Sequence[Found], paths: Sequence[Path], said: Mapping[str, str], ask: Ask) -> list[Found]:
    """Ask of each file of which it cannot be told what it is, and look again."""
    doubtful = [each for each in found if each.kind and each.certainty is Certainty.LOOK]
    answers = {
        file.name: kind
        for each in doubtful
        if (kind := ask(f"What is {each.files[0].name}? It looks like {each.kind}", KINDS))
        for file in each.files
    }
    return recognise(paths, {**said, **answers}) if answers else list(found)


def _said(found: Found) -> str:
    if not found.kind:
        return f"not used: {found.why}"
    kind = found.kind if found.kind == GAZETTEER or not found.layout else f"{found.kind}, layout {found.layout}"
    more = f" (and {len(found.files) - 1} more like it)" if len(found.files) > 1 else ""
    look = f"; {found.to_look_at} to look at" if found.to_look_at else ""
    return f"{kind}{more}, {found.certainty.words}{look}"

"""Reads a gazetteer from files: finds out their format, and hands them to it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gazetteer.errors import Fault, MissingInput, UnknownFormat, nearest
from gazetteer.formats.addressbase import PREMIUM_1, PREMIUM_2
from gazetteer.formats.base import Columns, Format, Tables
from gazetteer.formats.core import CORE
from gazetteer.formats.dtf import DTF
from gazetteer.formats.flat import FLAT
from gazetteer.formats.headings import header
from gazetteer.formats.lines import Lines, read_lines
from gazetteer.formats.ngd import NGD
from gazetteer.formats.open_uprn import is_open_uprn, located
from gazetteer.formats.plus import PLUS
from gazetteer.formats.products import Product
from gazetteer.formats.standard import STANDARD
from gazetteer.sums import sum_of

# Where two formats understand a file equally well, the earlier is chosen.
PRODUCTS: Sequence[Product] = (PLUS, CORE, STANDARD, NGD)
# A published table has a column UPRN too, and is never taken for a council's own view.
FORMATS: Sequence[Format] = (PREMIUM_2, PREMIUM_1, DTF, *PRODUCTS, FLAT)

Where = str | Path


def read_tables(path: Where | Sequence[Where], columns: Columns | None = None) -> Tables:
    """Reads a gazetteer of any known format from a file, a folder of files or a list of them.

    The rows say which format they are in. Several files are one gazetteer: volumes, one file for each kind of
    record, or a full supply and the change-only supplies that followed it. OS Open UPRN among them fills the
    coordinates that the gazetteer lacks. `columns` maps the canonical names of a
    flat file's columns to the file's own, for those that are not recognised unaided.

    Raises MissingInput where a path or column is not there, and FormatError with every fault of every file.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     view = Path(folder, "view.csv")
    ...     _ = view.write_text("UPRN,ADDRESS,POSTCODE\\n1,1 Fern Road,zq11aa\\n")
    ...     read_tables(view).properties["uprn", "postcode"].row(0)
    (1, 'ZQ1 1AA')
    """
    every = _files(path)
    places = [each for each in every if is_open_uprn(each)]
    files = [read_lines(each) for each in every if each not in places]
    if not files:
        message = "OS Open UPRN has no addresses to place anything by"
        expected = "a gazetteer, with this file beside it for its coordinates; check_uprns tells which UPRNs it knows"
        raise UnknownFormat(places[0].name, [Fault(None, None, message, expected=expected)])
    tables = _format(files, columns).read(files, columns)
    tables = located(tables, places) if places else tables
    sources = tuple((each.name, sum_of(each)) for each in every)
    return replace(tables, supply=replace(tables.supply, sources=sources))


def _files(path: Where | Sequence[Where]) -> list[Path]:
    given = [Path(path)] if isinstance(path, str | Path) else [Path(each) for each in path]
    if not given:
        raise MissingInput("no gazetteer file was named")
    return [file for each in given for file in (_in_folder(each) if each.is_dir() else [each])]


def _in_folder(folder: Path) -> list[Path]:
    # Ordnance Survey names full supplies FULL and changes COU, each with its date: the full one is read first.
    texts = (file for file in folder.iterdir() if file.suffix.casefold() in (".csv", ".txt"))
    found = sorted(texts, key=lambda file: ("_FULL_" not in file.name.upper(), file.name))
    if not found:
        raise MissingInput(f"{folder}: there is no .csv or .txt file in this folder")
    return found


def _format(files: Sequence[Lines], columns: Columns | None) -> Format:
    _refuse_doubtful(files, columns)
    understood = [(each.understands(files, columns), each) for each in FORMATS]
    if any(count for count, each in understood if each in PRODUCTS):
        understood = [(count, each) for count, each in understood if each is not FLAT]
    most = max(count for count, _ in understood)
    # Lines that name a record, but none of them whole, are told apart by what is wrong with them.
    if most or any(file.frame["record"].is_not_null().any() for file in files):
        return next(each for count, each in understood if count == most)
    raise UnknownFormat(files[0].name, [_stranger(files[0])])


def _refuse_doubtful(files: Sequence[Lines], columns: Columns | None) -> None:
    for file in files:
        several = [each.name for each in PRODUCTS if each.understands([file], columns)]
        if len(several) > 1:
            message = f"the rows without a header fit {' and '.join(several)} alike"
            raise UnknownFormat(file.name, [Fault(1, None, message, expected="a header row that names the columns")])


def _stranger(file: Lines) -> Fault:
    """Says of a file that nothing understands what would come nearest."""
    names = header(file)[0]
    if not names or not names[0].isdigit():
        every = ", ".join(each.name for each in FORMATS)
        message = "no row begins with a record identifier, and the first names no column UPRN"
        return Fault(1, None, message, expected=f"one of {every}", nearest=nearest("uprn", names))
    width = int(file.frame["width"][0])
    layouts = {each.name: each.width for each in PRODUCTS if each.width}
    like = min(layouts, key=lambda name: abs(layouts[name] - width))
    same = [name for name in layouts if layouts[name] == width]
    message = f"{width} columns and no header row"
    if same:
        message += f", and the first rows hold what {' and '.join(same)} cannot"
    return Fault(1, None, message, expected=" or ".join(f"{n} in {name}" for name, n in layouts.items()), nearest=like)

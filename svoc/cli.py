"""The command line: every verb says what it does, shows an example, and ends with an exit code that a scheduler knows.

0 done; 1 unexpected; 2 wrong usage, settings, a column or path that is not there; 3 the input has faults; 4 a guard
refused the plan; 5 busy, the database away or out of room. Whatever it ends with, it says so in a sentence.
"""

import errno
import functools
import json
import logging
import sys
import traceback
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer

from svoc.errors import SettingsError, StoreUnavailable, SvocError

__all__ = ["app", "main"]

app = typer.Typer(
    name="svoc",
    help="One golden record per resident: addresses to UPRN, records to people, identifiers that never break.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

P = ParamSpec("P")
R = TypeVar("R")

Settings = Annotated[Path, typer.Argument(help="council.toml", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON on standard output.")]
ForPurpose = Annotated[str | None, typer.Option(help="What it is for; the purpose in council.toml unless given.")]


def told(command: Callable[P, R]) -> Callable[P, R]:
    """End with the exit code of what went wrong, and a sentence in place of a traceback."""

    @functools.wraps(command)
    def careful(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except SvocError as fault:
            typer.echo(str(fault), err=True)
            raise typer.Exit(fault.exit_code) from None
        except (BrokenPipeError, KeyboardInterrupt):
            raise typer.Exit(1) from None
        except OSError as fault:
            typer.echo(_of_the_disk(fault), err=True)
            raise typer.Exit(_code_of(fault)) from None
        except typer.Exit:
            raise
        except Exception as fault:  # the last resort: say where, never what was in the data
            typer.echo(_unexpected(fault), err=True)
            raise typer.Exit(1) from None

    return careful


NOT_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError, FileExistsError, PermissionError)
"""Refusals of the system that another path or another right mends, and that waiting does not."""


def _code_of(fault: OSError) -> int:
    return SettingsError.exit_code if isinstance(fault, NOT_THERE) else StoreUnavailable.exit_code


def _of_the_disk(fault: OSError) -> str:
    name = Path(str(fault.filename)).name if fault.filename else "a file"
    words = "the disk is full" if fault.errno in {errno.ENOSPC, errno.EDQUOT} else fault.strerror
    words = words or type(fault).__name__
    return f"{name}: cannot be read or written ({words}); nothing is half done: mend it and run the command again"


def _unexpected(fault: Exception) -> str:
    """Name the place and the kind of an unexpected error, but not its message, which may hold personal data."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [f for f in frames if Path(f.filename).parts[-2:-1] not in {("typer",), ("click",)}]
    last = ours[-1] if ours else frames[-1]
    where = "/".join(Path(last.filename).parts[-3:])
    kind = type(fault).__name__
    return f"unexpected {kind} at {where}, line {last.lineno}; nothing was committed. Please report this line."


def answer(figures: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print an answer: words for people, one JSON object for machines."""
    typer.echo(json.dumps(figures, ensure_ascii=False, default=str, sort_keys=True) if as_json else words)


@app.command()
@told
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make the town; an empty or new folder.")] = Path("demo"),
    *,
    open_report: Annotated[bool, typer.Option("--open", help="Open the last report in a browser.")] = False,
    dwellings: Annotated[int, typer.Option(help="How large the town is.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another number gives another town.")] = 7,
) -> None:
    """Make a town, run two nights and a death that is told once, and tell the story.

    Example: svoc demo --open
    """
    from svoc.demo import demonstrate

    report = demonstrate(folder, dwellings=dwellings, seed=seed, say=typer.echo)
    if open_report:
        typer.launch(report.as_uri())


@app.command()
@told
def rehearse(
    folder: Annotated[Path, typer.Argument(help="Where to write the town.", show_default=False)],
    *,
    dwellings: Annotated[int, typer.Option(help="Dwellings on the first night.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed writes the same town.")] = 1,
    nights: Annotated[int, typer.Option(help="Nights of extracts; truth.csv is that of the last.")] = 2,
    layout: Annotated[list[str] | None, typer.Option(help="A source's layout, as council_tax=academy.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write a made-up town: gazetteer, extracts for several nights, notices, truth and council.toml.

    Example: svoc rehearse town --dwellings 20000 --seed 7
    """
    from svoc.rehearsal.town import rehearse as make

    layouts = dict(_named(pair) for pair in layout or [])
    try:
        town = make(folder, dwellings=dwellings, seed=seed, nights=nights, layouts=layouts)
    except ValueError as fault:
        raise SettingsError(str(fault)) from None
    figures = {"folder": str(town.folder), "nights": town.nights, "mentions": town.truth.height}
    answer(figures, f"{town.settings}: {town.nights} nights, {town.truth.height} parties named", as_json=as_json)


def _named(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not sign:
        raise SettingsError(f"--layout {pair}: expected a source and a layout, as council_tax=academy")
    return name, value


@app.command()
@told
def check(settings: Settings, *, as_json: AsJson = False) -> None:
    """Read settings, gazetteer and extracts, and show all faults at once; write nothing.

    Example: svoc check council.toml
    """
    _refuse_strangers()
    from svoc.checking import check as look

    figures = look(settings)
    words = "\n".join(f"{name}: {count}" for name, count in figures.items())
    answer(figures, f"{settings.name} is sound\n{words}", as_json=as_json)


def _refuse_strangers() -> None:
    """Refuse others' packages that bear the names of ours: `gazetteer` and `matchers` are common words."""
    home = Path(__file__).parent.parent
    for name in ("gazetteer", "matchers"):
        found = find_spec(name)
        where = Path(found.origin).parent.parent if found and found.origin else None
        if where != home:
            told = "is another distribution's" if where else "is not installed"
            raise SettingsError(
                f"the package {name} {told}, not svoc's own: install svoc into an environment of its own"
            )


@app.command()
@told
def night(
    settings: Settings,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and report, but change nothing.")] = False,
    purpose: ForPurpose = None,
    actor: Annotated[str | None, typer.Option(help="Who runs it; the actor in council.toml unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan a night, guard it, commit it, and carry its notices.

    Example: svoc night council.toml --dry-run
    """
    from svoc.running import run_night

    _log_to_stderr()
    done = run_night(settings, purpose=purpose, actor=actor, dry_run=dry_run)
    answer(done.figures, "\n".join(done.words), as_json=as_json)
    if done.refused:
        raise typer.Exit(4)


@app.command()
@told
def place(
    gazetteer: Annotated[
        Path, typer.Argument(help="A gazetteer in any known format, or one saved.", show_default=False)
    ],
    addresses: Annotated[Path, typer.Argument(help="Addresses: CSV, TSV or Parquet.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option(help="Where to write the answers (CSV or Parquet).")],
    address: Annotated[list[str] | None, typer.Option(help="The columns of the address, in order.")] = None,
    postcode: Annotated[str | None, typer.Option(help="The column of the postcode.")] = None,
    uprn: Annotated[str | None, typer.Option(help="The column of a UPRN that the file supplies.")] = None,
    tuning: Annotated[Path | None, typer.Option(help="Figures to place by, as svoc refit writes them.")] = None,
    feedback: Annotated[Path | None, typer.Option(help="A CSV of placements that people confirmed.")] = None,
    wanted: Annotated[
        float | None, typer.Option(help="Hold back as ambiguous what is less certain than this, as 0.999.")
    ] = None,
    lists: Annotated[Path | None, typer.Option(help="A folder for the address custodian's lists.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give every address of a file its UPRN, or a reason why not; no council needed.

    Example: svoc place llpg.csv addresses.csv --out placed.csv
    """
    from svoc.by_file import place_file
    from svoc.by_file.summary import summary

    figures = place_file(
        gazetteer,
        addresses,
        out,
        address=address or [],
        postcode=postcode,
        uprn=uprn,
        tuning=tuning,
        feedback=feedback,
        wanted=wanted,
        lists=lists,
    )
    answer(figures, f"{out}\n{summary(figures)}", as_json=as_json)


@app.command()
@told
def refit(
    gazetteer: Annotated[
        Path, typer.Argument(help="A gazetteer in any known format, or one saved.", show_default=False)
    ],
    feedback: Annotated[Path, typer.Argument(help="A CSV of placements that people confirmed.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option(help="Where to write the figures (JSON), if they are better.")],
    tuning: Annotated[Path | None, typer.Option(help="Figures to begin at; the shipped ones unless given.")] = None,
    wanted: Annotated[float, typer.Option(help="The precision at which thresholds are chosen.")] = 0.998,
    as_json: AsJson = False,
) -> None:
    """Refit the figures of placing to confirmed placements; refuse, and write nothing, where that is no better.

    Example: svoc refit llpg.csv confirmed.csv --out tuning.json --wanted 0.998
    """
    from datetime import UTC, datetime

    from svoc.by_file import refit_file

    today = datetime.now(UTC).date()
    figures, words, written = refit_file(gazetteer, feedback, out, tuning=tuning, wanted=wanted, on=today)
    answer(figures, words, as_json=as_json)
    if not written:
        raise typer.Exit(4)


@app.command()
@told
def link(
    records: Annotated[Path, typer.Argument(help="A CSV or Parquet of records.", show_default=False)],
    others: Annotated[Path | None, typer.Argument(help="A second file, to link the first with.")] = None,
    *,
    out: Annotated[Path, typer.Option(help="Where to write the pairs or clusters (CSV or Parquet).")],
    model: Annotated[Path | None, typer.Option(help="A model file; the shipped person model unless given.")] = None,
    id_column: Annotated[str, typer.Option("--id", help="The column that names a record.")] = "id",
    clusters: Annotated[bool, typer.Option("--clusters", help="Write who is one instead of pairs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find which records are the same, within one file or between two; no council needed.

    Example: svoc link people.csv --model person_model.json --out pairs.csv
    """
    from svoc.by_file import link_files

    figures = link_files(records, others, out, model=model, id_column=id_column, clusters=clusters)
    words = "\n".join(f"{name}: {count}" for name, count in figures.items())
    answer(figures, f"{out}\n{words}", as_json=as_json)


@app.command()
@told
def train(
    settings: Settings,
    *,
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("person_model.json"),
    seed: Annotated[int, typer.Option(help="The same seed and records give the same model.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Learn the weights of the person model from the council's own records, no labels needed.

    Beside the model it writes its card (.md): what was learned, what it is expected to do, and its limits.

    Example: svoc train council.toml --out our_model.json
    """
    from svoc.running import train_model

    figures = train_model(settings, out, seed=seed)
    words = f"{out}: name it in [matching] model to use it\n{figures['card']}: what it learned and what to expect of it"
    answer(figures, words, as_json=as_json)


@app.command()
@told
def evaluate(
    settings: Settings,
    *,
    truth: Annotated[Path, typer.Option(help="A CSV with source,record,party,person,uprn.")],
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Compare what the nights made with a known truth.

    Example: svoc evaluate town/council.toml --truth town/truth.csv
    """
    from svoc.running import evaluate_council

    figures, words = evaluate_council(settings, truth, purpose=purpose)
    answer(figures, words, as_json=as_json)


@app.command()
@told
def export(
    settings: Settings,
    *,
    to: Annotated[Path, typer.Option(help="The folder to write into.")],
    purpose: ForPurpose = None,
    form: Annotated[str, typer.Option("--format", help="csv or parquet")] = "csv",
    as_json: AsJson = False,
) -> None:
    """Write members, persons, cases and placements as far as the purpose may read them.

    Example: svoc export council.toml --to out --format parquet
    """
    from svoc.running import export_council

    figures = export_council(settings, to, purpose=purpose, form=form)
    answer(figures, "\n".join(f"{name}: {count}" for name, count in figures.items()), as_json=as_json)


@app.command()
@told
def custodian(
    settings: Settings,
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the lists into.")],
    actor: Annotated[str | None, typer.Option(help="Who asks; the actor in council.toml unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """List for the address custodian where systems and gazetteer do not meet, after the last night.

    Example: svoc custodian council.toml --out lists
    """
    from svoc.running import list_for_custodian

    _log_to_stderr()
    figures = list_for_custodian(settings, out, actor=actor)
    answer(figures, "\n".join(f"{name}: {count}" for name, count in figures.items()), as_json=as_json)


@app.command()
@told
def tell(
    settings: Settings,
    file: Annotated[
        Path, typer.Argument(help="GRO XML, GOV.UK life-events JSON or a registrar's CSV.", show_default=False)
    ],
    *,
    confirmed_by: Annotated[
        str | None, typer.Option(help="Who confirms the events that fit exactly one person.")
    ] = None,
    because: Annotated[str, typer.Option(help="Why they confirm them.")] = "checked against the registration",
    as_json: AsJson = False,
) -> None:
    """Take life events, find whose they are, and tell the systems that may know once a human has confirmed.

    Example: svoc tell council.toml deaths.xml --confirmed-by j.okafor
    """
    from svoc.running import tell_events

    _log_to_stderr()
    figures, words = tell_events(settings, file, confirmed_by=confirmed_by, because=because)
    answer(figures, words, as_json=as_json)


@app.command()
@told
def find(
    settings: Settings,
    text: Annotated[
        str, typer.Argument(help='A name, and a postcode if known: "jon smith pl4 8aa".', show_default=False)
    ],
    *,
    purpose: Annotated[str, typer.Option(help="What it is for.")],
    most: Annotated[int, typer.Option(help="How many to show at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Find a resident by name and place, as far as the purpose may see.

    Example: svoc find council.toml "jon smith pl4 8aa" --purpose council-tax
    """
    from svoc.council import Council

    with Council.open(settings) as council:
        persons = council.find(text, purpose=purpose, most=most)
    rows = [
        {"person": p.id, "name": p.name, "address": p.address, "postcode": p.postcode, "uprn": p.uprn} for p in persons
    ]
    words = [f"{p.id}  {p.name}, {p.address or 'no address'} {p.postcode or ''}".rstrip() for p in persons]
    answer({"persons": rows}, "\n".join(words) or "nobody was found", as_json=as_json)


@app.command()
@told
def explain(
    settings: Settings,
    left: Annotated[str, typer.Argument(help="A mention, as council_tax/60100033/1.", show_default=False)],
    right: Annotated[str, typer.Argument(help="Another mention.", show_default=False)],
    *,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Say why two mentions are, or are not, one person, in bits and in words.

    Example: svoc explain council.toml council_tax/60100033/1 electoral_register/AB1-2/1
    """
    from svoc.running import explain_pair

    figures, words = explain_pair(settings, left, right, purpose=purpose)
    answer(figures, words, as_json=as_json)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("svoc"))
        raise typer.Exit


@app.callback()
def house(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """One golden record per resident: addresses to UPRN, records to people, identifiers that never break."""


def _log_to_stderr() -> None:
    """Send log lines to standard error, one JSON object each, so that standard output stays the answer's."""
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def main() -> None:
    """Run the command line."""
    app()

"""The verbs that read what the nights made: export, custodian, find, explain."""

from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.logs import log_to_stderr
from svoc.cli.verbs import Actor, AsJson, Because, ForPurpose, Settings, answer

__all__ = ["custodian", "explain", "export", "find", "migration"]


def export(
    settings: Settings,
    *,
    to: Annotated[Path, typer.Option(help="The folder to write into.")],
    purpose: ForPurpose = None,
    form: Annotated[str, typer.Option("--format", help="csv or parquet")] = "csv",
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """Write members, persons, households, cases and placements as far as the purpose may read them.

    Example: svoc export council.toml --to out --format parquet
    """
    from svoc.showing import export_council

    figures = export_council(settings, to, purpose=purpose, form=form, actor=actor, because=because)
    answer(figures, "\n".join(f"{name}: {count}" for name, count in figures.items()), as_json=as_json)


def custodian(
    settings: Settings,
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the lists into.")],
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """List for the address custodian where systems and gazetteer do not meet, after the last night.

    Example: svoc custodian council.toml --out lists
    """
    from svoc.showing import list_for_custodian

    log_to_stderr(settings)
    figures = list_for_custodian(settings, out, actor=actor)
    answer(figures, "\n".join(f"{name}: {count}" for name, count in figures.items()), as_json=as_json)


def migration(
    settings: Settings,
    *,
    out: Annotated[Path, typer.Option(help="The folder to write the lists into.")],
    purpose: Annotated[str | None, typer.Option(help="What it is for; migration unless given.")] = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """List what councils that become one have in common, after the last night: people, accounts, references, UPRNs.

    Example: svoc migration council.toml --out lists
    """
    from svoc.migration import report_migration

    log_to_stderr(settings)
    figures = report_migration(settings, out, purpose=purpose, actor=actor)
    answer(figures, "\n".join(f"{name}: {count}" for name, count in figures.items()), as_json=as_json)


def find(
    settings: Settings,
    text: Annotated[
        str, typer.Argument(help='A name, and a postcode if known: "jon smith pl4 8aa".', show_default=False)
    ],
    *,
    purpose: Annotated[str, typer.Option(help="What it is for.")],
    most: Annotated[int, typer.Option(help="How many to show at most.")] = 10,
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """Find a resident by name and place, as far as the purpose may see.

    Example: svoc find council.toml "jon smith pl4 8aa" --purpose council-tax
    """
    from svoc.council import Council

    with Council.open(settings) as council:
        persons = council.reader(purpose, actor=actor, because=because).find(text, most=most)
    rows = [
        {"person": p.id, "name": p.name, "address": p.address, "postcode": p.postcode, "uprn": p.uprn} for p in persons
    ]
    words = [f"{p.id}  {p.name}, {p.address or 'no address'} {p.postcode or ''}".rstrip() for p in persons]
    answer({"persons": rows}, "\n".join(words) or "nobody was found", as_json=as_json)


def explain(
    settings: Settings,
    left: Annotated[str, typer.Argument(help="A mention, as council_tax/60100033/1.", show_default=False)],
    right: Annotated[str, typer.Argument(help="Another mention.", show_default=False)],
    *,
    purpose: ForPurpose = None,
    for_subject: Annotated[
        bool, typer.Option("--for-subject", help="Answer the person whom LEFT names: no third party is told of.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Write the explanation as a page too.")] = None,
    actor: Actor = None,
    because: Because = None,
    as_json: AsJson = False,
) -> None:
    """Say why two mentions are, or are not, one person, and what would change that, in bits and in words.

    Example: svoc explain council.toml council_tax/60100033/1 electoral_register/AB1-2/1 --html why.html
    """
    from svoc.showing import explain_pair

    asked = {"purpose": purpose, "actor": actor, "because": because}
    figures, words = explain_pair(settings, left, right, for_subject=for_subject, html=html, **asked)
    answer(figures, words, as_json=as_json)

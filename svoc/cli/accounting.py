"""The verb by which a council shows what it does: accountability."""

from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.verbs import AsJson, Settings, answer

__all__ = ["accountability"]


def accountability(
    settings: Settings,
    *,
    to: Annotated[Path, typer.Option(help="The folder to write into.")],
    purpose: Annotated[
        str | None, typer.Option(help="What it is drawn up for; the purpose in council.toml unless given.")
    ] = None,
    actor: Annotated[str | None, typer.Option(help="Who draws it up; the actor in council.toml unless given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draft what a council shows of itself, from council.toml and the last night: nobody is named.

    An algorithmic transparency record, an annex to the data protection impact assessment, a record of processing, and
    how people fare by how their name is built; each as HTML, Markdown and JSON. What only the council can say is left
    open. Nothing of it is legal advice.

    Example: svoc accountability council.toml --to records --actor a.bell
    """
    from svoc.accountability import RECORDS, known_of, write_records
    from svoc.council import Council

    with Council.open(settings) as council:
        known = known_of(council, purpose=purpose, actor=actor)
    records = [draft(known) for draft in RECORDS.values()]
    files = write_records(records, to, on=known.on.isoformat())
    waits = {record.name: len(record.open) for record in records}
    lines = [f"{record.name}: {waits[record.name]} fields for the officer to complete" for record in records]
    answer({"files": [str(file) for file in files], "open": waits}, "\n".join(lines), as_json=as_json)

"""The verbs that need no council: place, refit, link."""

from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.verbs import AsJson, answer

__all__ = ["link", "place", "refit"]


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

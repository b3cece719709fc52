"""The verbs about the person model: train, thresholds, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.verbs import AsJson, ForPurpose, Settings, answer

__all__ = ["evaluate", "thresholds", "train"]


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


def thresholds(
    settings: Settings,
    *,
    wanted: Annotated[float | None, typer.Option(help="A precision, as 0.999: name the thresholds for it.")] = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Show what thresholds would do with the council's own pairs, before any is chosen; nothing is changed.

    For each wanted precision: the thresholds, in bits, the links they make and the cases they leave, and the precision
    and recall to expect. Recall is of the pairs that are looked at.

    Example: svoc thresholds council.toml --wanted 0.999
    """
    from svoc.running import thresholds_of_council

    figures, words = thresholds_of_council(settings, wanted=wanted, purpose=purpose)
    answer(figures, words, as_json=as_json)


def evaluate(
    settings: Settings,
    *,
    truth: Annotated[Path, typer.Option(help="A CSV with source,record,party,person,uprn.")],
    people: Annotated[
        Path | None, typer.Option(help="A CSV with person,household,forename,surname,born: who lives together.")
    ] = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Compare what the nights made with a known truth.

    Example: svoc evaluate town/council.toml --truth town/truth.csv --people town/people.csv
    """
    from svoc.running import evaluate_council

    figures, words = evaluate_council(settings, truth, purpose=purpose, people=people)
    answer(figures, words, as_json=as_json)

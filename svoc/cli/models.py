"""The verbs about the person model: train, thresholds, review, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

from svoc.cli.verbs import AsJson, ForPurpose, Settings, answer
from svoc.errors import SettingsError

__all__ = ["evaluate", "review", "thresholds", "train"]


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


def review(
    settings: Settings,
    *,
    out: Annotated[Path, typer.Option(help="Where to write the pairs to judge (CSV).")],
    each: Annotated[int, typer.Option(help="How many pairs to draw from each group of like certainty.")] = 50,
    seed: Annotated[int, typer.Option(help="Another number draws others.")] = 1,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Draw pairs for stewards to judge, doubtful ones more often, without saying what the night made of them.

    Fill in same with yes or no, leave what cannot be told, and give it to svoc evaluate --reviewed.

    Example: svoc review council.toml --out sample.csv
    """
    from svoc.measuring import draw_review

    figures, words = draw_review(settings, out, each=each, seed=seed, purpose=purpose)
    answer(figures, words, as_json=as_json)


def evaluate(
    settings: Settings,
    *,
    truth: Annotated[Path | None, typer.Option(help="A CSV with source,record,party,person,uprn.")] = None,
    people: Annotated[
        Path | None, typer.Option(help="A CSV with person,household,forename,surname,born: who lives together.")
    ] = None,
    reviewed: Annotated[
        Path | None, typer.Option(help="A sample that svoc review drew and stewards have judged.")
    ] = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Say how good the nights are: by a known truth, by pairs that stewards judged, or, with neither, by recapture.

    Without truth or review, precision is what the model expects, and what no rule looks at is reckoned from how often
    different rules find the same pair.

    Example: svoc evaluate town/council.toml --truth town/truth.csv --people town/people.csv
    """
    from svoc.measuring import recapture_council, reviewed_council
    from svoc.running import evaluate_council

    if (truth and reviewed) or (people and not truth):
        raise SettingsError("--truth (with --people) or --reviewed, not both")
    if truth:
        figures, words = evaluate_council(settings, truth, purpose=purpose, people=people)
    elif reviewed:
        figures, words = reviewed_council(reviewed)
    else:
        figures, words = recapture_council(settings, purpose=purpose)
    answer(figures, words, as_json=as_json)

"""How a name is built: what a fairness table compares. Structure only: nothing here guesses where a name comes from."""

import polars as pl

from matchers.comparisons.surnames import PARTICLES
from matchers.errors import require_columns

SHORT = 3

STRUCTURES = pl.Schema({"id": pl.String(), "trait": pl.String(), "group": pl.String()})


def name_structures(
    records: pl.DataFrame,
    *,
    id: str = "id",  # noqa: A002
    forename: str = "forename",
    middle_names: str | None = "middle_names",
    surname: str = "surname",
    title: str | None = "title",
) -> pl.DataFrame:
    """Say how each record's name is built: `id` (as given), `trait` and `group` String, several rows for a record.

    The trait `surname` has the groups hyphenated, several words, with a particle, with an apostrophe, of three letters
    or fewer, with letters beyond A to Z, missing, and plain where none of these holds; `forename` an initial only, of
    three letters or fewer, several words, with letters beyond A to Z, missing, plain; `middle names` and `title` given
    or missing. Particles alone (van, de, O) do not make several words. Groups overlap.

    >>> people = pl.DataFrame({"id": ["a", "b"], "forename": ["J", "Ann"], "surname": ["van den Berg-Li", "Ng"]})
    >>> name_structures(people, middle_names=None, title=None).filter(id="a")["group"].to_list()
    ['hyphenated', 'with a particle', 'an initial only']
    """
    wanted = [column for column in (id, forename, middle_names, surname, title) if column]
    require_columns(wanted, records.columns, where="the records")
    last, first = (pl.col(column).str.strip_chars() for column in (surname, forename))
    groups = {
        ("surname", "hyphenated"): last.str.contains(r"\w-\w"),
        ("surname", "several words"): _words(last).list.len() > 1,
        ("surname", "with a particle"): _all_words(last).list.eval(pl.element().is_in(PARTICLES)).list.any(),
        ("surname", "with an apostrophe"): last.str.contains("['’‘`´ʼ]"),
        ("surname", "of three letters or fewer"): _letters(last) <= SHORT,
        ("surname", "with letters beyond A to Z"): last.str.contains(r"[^\x00-\x7f’‘´ʼ]"),
        ("forename", "an initial only"): _letters(first) == 1,
        ("forename", "of three letters or fewer"): _letters(first).is_between(2, SHORT),
        ("forename", "several words"): _all_words(first).list.len() > 1,
        ("forename", "with letters beyond A to Z"): first.str.contains(r"[^\x00-\x7f’‘´ʼ]"),
    }
    parts = [_having(records, id, trait, group, shown) for (trait, group), shown in groups.items()]
    for trait, column in (("surname", surname), ("forename", forename)):
        odd = pl.any_horizontal(shown.fill_null(value=False) for (of, _), shown in groups.items() if of == trait)
        parts.append(_having(records, id, trait, "plain", ~odd & (pl.col(column).str.strip_chars() != "")))
        parts.append(_having(records, id, trait, "missing", _absent(column)))
    for trait, optional in (("middle names", middle_names), ("title", title)):
        if optional:
            parts.append(_having(records, id, trait, "missing", _absent(optional)))
            parts.append(_having(records, id, trait, "given", ~_absent(optional)))
    return pl.concat(parts)


def _absent(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().fill_null("") == ""


def _letters(name: pl.Expr) -> pl.Expr:
    count = name.str.replace_all(r"[^\p{L}]", "").str.len_chars()
    return pl.when(count > 0).then(count)


def _all_words(name: pl.Expr) -> pl.Expr:
    return name.str.to_uppercase().str.extract_all(r"[\p{L}'’]+(?:-[\p{L}'’]+)*")


def _words(name: pl.Expr) -> pl.Expr:
    """The words that are no particles."""
    return _all_words(name).list.eval(pl.element().filter(~pl.element().is_in(PARTICLES)))


def _having(records: pl.DataFrame, id_column: str, trait: str, group: str, shown: pl.Expr) -> pl.DataFrame:
    having = records.filter(shown.fill_null(value=False))
    return having.select(id=pl.col(id_column), trait=pl.lit(trait), group=pl.lit(group))

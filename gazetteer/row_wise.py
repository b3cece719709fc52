"""Runs polars expressions on single rows, for the few rows of one address: a frame's start-up costs more than they do.

The evidence is defined once, as polars expressions. A night weighs millions of pairs by them; `find` weighs a few, as
somebody types. This reads an expression's own plan (`Expr.meta.serialize`) and writes the same as Python source, nulls
as polars has them: a comparison with null is null, `and` and `or` are three-valued, a null condition does not hold.
"""

import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

import polars as pl

_COMPARED: Final = {"Eq": "==", "NotEq": "!=", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">="}
_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_COUNTED: Final = {"Plus": "+", "Minus": "-", "Multiply": "*", "Modulus": "%"}
_OF_TEXTS: Final = {
    "StartsWith": "{0}.startswith({1})",
    "EndsWith": "{0}.endswith({1})",
    "Contains": "({1} in {0})",
}
_STRIPPED: Final = {"StripPrefix": "removeprefix", "StripSuffix": "removesuffix"}

Node = Any


class NoRowForm(Exception):
    """Says which part of an expression has no form for single rows."""


@dataclass(frozen=True, slots=True)
class Add:
    """Adds columns to pairs, each from those that were there before."""

    columns: dict[str, pl.Expr]


@dataclass(frozen=True, slots=True)
class Keep:
    """Keeps the pairs of which a condition holds."""

    condition: pl.Expr


@dataclass(frozen=True, slots=True)
class Grade:
    """Adds a column by a function of texts, which says the same of the same."""

    column: str
    grade: Callable[..., str]
    of: tuple[str, ...]


Step = Add | Keep | Grade
RowForm = Callable[..., tuple[Any, ...] | None]


def row_form(steps: Iterable[Step], given: Iterable[str], wanted: Iterable[str]) -> RowForm:
    """Compiles steps into a function of one row: of the columns `given`, in order, to those `wanted`.

    It gives None for a row that a step does not keep. Raises NoRowForm where polars says something that this does not
    know, or says it in another form than the one that this can read.

    >>> small = row_form([Add({"b": pl.col("a") + 1}), Keep(pl.col("b") > 2)], ["a"], ["a", "b"])
    >>> small(1), small(2), small(None)
    (None, (2, 3), None)
    """
    try:
        return _compiled(steps, given, wanted)
    except NoRowForm:
        raise
    except Exception as fault:  # plans are polars's own affair: another version may write them in any other way
        raise NoRowForm(f"a plan cannot be read ({type(fault).__name__})") from fault


def _compiled(steps: Iterable[Step], given: Iterable[str], wanted: Iterable[str]) -> RowForm:
    given = tuple(given)
    writer = _Writer(given)
    lines = [f"def row({', '.join(given)}):"]
    for step in steps:
        if isinstance(step, Keep):
            lines.append(f"    if not {writer.true(_plan(step.condition))}: return None")
        elif isinstance(step, Grade):
            lines.append(f"    {step.column} = {writer.constant(step.grade)}({', '.join(step.of)})")
            writer.columns.add(step.column)
        else:
            values = ", ".join(writer.value(_plan(expression)) for expression in step.columns.values())
            lines.append(f"    {', '.join(step.columns)} = {values}")
            writer.columns.update(step.columns)
    lines.append(f"    return ({', '.join(wanted)},)")
    made: dict[str, Any] = {}
    exec("\n".join(lines), writer.constants, made)  # noqa: S102  only what this module wrote is run
    function: RowForm = made["row"]
    return function


def _plan(expression: pl.Expr) -> Node:
    return json.loads(expression.meta.serialize(format="json"))


class _Writer:
    """Writes the nodes of a plan as Python: `value` gives a value or None, `true` and `false` two-valued conditions."""

    def __init__(self, columns: Iterable[str]) -> None:
        self.columns = set(columns)
        self.constants: dict[str, Any] = {}
        self._temporary = 0

    def constant(self, value: object) -> str:
        """Names a constant; short texts, numbers and flags stand for themselves."""
        if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and isfinite(value)):
            return repr(value)
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def column(self, name: str) -> str:
        """Writes a column's name, which must be one that is there."""
        if name not in self.columns:
            raise NoRowForm("a column that is not there")
        return name

    def value(self, node: Node) -> str:
        """Writes what a node amounts to; None stands for null."""
        kind, body = _one(node)
        if kind == "Column":
            return self.column(body)
        if kind == "Literal":
            return self.constant(_literal(node))
        if kind == "Ternary":
            chosen, other = self.value(body["truthy"]), self.value(body["falsy"])
            return f"({chosen} if {self.true(body['predicate'])} else {other})"
        if kind == "BinaryExpr" and body["op"] in _COUNTED:
            sides = body["left"], body["right"]
            return self._unless_null(sides, lambda left, right: f"{left} {_COUNTED[body['op']]} {right}", "None")
        if kind == "Function" and (written := self._function_value(body)):
            return written
        held = f"(False if {self.false(node)} else None)"
        return f"(True if {self.true(node)} else {held})"

    def _function_value(self, body: Node) -> str:
        """Writes what a function that is no condition amounts to; "" for the others."""
        name, inputs, options = _called(body)
        if name == "FillNull":
            return self._unless_null(inputs[:1], lambda held: held, self.value(inputs[1]))
        if name == "ReplaceStrict" and len(inputs) == 4:
            table = dict(zip(_literal(inputs[1]), _literal(inputs[2]), strict=True))
            return f"{self.constant(table)}.get({self.value(inputs[0])}, {self.value(inputs[3])})"
        if name == "Replace" and options == {"n": -1, "literal": False}:
            # Rust writes the first group ${1}, Python \\g<1>.
            written = re.sub(r"\$\{(\w+)\}", r"\\g<\1>", _literal(inputs[2]))
            replace, by = self.constant(re.compile(_literal(inputs[1])).sub), self.constant(written)
            return self._unless_null(inputs[:1], lambda held: f"{replace}({by}, {held})", "None")
        if name in _STRIPPED:
            strip = f"{{0}}.{_STRIPPED[name]}({{1}})"
            return self._unless_null(inputs, strip.format, "None")
        return ""

    def true(self, node: Node) -> str:
        """Writes the condition that a node is true."""
        return self._condition(node, holds=True)

    def false(self, node: Node) -> str:
        """Writes the condition that a node is false, not null."""
        return self._condition(node, holds=False)

    def _condition(self, node: Node, *, holds: bool) -> str:
        kind, body = _one(node)
        if kind == "BinaryExpr":
            return self._of_two(body, holds=holds)
        if kind == "Function":
            return self._of_function(body, holds=holds)
        if kind == "Column":
            return f"({self.column(body)} is {holds})"
        if kind == "Literal":
            return repr(_literal(node) is holds)
        if kind == "Ternary":
            chosen, other = (self._condition(body[name], holds=holds) for name in ("truthy", "falsy"))
            return f"({chosen} if {self.true(body['predicate'])} else {other})"
        raise NoRowForm(f"{kind} as a condition")

    def _of_two(self, body: Node, *, holds: bool) -> str:
        if body["op"] in ("And", "Or"):
            both = [self._condition(body[side], holds=holds) for side in ("left", "right")]
            return f"({' and '.join(both)})" if (body["op"] == "And") == holds else f"({' or '.join(both)})"
        if body["op"] not in _COMPARED:
            raise NoRowForm(f"{body['op']} as a condition")
        sign = _COMPARED[body["op"]] if holds else _OPPOSITE[_COMPARED[body["op"]]]
        return self._unless_null((body["left"], body["right"]), lambda left, right: f"{left} {sign} {right}")

    def _of_function(self, body: Node, *, holds: bool) -> str:
        name, inputs, options = _called(body)
        first = inputs[0]
        if name == "Not":
            return self._condition(first, holds=not holds)
        if name in ("IsNull", "IsNotNull"):
            return f"({self.value(first)} is {'' if (name == 'IsNull') == holds else 'not '}None)"
        if name == "FillNull":
            plain, other = self._condition(first, holds=holds), self._condition(first, holds=not holds)
            return f"({plain} or ({self._condition(inputs[1], holds=holds)} and not {other}))"
        if name == "IsBetween" and options["closed"] == "Both":
            low = {"BinaryExpr": {"left": first, "op": "GtEq", "right": inputs[1]}}
            high = {"BinaryExpr": {"left": first, "op": "LtEq", "right": inputs[2]}}
            return self._of_two({"left": low, "op": "And", "right": high}, holds=holds)
        test = self._test(name, inputs, options)
        operands = inputs if name in _OF_TEXTS and "{1}" in test else inputs[:1]
        return self._unless_null(operands, lambda *held: ("" if holds else "not ") + test.format(*held))

    def _test(self, name: str, inputs: list[Node], options: dict[str, Any]) -> str:
        """Writes a test with {0} and {1} for its operands, neither of them null."""
        if name == "IsIn" and not options["nulls_equal"]:
            return f"({{0}} in {self.constant(frozenset(_literal(inputs[1])))})"
        if name == "Contains" and not options["literal"]:
            return f"({self.constant(re.compile(_literal(inputs[1])).search)}({{0}}) is not None)"
        if name not in _OF_TEXTS:
            raise NoRowForm(f"the function {name}")
        return _OF_TEXTS[name]

    def _unless_null(self, nodes: Sequence[Node], write: Callable[..., str], otherwise: str = "") -> str:
        """Writes something of operands: false, or `otherwise`, where one of them is null."""
        operands = [self._held(node) for node in nodes]
        there = " and ".join(f"{bind} is not None" for _, bind in operands if bind)
        whole = write(*(held for held, _ in operands))
        if not there:
            return f"({whole})"
        return f"({whole} if {there} else {otherwise})" if otherwise else f"({there} and {whole})"

    def _held(self, node: Node) -> tuple[str, str]:
        """Gives a name for a node's value, and what binds it when it is first looked at; a literal needs no look."""
        written = self.value(node)
        if "Literal" in node:
            return written, ""
        if written.isidentifier():
            return written, written
        self._temporary += 1
        return f"t{self._temporary}", f"(t{self._temporary} := {written})"


def _one(node: Node) -> tuple[str, Node]:
    """Gives the kind of a node and what it has; an alias is what it names."""
    if not isinstance(node, dict) or len(node) != 1:
        raise NoRowForm(f"the node {json.dumps(node)[:60]}")
    kind, body = next(iter(node.items()))
    return _one(body[0]) if kind == "Alias" else (kind, body)


def _called(body: Node) -> tuple[str, list[Node], dict[str, Any]]:
    """Gives a function's name, inputs and options, in whichever family polars keeps it."""
    called = body["function"]
    while isinstance(called, dict):
        name, options = next(iter(called.items()))
        if not (isinstance(options, str) or (isinstance(options, dict) and name in ("Boolean", "StringExpr"))):
            return name, body["input"], options
        called = options
    return str(called), body["input"], {}


def _literal(node: Node) -> Any:
    """Reads a literal; a list's items come as Python's."""
    kind, _ = _one(node)
    if kind != "Literal":
        raise NoRowForm(f"{kind} where only a literal is known")
    value = pl.select(pl.Expr.deserialize(io.BytesIO(json.dumps(node).encode()), format="json")).item()
    return value.to_list() if isinstance(value, pl.Series) else value

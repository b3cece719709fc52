"""Reads Prometheus' text format by its grammar, strictly: what does not fit is an error.

The facts relied on, of the format's version 0.0.4: UTF-8, lines that end with a line feed, the last one too; a
name is `[a-zA-Z_:][a-zA-Z0-9_:]*`, a label's `[a-zA-Z_][a-zA-Z0-9_]*`; HELP and TYPE at most once a name and before
its samples, all lines of a name together; in HELP `\\` and line feed are escaped, in a label's value `"` too; a value
is a Go float, `NaN`, `+Inf` or `-Inf`; no two samples of one name and labels.
"""

import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)?\}})? (NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
HELP = re.compile(rf"# HELP ({NAME}) ((?:[^\\\n]|\\[\\n])*)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge|histogram|summary|untyped)")
ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(text: str) -> tuple[Samples, dict[str, str]]:
    """Give the samples, by name and labels, and the kind of each name; raise `ValueError` for what does not fit."""
    samples: Samples = {}
    kinds: dict[str, str] = {}
    helps: set[str] = set()
    order: list[str] = []
    if text and not text.endswith("\n"):
        raise ValueError("the last line does not end")
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        if found := HELP.fullmatch(line):
            name, twice = found[1], found[1] in helps
            helps.add(name)
        elif found := TYPE.fullmatch(line):
            name, twice = found[1], found[1] in kinds
            kinds[name] = found[2]
        elif found := SAMPLE.fullmatch(line):
            name = found[1]
            labels = tuple((n, _plain(v)) for n, v in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
            twice = (name, labels) in samples or len(dict(labels)) < len(labels) or name not in kinds
            samples[name, labels] = float(found[3])
        else:
            raise ValueError(f"line {number} is none of the format: {line}")
        if twice:
            raise ValueError(f"line {number} says again, or too early, what another says: {line}")
        if name not in order:
            order.append(name)
        elif order[-1] != name:
            raise ValueError(f"line {number} stands apart from the others of its name: {line}")
    return samples, kinds


def _plain(value: str) -> str:
    return re.sub(r'\\["\\n]', lambda found: ESCAPES[found[0]], value)

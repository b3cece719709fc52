"""Writes figures in the text format that Prometheus reads (its exposition format, version 0.0.4).

The format is a few lines of grammar, so it is written here and held to the grammar by a test.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Metric", "blocks", "exposition"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One family of figures: its name, what it says, its kind (gauge or counter), and a value for each set of labels.

    >>> print(exposition([Metric("svoc_cases_open", "Open cases.", [({"kind": 'a "twin"'}, 3)])]), end="")
    # HELP svoc_cases_open Open cases.
    # TYPE svoc_cases_open gauge
    svoc_cases_open{kind="a \\"twin\\""} 3
    """

    name: str
    help: str
    samples: Iterable[tuple[Mapping[str, str], float]] = field(default_factory=list)
    kind: str = "gauge"


def exposition(metrics: Iterable[Metric]) -> str:
    """Write metrics as text; one without a sample is left out."""
    return "".join(_block(metric, list(metric.samples)) for metric in metrics)


def blocks(text: str) -> dict[str, str]:
    """Take what `exposition` wrote apart again, a block for each name."""
    begun = text.split("# HELP ")[1:]
    return {block.split(" ", 1)[0]: f"# HELP {block}" for block in begun}


def _block(metric: Metric, samples: list[tuple[Mapping[str, str], float]]) -> str:
    if not samples:
        return ""
    told = metric.help.replace("\\", r"\\").replace("\n", r"\n")
    lines = [f"{metric.name}{_labels(labels)} {_value(value)}\n" for labels, value in samples]
    return f"# HELP {metric.name} {told}\n# TYPE {metric.name} {metric.kind}\n{''.join(lines)}"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _value(value: float) -> str:
    if math.isinf(value) or math.isnan(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))

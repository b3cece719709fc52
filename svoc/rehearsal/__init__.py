"""A made-up town with known truth, in the real formats, for demos, tests and benchmarks."""

from svoc.rehearsal.noise import Noise

__all__ = ["Noise"]

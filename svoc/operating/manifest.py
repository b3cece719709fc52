"""Says what a night was made of, so that anybody can tell years later what its answers rest on."""

import hashlib
import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from svoc.policy import Policy
from svoc.settings import CouncilSettings
from svoc.words.plan import Plan

__all__ = ["manifest_of", "versions"]

BUILT_ON = ("svoc", "polars", "sqlalchemy", "sqlmodel", "rapidfuzz", "pydantic")
"""The distributions that an answer may depend on."""


def manifest_of(
    plan: Plan, policy: Policy, settings: CouncilSettings, *, purpose: str, actor: str, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """Give what a night was made of: inputs, fingerprints, versions, counts, seconds, machine, purpose and actor.

    The inputs themselves (files, hashes, days, rows) are kept with what was taken. `person_model`, `policy` and
    `settings` are hashes: of the model, of the model with the rules of survivorship, and of council.toml as it was in
    force, but for the secret and the folder.
    """
    return {
        "person_model": policy.fingerprint,
        "policy": policy.version,
        "settings": _fingerprint(settings),
        "versions": versions(),
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "architecture": platform.machine()},
        "purpose": purpose,
        "actor": actor,
        "counts": {source: dict(counts) for source, counts in plan.counts.items()},
        "seconds": {step: round(took, 3) for step, took in seconds.items()},
    }


def versions() -> dict[str, str]:
    """Give the versions of svoc, of Python and of what an answer may depend on."""
    return {"python": platform.python_version(), **{name: _version(name) for name in BUILT_ON}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"


def _fingerprint(settings: CouncilSettings) -> str:
    told = settings.model_dump_json(exclude={"folder": True, "council": {"key"}})
    return hashlib.sha256(told.encode()).hexdigest()

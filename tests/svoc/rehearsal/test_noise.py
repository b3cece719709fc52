import ast
from dataclasses import fields
from importlib.resources import files
from itertools import pairwise

import pytest

from svoc.rehearsal.noise import Noise


def test_every_rate_doubles_but_never_beyond_one() -> None:
    plain, doubled = Noise(register_lag=0.35), Noise(register_lag=0.35, initial_only=0.7).doubled()
    assert doubled.register_lag == pytest.approx(0.7)
    assert doubled.initial_only == 1.0
    assert all(getattr(plain.doubled(), field.name) >= getattr(plain, field.name) for field in fields(Noise))


def test_noise_is_multiplied_and_never_negative() -> None:
    assert Noise().times(1) == Noise()
    assert Noise().times(0) == Noise.none()
    assert Noise().times(2) == Noise().doubled()
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="0 or more times"):
            Noise().times(wrong)


def test_no_noise_is_no_rate_at_all() -> None:
    assert {getattr(Noise.none(), field.name) for field in fields(Noise)} == {0.0}


def test_rates_outside_nought_to_one_are_all_named() -> None:
    with pytest.raises(ValueError, match=r"outside: wrong_uprn, glued"):
        Noise(wrong_uprn=1.5, glued=-0.1)


def test_every_rate_says_what_it_is_a_share_of() -> None:
    tree = ast.parse(files("svoc.rehearsal").joinpath("noise.py").read_text("utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef)).body
    for setting, after in pairwise(body):
        if isinstance(setting, ast.AnnAssign):
            assert isinstance(after, ast.Expr), ast.unparse(setting)
            assert isinstance(after.value, ast.Constant)
            assert str(after.value.value).startswith("Share of ")

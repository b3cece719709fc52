"""Which rules decide which fact: a council's own laid over the shipped, and slips refused."""

from typing import Any

import pytest

from svoc.errors import SettingsError
from svoc.survivorship.policy import GROUPS, Survivorship
from svoc.survivorship.rules import RULES
from svoc.words.persons import FACTS

SHIPPED = Survivorship.in_force()


def test_every_golden_fact_is_decided_by_rules_that_there_are() -> None:
    assert [fact for facts in GROUPS.values() for fact in facts] == list(FACTS)
    assert set(SHIPPED.facts) == set(GROUPS)
    assert all(rules and set(rules) <= set(RULES) for rules in SHIPPED.facts.values())


def test_a_council_overrides_one_fact_and_keeps_the_rest() -> None:
    own = Survivorship.in_force({"facts": {"surname": ["most_trusted"]}})

    assert own.facts["surname"] == ("most_trusted",)
    assert {**own.facts, "surname": SHIPPED.facts["surname"]} == SHIPPED.facts
    assert own.trust == SHIPPED.trust


@pytest.mark.parametrize(
    ("source", "kind", "trust"),
    [
        ("ct", "council_tax", 1),
        ("er", "electoral_register", 2),
        ("life_events", "life_events", 3),
        ("lib", "generic", 0),
    ],
)
def test_trust_goes_by_kind(source: str, kind: str, trust: int) -> None:
    assert SHIPPED.trust_of(source, kind) == trust


def test_trust_goes_by_name_where_that_is_higher() -> None:
    own = Survivorship.in_force({"trust": ["library", "council_tax", "generic"]})

    assert [own.trust_of(*named) for named in (("library", "generic"), ("gym", "generic"), ("x", "other"))] == [3, 1, 0]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"facts": {"surnam": ["freshest"]}}, r"no fact that there is: surnam; did you mean surname\?"),
        ({"facts": {"surname": ["freshist"]}}, r"no rule that there is: freshist; did you mean freshest\?"),
        ({"facts": {"surname": "freshest"}}, "surname: expected a list of rules"),
        ({"facts": {"surname": []}}, "surname: expected a list of rules"),
        ({"facts": ["surname"]}, "facts: expected a table"),
        ({"trust": "council_tax"}, "trust: expected a list of sources or kinds"),
        ({"trusted": ["council_tax"]}, r"no setting that there is: trusted; did you mean trust\?"),
    ],
)
def test_a_slip_is_refused(own: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        Survivorship.in_force(own)

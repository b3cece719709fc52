"""The services that a council tells of a change, by the names that routes, sources and informants use for them.

They are those that the government's Tell Us Once service offers an informant, and housing, which some councils add.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["SERVICES", "service_of"]

SERVICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "council_tax": (),
        "benefits": ("housing_benefit", "council_tax_reduction", "council_tax_support"),
        "electoral_register": ("electoral", "electoral_services", "elections"),
        "libraries": ("library", "library_services"),
        "adult_social_care": ("adult_social_services", "social_services"),
        "sundry_debts": ("miscellaneous_income", "housing_benefit_overpayment"),
        "blue_badge": (),
        "concessionary_travel": ("bus_pass",),
        "assisted_waste": ("assisted_bins", "waste"),
        "housing": ("council_housing",),
    }
)
"""A service and the other words for it."""

_KNOWN = {word: service for service, others in SERVICES.items() for word in (service, *others)}


def service_of(word: str) -> str:
    """Give the service that a word means, or the word itself, in small letters, where it means none of ours.

    >>> service_of("Library-Services"), service_of("allotments")
    ('libraries', 'allotments')
    """
    plain = "_".join(word.casefold().replace("-", " ").replace("_", " ").split())
    return _KNOWN.get(plain, plain)

"""How untidy the rehearsal town's systems are: every rate in one place."""

from dataclasses import dataclass, fields, replace
from math import inf


@dataclass(frozen=True, slots=True)
class Noise:
    """Say how often each thing goes wrong in the rehearsal town's extracts.

    Every setting is a share from 0 to 1; its unit is named beside it. The defaults are
    calibrated, not chosen: see `benchmarks/pin_difficulty.py`.

    Raises `ValueError` naming each setting that lies outside 0 to 1.

    >>> Noise(wrong_uprn=0.01).doubled().wrong_uprn
    0.02
    """

    # --- places: what a system writes of a property (share of that system's records, unless said otherwise)
    council_tax_missing_uprn: float = 0.10
    """Share of Council Tax accounts that hold no UPRN."""
    register_missing_uprn: float = 0.08
    """Share of register entries that hold no UPRN."""
    housing_missing_uprn: float = 0.05
    """Share of the third system's records that hold no UPRN."""
    wrong_uprn: float = 0.003
    """Share of records, in any system, that hold a UPRN of another property (mostly a neighbour's)."""
    missing_postcode: float = 0.015
    """Share of records with no postcode."""
    wrong_postcode: float = 0.01
    """Share of records with another postcode (mostly one of the same sector)."""
    untidy_postcode: float = 0.03
    """Share of records whose postcode is right but lower case, unspaced, doubly spaced or with O for 0."""
    address_typo: float = 0.02
    """Share of records with one letter of the street or building name lost, doubled, changed or swapped."""
    dropped_locality: float = 0.15
    """Share of records, where there is a locality, that leave it out."""
    dropped_town: float = 0.02
    """Share of records that leave the post town out."""
    added_county: float = 0.04
    """Share of records that add the county."""
    house_style: float = 0.03
    """Share of records that depart from their own system's abbreviations and word order."""
    flat_restyled: float = 0.10
    """Share of records of flats that write the unit in another form: FLAT A, 12 as 12A, 2/1 as 2F1, GFF."""
    flat_word_dropped: float = 0.03
    """Share of records of flats that leave the word FLAT out: 3, 14 KING ST."""
    unit_dropped: float = 0.01
    """Share of records of flats that name only the building."""
    name_for_number: float = 0.05
    """Share of records of houses with a name and a number that give only the name."""
    number_for_name: float = 0.25
    """Share of records of houses with a name and a number that give only the number."""
    alternative_address: float = 0.04
    """Share of records, where the gazetteer holds an alternative address, that write that one."""
    old_address: float = 0.10
    """Share of records, where the gazetteer holds a historic address, that still write that one."""
    range_shortened: float = 0.20
    """Share of records of a numbered range (10-12) that give one end or another separator."""
    glued: float = 0.003
    """Share of records whose number is run into the street: 16UPPERFORD."""
    repeated_line: float = 0.003
    """Share of records that write one address line twice."""

    # --- people: what a system writes of a person (share of mentions, unless said otherwise)
    forename_typo: float = 0.008
    """Share of mentions with one letter of the forename wrong."""
    surname_typo: float = 0.010
    """Share of mentions with one letter of the surname wrong."""
    nickname: float = 0.03
    """Share of mentions, where the forename has a familiar form, that use it."""
    initial_only: float = 0.18
    """Share of Council Tax mentions that give the forename's initial only."""
    middle_name_dropped: float = 0.5
    """Share of Council Tax mentions, where there is a middle name, that leave it out."""
    swapped_names: float = 0.004
    """Share of mentions with forename and surname in each other's place."""
    previous_surname: float = 0.02
    """Share of mentions of married or divorced women that still have the earlier surname."""
    missing_title: float = 0.05
    """Share of mentions without a title."""
    wrong_title: float = 0.004
    """Share of mentions with a title of the other sex."""
    variant_spelling: float = 0.015
    """Share of mentions, where a name has another accepted spelling, that use it (MOHAMMED, MUHAMMAD)."""
    joined_titles: float = 0.12
    """Share of couples of one surname written MR & MRS J SMITH, the second forename unknown."""
    second_liable_missing: float = 0.12
    """Share of couples of whom Council Tax names only one."""
    not_registered: float = 0.14
    """Share of adults entitled to vote who are not on the register."""
    register_lag: float = 0.35
    """Share of recent movers whose register entry is still at the earlier address."""
    student_registered_twice: float = 0.25
    """Share of students who are on the register at their term-time and at their parents' address."""
    elsewhere: float = 0.06
    """Share of dwellings whose liable person is not resident: landlords, executors, companies."""

    def __post_init__(self) -> None:
        outside = [field.name for field in fields(self) if not 0 <= getattr(self, field.name) <= 1]
        if outside:
            raise ValueError(f"noise settings are shares from 0 to 1; outside: {', '.join(outside)}")

    def times(self, factor: float) -> "Noise":
        """Multiply every rate, none above 1: 1 is as calibrated, 2 twice as untidy, 0 none at all.

        Raises `ValueError` for a factor below 0 or one that is no number.

        >>> Noise(wrong_uprn=0.01, initial_only=0.7).times(3).initial_only
        1.0
        """
        if not 0 <= factor < inf:
            raise ValueError(f"noise is 0 or more times what is calibrated, not {factor}")
        return replace(self, **{field.name: min(1.0, factor * getattr(self, field.name)) for field in fields(self)})

    def doubled(self) -> "Noise":
        """Double every rate, none above 1."""
        return self.times(2)

    @classmethod
    def none(cls) -> "Noise":
        """Give a town in which every system writes everything in full, correctly and in its own style.

        >>> Noise.none().wrong_uprn
        0.0
        """
        return cls(**{field.name: 0.0 for field in fields(cls)})

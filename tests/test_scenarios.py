"""What other systems got wrong, and what must hold instead; the nights are rows of `tests/cases/scenarios.csv`.

Each scene runs through council.toml, files, plan and commit on SQLite. What is said of other systems is what their
public issue trackers say, or what was measured of goldenmatch 3.22 in November 2026.
"""

from svoc.words.decisions import CaseKind
from tests.scenes import LANE, key, played


def test_one_source_record_is_never_in_two_goldens() -> None:
    """HAPI FHIR 4156: accepting both possible matches of a record linked it to two golden records at once."""
    with played("two goldens") as scene:
        members = scene.council.store.yesterday().lane(LANE).members
        assert members["mention"].is_unique().all()


def test_one_match_is_accepted_and_the_other_rejected_without_an_error() -> None:
    """HAPI FHIR 4745: rejecting the second possible match after accepting the first ended in an error."""
    with played("accept and reject"):
        pass


def test_a_golden_record_keeps_nothing_of_a_record_that_was_parted_from_it() -> None:
    """HAPI FHIR 5236: a golden record kept the merged values after a link to it was broken."""
    with played("values after a parting") as scene:
        of = scene.members()
        facts = scene.council.store.persons(LANE).filter(person=of[key("A1")]).row(0, named=True)
        assert (facts["dob"], facts["phone"], facts["records"]) == (None, None, 1)


def test_joining_either_way_round_leaves_no_duplicate_behind() -> None:
    """HAPI FHIR 4287: merged in one of the two directions, golden records stayed listed as possible duplicates."""
    with played("either way round") as scene:
        assert not scene.cases(CaseKind.POSSIBLE_MOVE)
        assert not [case for case in scene.desk.cases() if key("A1") in case.mentions]


def test_a_redirected_identifier_is_never_an_orphan() -> None:
    """HAPI FHIR 5242: clearing left behind the golden records that had been redirected to others, owned by nobody."""
    with played("redirected") as scene:
        state = scene.council.store.yesterday().lane(LANE)
        living = set(state.persons["person"])
        assert living == set(state.members["person"])
        gone = dict(state.forwards.iter_rows())
        assert {scene.last[key(m)] for m in ("A1", "L1", "L2")} <= gone.keys()
        assert set(gone.values()) == {None}, "each leads in one hop to where nobody is any more"


def test_a_stewards_split_is_not_undone_the_next_night() -> None:
    """Goldenmatch: records that a steward had split were joined again by the next run."""
    with played("split undone"):
        pass


def test_a_rejection_outlives_changed_fields() -> None:
    """Goldenmatch: a rejected pair was joined again as soon as any field of either record changed."""
    with played("reject outlives fields"):
        pass


def test_a_rejection_holds_through_a_third_record() -> None:
    """Goldenmatch: a rejected pair was joined through a third record that matched both."""
    with played("through a third"):
        pass


def test_people_are_parted_when_the_evidence_that_joined_them_goes() -> None:
    """Goldenmatch: clusters were never split by themselves when a changed record no longer matched."""
    with played("evidence goes"):
        pass


def test_a_record_that_is_like_two_persons_whom_a_steward_parted_joins_them_no_more() -> None:
    """OpenCR 2: what becomes of a record that matches two persons whose link was broken by hand was left open."""
    with played("parted and met again"):
        pass


def test_twins_are_not_chained_through_a_record_that_may_be_either() -> None:
    """HMPPS Core Person Record vetoes a pair of twins, but a third record that is like both can chain them together."""
    with played("twins"):
        pass


def test_a_bereavement_leaves_each_of_them_what_is_theirs() -> None:
    """Where a joint name is one field under one key, a widow inherits her husband's key and his decisions."""
    with played("bereavement"):
        pass


def test_names_in_another_order_carry_no_decision_to_somebody_else() -> None:
    """Where a party is known by its turn in the name, swapping two names swaps their decisions."""
    with played("party order"):
        pass


def test_a_register_that_numbers_everybody_anew_keeps_every_decision() -> None:
    """Where an elector is known by number, the revised register of each December gives every decision to a stranger."""
    with played("new register"):
        pass


def test_a_decision_sleeps_while_its_record_is_withdrawn_and_wakes_with_it() -> None:
    """Where decisions hang on rows, a record that was deleted and comes back has lost what was decided."""
    with played("withdrawn and back"):
        pass


def test_a_decision_expires_by_the_day_that_the_extracts_speak_of() -> None:
    """Where the clock decides, a rerun of an old night comes to another answer than the night did."""
    with played("expiry"):
        pass


def test_an_unsure_is_asked_again_when_something_has_changed_and_not_before() -> None:
    """Where "skip" is forgotten, the same question comes every morning; where it is for ever, new evidence is lost."""
    with played("unsure"):
        pass


def test_a_doubtful_succession_is_asked_and_the_answer_carries_the_key_over() -> None:
    """Where a matcher guesses between two namesakes of the old register, a son is given his father's decisions."""
    with played("doubtful succession"):
        pass


def test_a_newcomer_of_an_old_name_is_nobodys_successor_when_a_steward_says_so() -> None:
    """Where the only choices are the old ones, a grandson of the same name becomes his grandfather."""
    with played("none of the two"):
        pass

from gazetteer.errors import Fault, FormatError, nearest


def test_a_fault_says_where_what_and_what_was_expected() -> None:
    fault = Fault(4, "UPRN", "is empty", expected="a UPRN", nearest="UPRN", file="llpg.csv")
    assert str(fault) == "llpg.csv, line 4, UPRN: is empty; expected a UPRN; did you mean UPRN?"
    assert str(Fault(None, None, "the file is empty")) == "the file is empty"


def test_an_error_names_its_file_and_counts_its_faults() -> None:
    one = FormatError("llpg.csv", [Fault(1, None, "a NUL byte")])
    assert str(one) == "llpg.csv: 1 fault\n  line 1: a NUL byte"
    many = FormatError("llpg.csv", [Fault(i, None, "a NUL byte") for i in range(1, 61)], total=70)
    assert str(many).splitlines()[0] == "llpg.csv: 70 faults"
    assert str(many).splitlines()[-1] == "  and 20 more"


def test_the_nearest_choice_is_found_in_any_case_or_not_at_all() -> None:
    assert nearest("uprm", ["UPRN", "USRN"]) == "UPRN"
    assert nearest("colour", ["UPRN", "USRN"]) is None

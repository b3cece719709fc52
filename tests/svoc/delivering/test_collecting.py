"""What recipients say of notices is taken down; what is not understood is told in one line, and nothing is lost."""

import json
from datetime import timedelta

import pytest

from svoc.notices.routes import Route
from svoc.store.outbox import acknowledge
from tests.svoc.delivering.conftest import Made
from tests.svoc.delivering.outboxes import NOW, Ear, Outbox

SAID = [{"notice": "n1", "state": "actioned"}, {"notice": "n2", "state": "rejected"}]
ROUTE = Route("name", "library", ("surname",), "data-quality", "consent", escalate_to="council_tax")


@pytest.fixture
def box(outbox: Made) -> Outbox:
    """Give an outbox of which n1 and n2 were sent to the library and t1 to council tax."""
    made = outbox(routes=(ROUTE,))
    for name in ("n1", "n2"):
        made.add(name, person=f"P{name}", reference=name)
    made.add("t1", recipient="council_tax", reference="A1", person="P1")
    made.carry(Ear())
    return made


def left(box: Outbox) -> list[str]:
    return sorted(f"{p.parent.name}/{p.name}" for p in box.box().rglob("*") if p.is_file())


def collected(box: Outbox) -> tuple[int, list[str]]:
    done = box.carry(Ear())
    return done.answers, done.faults


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "notice,state,reason\nn1,actioned,\nn2,Rejected,no such borrower\n"),
        ("a.csv", "\ufeffstate,notice\r\nactioned,n1\r\nrejected,n2\r\n"),
        ("a.json", json.dumps(SAID)),
        ("a.json", json.dumps({"notices": SAID})),
        ("a.jsonl", '{"notice": "n1", "state": "actioned"}\n\n{"notice": "n2", "state": "rejected"}\n'),
    ],
)  # fmt: skip
def test_files_in_each_form_are_taken_down_and_put_by(box: Outbox, name: str, text: str) -> None:
    (box.box() / name).write_text(text, encoding="utf-8")

    assert collected(box) == (2, [])
    states = box.states()
    assert (states["n1"], states["n2"]) == ("actioned", "rejected")
    assert left(box) == [f"taken/{name}"]
    assert collected(box) == (0, [])


def test_a_line_that_is_refused_takes_nothing_from_the_others(box: Outbox) -> None:
    lines = ["notice,state", "n1,actined", ",actioned", "n2,actioned", "t1,actioned", "zzz,rejected"]
    (box.box() / "a.csv").write_text("\n".join(lines), encoding="utf-8")

    answers, faults = collected(box)

    assert answers == 1
    assert box.states()["n2"] == "actioned"
    assert box.states()["t1"] == "sent", "it is another's: no recipient answers for another"
    assert faults == [
        "library: a.csv, line 2, column state: expected acknowledged, actioned or rejected; did you mean actioned?",
        "library: a.csv, line 3, column notice: expected the identifier of a notice",
        "library: a.csv, line 5, column notice: expected a notice that this recipient was sent",
        "library: a.csv, line 6, column notice: expected a notice that this recipient was sent",
    ]
    assert left(box) == ["refused/a.csv"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"[{]"),
        ("a.json", b'"n1"'),
        ("a.json", b"[" * 100_000),
        ("a.csv", b"identifier,what\nn1,actioned\n"),
        ("a.csv", b'notice,state\n"n1,actioned'),
        ("a.csv", b"notice,state\nn1,\xff\xfe\n"),
        ("a.csv", b""),
    ],
    ids=["broken", "a word", "deep", "other columns", "an open quote", "no UTF-8", "empty"],
)
def test_a_file_that_is_no_such_file_is_refused_in_one_line_and_kept(box: Outbox, name: str, content: bytes) -> None:
    (box.box() / name).write_bytes(content)

    answers, faults = collected(box)

    assert (answers, len(faults)) == (0, 1)
    assert "\n" not in faults[0]
    assert left(box) == [f"refused/{name}"]
    assert (box.box() / "refused" / name).read_bytes() == content


def test_files_of_the_same_name_are_both_kept(box: Outbox) -> None:
    for _ in range(2):
        (box.box() / "a.csv").write_text("notice,state\nn1,acknowledged\n", encoding="utf-8")
        collected(box)

    assert left(box) == ["taken/a-2.csv", "taken/a.csv"]


def test_drafts_and_links_are_left_alone(box: Outbox) -> None:
    for name in (".a.csv", "a.part"):
        (box.box() / name).write_text("notice,state\nn1,actioned\n", encoding="utf-8")
    (box.box() / "b.csv").symlink_to(box.box() / ".a.csv")

    assert collected(box) == (0, [])


def test_what_speaks_of_a_notice_that_has_not_gone_waits_for_it(outbox: Made) -> None:
    box = outbox()
    box.add("n1")
    (box.box() / "a.csv").write_text("notice,state\nn1,actioned\n", encoding="utf-8")

    assert box.carry(Ear()).answers == 0, "what is said is heard before anything goes"
    assert left(box) == ["acknowledged/a.csv"]
    assert box.carry(Ear()).answers == 1
    assert box.states() == {"n1": "actioned"}


def test_the_last_word_counts_and_an_acknowledgement_takes_nothing_back(box: Outbox) -> None:
    for said, stands in (("rejected", "rejected"), ("actioned", "actioned"), ("acknowledged", "actioned")):
        (box.box() / "a.csv").write_text(f"notice,state\nn1,{said}\n", encoding="utf-8")
        collected(box)
        assert box.states()["n1"] == stands


class TestOverdue:
    """An acknowledgement that does not come is told of once, without facts."""

    def test_it_is_told_to_whom_the_route_names_once(self, box: Outbox) -> None:
        assert acknowledge(box.store, "n2")
        on_time, late = NOW + timedelta(days=7), NOW + timedelta(days=8)

        assert box.carry(Ear(), now=on_time).escalated == 0
        assert box.carry(Ear(), now=late).escalated == 1
        assert box.carry(Ear(), now=late).escalated == 0
        (file,) = (box.folder / "outbox" / "council_tax").glob("overdue-*.json")
        told = json.loads(file.read_text(encoding="utf-8"))
        assert told == {"overdue": [{"notice": "n1", "recipient": "library", "kind": "name", "due": "2026-11-30"}]}

    def test_where_the_route_names_nobody_nobody_is_told(self, outbox: Made) -> None:
        box = outbox()
        box.add("n1")
        box.carry(Ear())

        assert box.carry(Ear(), now=NOW + timedelta(days=99)).escalated == 0

"""Every read goes through the gate: who else takes persons or records out of the store is named here, with the reason.

A new surface that asks the store itself fails, until it reads by `council.reader(purpose, ...)` or says here why what
it takes is shown to nobody.
"""

import ast
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent / "svoc"

TAKES = frozenset(
    {
        "yesterday", "persons", "mentions_of", "person_of", "decisions", "standing_in", "all_decisions", "past_of",
        "person_on", "members_on", "last_seen", "leads_to", "exported", "frames_of",
    }
)  # fmt: skip
"""What gives rows of persons, of their records, or of decisions about them."""

UNMASKED = frozenset({"standing", "measuring"})
"""What a reader gives to work with, and not to show."""

STORE = frozenset({"store", "self.store", "council.store", "self.council.store", "_store", "self._store"})

ALLOWED = {
    "svoc.accounts.sight": "answers the person themselves of all lanes, for subject-access, and names no third party",
    "svoc.accounts.happened": "the same: what happened to them, without values that no record of theirs held",
    "svoc.accounts.corrections": "writes to whoever was sent a wrong fact the very fields that it was sent",
    "svoc.accounts.erasure": "erases; it shows counts and what it could not reach",
    "svoc.accounts.foreseeing": "supposes that a fact is put right; a desk's reader masks what is shown of it",
    "svoc.accounts.rectification": "puts a fact right and tells who was sent it; it shows neither",
    "svoc.accounts.restriction": "leaves records unused; it shows counts",
    "svoc.accounts.settling": "measures what a right changes against what stands, for the guards; it shows nobody",
    "svoc.accounts.subject": "finds whose the records are that somebody asks about, for subject-access",
    "svoc.accountability.known": "counts what records of processing tell: persons, questions and verdicts, and nobody",
    "svoc.amending": "holds what systems were told against what a plan makes so; it writes notices and shows nobody",
    "svoc.canvassing": "holds the register against what other records bear out; its lists leave out who is protected",
    "svoc.surveying": "counts people by area in whole tens; nobody under protection is counted, and no row is a person",
    "svoc.confirming": "keeps what whoever judges a life event saw, as a hash; it shows nothing",
    "svoc.council": "plans nights on what stands, and finds whose a told event is; it shows neither",
    "svoc.demo": "tells the story of a made-up town",
    "svoc.desk.desk": "decides and takes back; what it shows goes through its reader",
    "svoc.desk.seat": "works with what stands in the lane; what it shows goes through its reader",
    "svoc.desk.shared": "reads once for all desks what stands; what they show of it goes through their readers",
    "svoc.desk.supposing": "supposes decisions on what stands; what it shows goes through its reader",
    "svoc.exchanging": "carries the ledger to another council and back: keys, words and names of stewards",
    "svoc.migration": "lists identifiers and references for a purpose, by its reader",
    "svoc.protecting.who": "asks what stewards have answered, to know whom to hide; it shows nobody",
    "svoc.rollback": "takes nights back, and counts",
    "svoc.running": "plans nights, learns a model and makes figures of quality; no row of a person is shown",
    "svoc.showing": "is what the commands do that show; by readers",
    "svoc.undoing": "plans a refused night again; what it shows of it is masked for its reader's purpose",
    "svoc.verifying.verify": "asks the laws of every lane, and tells figures and identifiers to who runs the store",
}
"""Module -> why it may take rows beside the gate. The gate itself and the rooms of the store are not asked."""


def taken(file: Path) -> set[str]:
    """Name what a module takes from a store, whether by asking it or by importing what asks it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            asked = ast.unparse(node.value)
            by_reader = asked.endswith(("reader", "_reader()")) or ".reader(" in asked
            if (node.attr in TAKES and asked in STORE) or (node.attr in UNMASKED and by_reader):
                found.add(node.attr)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("svoc.store", "svoc.reading")):
            found |= {alias.name for alias in node.names} & TAKES
    return found


def modules() -> dict[str, set[str]]:
    within = (TOP / "reading", TOP / "store")
    files = [file for file in sorted(TOP.rglob("*.py")) if not any(room in file.parents for room in within)]
    return {".".join(file.relative_to(TOP.parent).with_suffix("").parts): taken(file) for file in files}


def test_nothing_reads_beside_the_gate_but_what_is_named_here() -> None:
    beside = {module for module, names in modules().items() if names}

    assert sorted(beside - set(ALLOWED)) == [], "read by council.reader(purpose, ...), or say in ALLOWED why not"
    assert sorted(set(ALLOWED) - beside) == [], "takes nothing any more: strike it from ALLOWED"


def test_a_module_that_asks_the_store_is_seen(tmp_path: Path) -> None:
    for text in (
        "def show(council):\n    return council.store.persons('service')",
        "def show(self):\n    return self._store.yesterday().mentions",
        "from svoc.store.past import past_of",
        "def show(council):\n    return council.reader('debt').standing()",
    ):
        file = tmp_path / "surface.py"
        file.write_text(text, encoding="utf-8")
        assert taken(file), text


def test_nothing_masks_but_the_gate() -> None:
    """A second place that hides facts is one that is forgotten when a fact comes to be."""
    for file in sorted(TOP.rglob("*.py")):
        if TOP / "reading" in file.parents:
            continue
        defined = {
            n.name for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)
        }
        assert not {name for name in defined if name.startswith("masked")}, file.name

"""What a council does about protection, each act noted in the audit trail before it is done."""

from datetime import UTC, date, datetime

from svoc.errors import PurposeRefused
from svoc.policy import Policy
from svoc.protecting.acts import Laid, Waiting, ask, confirm, lay, refuse_unknown, waiting
from svoc.protecting.hiding import OPEN, Shield
from svoc.store.audit import Audit
from svoc.store.store import Store
from svoc.words.audit import Kind
from svoc.words.purposes import Purpose

__all__ = ["Protects"]


class Protects:
    """What `svoc.Council` can do about protection."""

    store: Store
    policy: Policy
    audit: Audit

    def protect(
        self, person: str, kind: str, *, purpose: str, actor: str, because: str, until: date | None = None
    ) -> Laid:
        """Protect a person, from now on and in all that was ever shown of them (`svoc.protecting.lay`).

        `kind` is a word of `svoc.words.protection.Protection`; any purpose may. Whoever becomes one with the person, or
        is parted from them, is protected too. Raises `SettingsError` for no such person or kind, or without a reason.
        """
        reads = self._reading(purpose, actor, because)
        refuse_unknown(kind, person)  # before it is noted for good: what is typed by mistake may be a name
        said = {"purpose": reads.code, "because": because, "persons": [person], "lane": reads.lane}
        with self.audit.acting(Kind.PROTECT, actor=actor, about={"protection": kind}, **said):
            return lay(self.store, person, kind, lane=reads.lane, actor=actor, because=because, until=until)

    def ask_to_clear(self, person: str, *, purpose: str, actor: str, because: str, kind: str | None = None) -> Laid:
        """Ask for a person's protection to be lifted; it holds until a second person confirms (`confirm_clearing`).

        Only a purpose that sees the protected may.
        """
        reads = self._reading(purpose, actor, because, sees=True)
        refuse_unknown(kind, person)
        said = {"purpose": reads.code, "because": because, "persons": [person], "lane": reads.lane}
        with self.audit.acting(Kind.CLEAR, actor=actor, about={"stage": "asked"}, **said):
            return ask(self.store, person, lane=reads.lane, actor=actor, because=because, kind=kind)

    def confirm_clearing(self, number: int, *, purpose: str, actor: str, because: str) -> Laid:
        """Lift protection that somebody else asked to be lifted, for a reason of one's own; only then is it lifted."""
        reads = self._reading(purpose, actor, because, sees=True)
        said = {"purpose": reads.code, "because": because, "lane": reads.lane}
        persons = [w.person for w in waiting(self.store, lane=reads.lane) if w.number == number]
        with self.audit.acting(Kind.CLEAR, actor=actor, persons=persons, about={"stage": "confirmed"}, **said):
            return confirm(self.store, number, lane=reads.lane, actor=actor, because=because)

    def clearings(self, *, purpose: str, actor: str) -> list[Waiting]:
        """List the requests to lift protection that wait for a second person; not why they were made."""
        reads = self._reading(purpose, actor, None, sees=True)
        found = waiting(self.store, lane=reads.lane)
        persons, about = [each.person for each in found], {"stage": "listed"}
        self.audit.note(Kind.CLEAR, actor=actor, purpose=reads.code, lane=reads.lane, persons=persons, about=about)
        return found

    def shield(self, purpose: Purpose) -> Shield:
        """Give what stands between a purpose and those under protection in its lane: nothing, if it sees them."""
        return OPEN if purpose.sees_protected else Shield.of(self.store, purpose.lane)

    def _reading(self, purpose: str, actor: str, because: str | None, *, sees: bool = False) -> Purpose:
        try:
            reads = self.policy.asked_for(purpose, actor=actor, on=datetime.now(UTC).date())
        except PurposeRefused:
            if purpose in self.policy.purposes.purposes:
                self.audit.note(Kind.DENIED, actor=actor, purpose=purpose, because=because)
            raise
        if sees and not reads.sees_protected:
            able = ", ".join(p.code for p in self.policy.purposes.purposes.values() if p.sees_protected)
            raise PurposeRefused(f"the purpose {purpose!r} does not see those under protection; these do: {able}")
        return reads

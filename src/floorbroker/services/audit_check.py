"""Walks the audit trail's chains and finds where one was changed behind our back.

A chain shows what was changed, removed or moved inside it. It cannot show that its end was cut off,
or that somebody who may write to the store made all of it anew: for that the ends that an earlier
walk saw are kept outside the store and compared.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from floorbroker.domain.audit import FIRST, AuditEntry, Flaw, flaw_of
from floorbroker.storage.audit import AuditTrail

PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A chain's last entry, as one walk saw it."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where a chain is broken first, and how; nothing behind it was looked at."""

    number: int
    flaw: Flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One chain.

    Attributes:
        person: The pseudonym.
        end: Its last entry that is as it should be; number 0 if there is none.
    """

    person: str
    end: End
    broken: Break | None


class AuditCheck:
    """Reads only, a page of one chain at a time, also while the bot goes on writing."""

    def __init__(self, trail: AuditTrail, *, page: int = PAGE) -> None:
        """See the class's first line."""
        self._trail = trail
        self._page = page

    async def chains(self, ends: Mapping[str, End]) -> AsyncIterator[Walked]:
        """Every chain there is, and those that there were.

        Args:
            ends: By pseudonym, what an earlier walk saw.
        """
        unmet = set(ends)
        person = await self._trail.next_person("")
        while person is not None:
            unmet.discard(person)
            yield await self.chain(person, ends.get(person))
            person = await self._trail.next_person(person)
        for gone in sorted(unmet):
            yield await self.chain(gone, ends[gone])

    async def chain(self, person: str, seen: End | None = None) -> Walked:
        """One chain, from its first entry to its last or to where it is broken.

        Args:
            seen: Its end as an earlier walk saw it.
        """
        end = End(number=0, digest=FIRST)
        while page := await self._trail.looked_at(person, start=end.number + 1, limit=self._page):
            for entry in page:
                flaw = _flaw(entry, end, seen)
                if entry is None or flaw is not None:
                    broken = Break(number=end.number + 1, flaw=flaw or Flaw.UNREADABLE)
                    return Walked(person=person, end=end, broken=broken)
                end = End(number=entry.number, digest=entry.digest)
        cut_off = seen is not None and seen.number > end.number
        missing = Break(number=end.number + 1, flaw=Flaw.CUT_OFF) if cut_off else None
        return Walked(person=person, end=end, broken=missing)


def _flaw(entry: AuditEntry | None, before: End, seen: End | None) -> Flaw | None:
    if entry is None:
        return Flaw.UNREADABLE
    flaw = flaw_of(entry, number=before.number + 1, previous=before.digest)
    if flaw is None and seen is not None and entry.number == seen.number:
        return None if entry.digest == seen.digest else Flaw.REWRITTEN
    return flaw

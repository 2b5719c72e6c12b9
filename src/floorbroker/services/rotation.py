"""Key rotation: what older master keys have sealed is sealed again with the newest one.

While people trade: each record is one compare-and-set, so whoever reads meanwhile finds the old
seal or the new one, and both keys are at hand. It may end at any moment and be begun again. What
does not open is left as it is, for the key that may yet turn up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from floorbroker.domain.ids import LinkId, UserId
from floorbroker.services.audit import Audit
from floorbroker.services.credentials import Credentials
from floorbroker.services.master_keys import MOST_COUNTED, shown
from floorbroker.storage.sealed import SealedLink, SealedRecords
from floorbroker.vault.keyring import Keyring
from floorbroker.vault.seal import Unsealable

BATCH: Final = 200

_TRIES: Final = 10
"""How often a record that changes under our hands is looked at again."""

_ROUNDS: Final = 10
"""Rounds follow each other until one finds nothing to do, which may be never."""

_SERVICE: Final = UserId("service")
"""The chain of what concerns nobody in particular."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What a rotation came to. Records are links and the audit trail's own key.

    Attributes:
        resealed: Now sealed with the newest key, by this rotation.
        unreadable: Left as they are: tampered with, or sealed with a key that is not here.
        already: Sealed with the newest key before.
    """

    resealed: int
    unreadable: int
    already: int


@dataclass(slots=True)
class _Tally:
    """One rotation's count.

    Attributes:
        shut: What did not open in this round: link id to 1, or the id of a missing key to how many.
        logged: What was logged in an earlier round.
    """

    resealed: int = 0
    shut: dict[str, int] = field(default_factory=dict)
    logged: set[str] = field(default_factory=set)

    def not_opened(self, what: str, why: str, number: int = 1) -> None:
        self.shut[what] = number
        if what not in self.logged:
            self.logged.add(what)
            _log.warning("sealed_record_not_opened", record=what, why=why, number=number)


class Rotation:
    """Re-seals everything that is not sealed with the newest key."""

    def __init__(
        self, records: SealedRecords, credentials: Credentials, audit: Audit, keyring: Keyring
    ) -> None:
        """`credentials` and `audit` seal with the newest key of `keyring`."""
        self._records = records
        self._credentials = credentials
        self._audit = audit
        self._keyring = keyring

    async def run(self, progress: Callable[[int], None] = lambda _done: None) -> Rotated:
        """Rotates until a round finds nothing more to do.

        Args:
            progress: Is told after each batch how many records are done.

        Raises:
            StoreUnavailable: Ended midway; what is done is done, and running again does the rest.
        """
        newest = self._keyring.newest
        already = await self._records.count(newest, limit=MOST_COUNTED)
        already += await self._audit.key_sealed_by() == newest
        tally = _Tally()
        for _ in range(_ROUNDS):
            before = tally.resealed
            tally.shut.clear()
            await self._round(tally, progress)
            if tally.resealed == before:
                break
        done = Rotated(
            resealed=tally.resealed, unreadable=sum(tally.shut.values()), already=already
        )
        await self._tell(done)
        return done

    async def _round(self, tally: _Tally, progress: Callable[[int], None]) -> None:
        """Goes once through everything."""
        await self._reseal_audit_key(tally)
        for key_id in await self._records.keys_in_use():
            if key_id in self._keyring.keys and self._is_old(key_id):
                await self._links_of(key_id, tally, progress)
            elif self._is_old(key_id):
                number = await self._records.count(key_id, limit=MOST_COUNTED)
                tally.not_opened(shown(key_id), "its key is not here", number)

    async def _links_of(self, key_id: str, tally: _Tally, progress: Callable[[int], None]) -> None:
        """As many as there are now: a round ends although somebody goes on with that key."""
        left = await self._records.count(key_id, limit=MOST_COUNTED)
        after: LinkId | None = None
        while batch := await self._records.sealed_by(key_id, after=after, limit=min(BATCH, left)):
            for stored in batch:
                await self._reseal(stored, tally)
            progress(tally.resealed)
            after = batch[-1].link_id
            left -= len(batch)

    async def _reseal(self, stored: SealedLink, tally: _Tally) -> None:
        found: SealedLink | None = stored
        for _ in range(_TRIES):
            if found is None or (found.link is not None and not self._is_old(found.link.sealed_by)):
                return  # meanwhile somebody removed it or sealed it anew
            try:
                if found.link is None:
                    raise Unsealable("unreadable document")
                fresh = self._credentials.resealed(found.link)
            except Unsealable as why:
                tally.not_opened(found.link_id, str(why))
                return
            if await self._records.reseal(found, fresh):
                tally.resealed += 1
                return
            found = await self._records.again(stored.link_id)

    async def _reseal_audit_key(self, tally: _Tally) -> None:
        try:
            tally.resealed += await self._audit.reseal_key()
        except Unsealable as why:
            tally.not_opened("audit key", str(why))

    def _is_old(self, key_id: str) -> bool:
        return key_id not in ("", self._keyring.newest)

    async def _tell(self, done: Rotated) -> None:
        newest = self._keyring.newest
        numbers = {"resealed": done.resealed, "unreadable": done.unreadable}
        _log.info("keys_rotated", newest=newest, **numbers)
        if done.resealed:
            fields = {"newest": newest} | {name: str(count) for name, count in numbers.items()}
            await self._audit.write(_SERVICE, "keys_rotated", fields)

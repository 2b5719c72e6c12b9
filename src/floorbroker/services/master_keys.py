"""Which master keys what is stored needs, and whether they are at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from floorbroker.config import SettingsProblem
from floorbroker.services.audit import Audit
from floorbroker.storage.marks import Marks
from floorbroker.storage.sealed import SealedRecords
from floorbroker.vault.keyring import is_key_id
from floorbroker.vault.seal import Unsealable, Vault, key_of

MOST_COUNTED: Final = 1_000_000

_MARK: Final = "newest key"
_BELONGS_TO: Final = {"what": "newest key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """One master key, or one that is missing.

    Attributes:
        key_id: As the keys have it; what a store says is shown only if it can be a key's id.
        present: It is at hand.
        newest: It seals what is new.
        links: How many links it has sealed; counted no further than `MOST_COUNTED`.
        audit: It has sealed the key behind the audit trail's pseudonyms.
    """

    key_id: str
    present: bool
    newest: bool
    links: int
    audit: bool

    @property
    def needed(self) -> bool:
        """Whether something stored opens with this key only."""
        return self.links > 0 or self.audit


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTrouble:
    """Why what is stored cannot be opened, and the one thing to do. Holds ids, never a key."""

    what: str
    todo: str


class MasterKeys:
    """The keys at hand beside the keys that the store needs."""

    def __init__(
        self, records: SealedRecords, audit: Audit, marks: Marks, vault: Vault, place: str
    ) -> None:
        """`place` is where the operator keeps the keys: the setting's name or the file's path."""
        self._records = records
        self._audit = audit
        self._marks = marks
        self._vault = vault
        self._place = place

    async def check(self) -> None:
        """For a start: everything that is stored can be opened.

        Raises:
            SettingsProblem: It cannot; names the key ids.
        """
        trouble = await self.trouble()
        if trouble is not None:
            raise SettingsProblem(f"{self._place}: {trouble.what} {trouble.todo}")

    async def trouble(self) -> KeyTrouble | None:
        """What keeps stored records from being opened; None if nothing does. Counts nothing."""
        needed = {*await self._records.keys_in_use(), await self._audit.key_sealed_by() or ""}
        missing = sorted({shown(one) for one in needed - self._vault.keyring.keys.keys() - {""}})
        if missing:
            return KeyTrouble(
                what=f"Stored records are sealed with a key that is missing: {', '.join(missing)}.",
                todo="Put it back behind the others.",
            )
        if not await self._audit.key_opens():
            return KeyTrouble(
                what="The audit trail's own key does not open: another master key has taken the "
                "id of the one that sealed it, or the record was changed.",
                todo="Put back the master key that sealed it.",
            )
        return None

    async def uses(self) -> Sequence[KeyUse]:
        """The keys at hand, newest first, then the missing ones."""
        keyring = self._vault.keyring
        audit = await self._audit.key_sealed_by()
        in_use = {*await self._records.keys_in_use(), audit or ""} - {""}
        missing = sorted(in_use - keyring.keys.keys())
        return [
            KeyUse(
                key_id=shown(key_id),
                present=key_id in keyring.keys,
                newest=key_id == keyring.newest,
                links=await self._records.count(key_id, limit=MOST_COUNTED),
                audit=key_id == audit,
            )
            for key_id in (*keyring.keys, *missing)
        ]

    async def serve(self) -> None:
        """Leaves proof of the newest key, so that nobody rotates to one that this process lacks."""
        await self._marks.put(_MARK, self._vault.seal(_MARK, _BELONGS_TO))

    async def not_served(self) -> str | None:
        """Why the bot could not open what is sealed now; None if it could, or never ran."""
        proof, newest = await self._marks.get(_MARK), self._vault.keyring.newest
        if proof is None:
            return None
        if key_of(proof) != newest:
            return (
                f"The bot was started with the key {shown(key_of(proof))} in front, not with "
                f"{newest}. Restart it with the same {self._place}, then rotate."
            )
        try:
            self._vault.open(proof, _BELONGS_TO)
        except Unsealable:
            return (
                f"The bot was started with another key that is called {newest} too. "
                f"Give both the same {self._place}, then rotate."
            )
        return None


def shown(key_id: str) -> str:
    """A key id from the store, if it is one."""
    return key_id if is_key_id(key_id) else "(not a key id)"

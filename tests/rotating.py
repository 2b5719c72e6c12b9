"""Sealed links, and processes with different master keys on one store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.audit import Audit
from floorbroker.services.credentials import Credentials
from floorbroker.services.master_keys import MasterKeys
from floorbroker.services.rotation import Rotation
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.documents import Documents
from floorbroker.storage.marks import Marks
from floorbroker.storage.people import People
from floorbroker.storage.sealed import SealedRecords
from floorbroker.vault.keyring import new_key, parse_keyring
from floorbroker.vault.seal import Vault
from tests.fakes.clock import NOON, ManualClock

CANARY: Final = "canary-5b1f0c9d7e"
"""Is in every credential, and is looked for in everything that is told."""

OLD: Final = new_key("old")
NEW: Final = new_key("new")
BOTH: Final = f"{NEW},{OLD}"
"""What a process has while keys are rotated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What a process has that opens and seals."""

    documents: Documents
    people: People
    records: SealedRecords
    credentials: Credentials
    audit: Audit
    keys: MasterKeys
    rotation: Rotation

    async def opens(self, link: Link) -> bool:
        """Whether the person's credential comes out as they gave it, read anew."""
        stored = await self.people.link(link.user_id, link.link_id)
        assert stored is not None
        return self.credentials.opened(stored) == given(link.link_id)

    async def linked(self, *names: str) -> Sequence[Link]:
        """Stored links with a sealed credential each, of a person each."""
        made = []
        for name in names:
            sealed = self.credentials.sealed(link(name), given(LinkId(name)))
            stored = await self.people.save_link(sealed)
            assert stored is not None
            made.append(stored)
        return made


def process(documents: Documents, keys: str) -> Process:
    """A process with these master keys, newest first, on a started store."""
    keyring = parse_keyring(keys)
    vault = Vault(keyring)
    records, credentials = SealedRecords(documents), Credentials(vault)
    audit = Audit(AuditTrail(documents), vault, ManualClock())
    return Process(
        documents=documents,
        people=People(documents),
        records=records,
        credentials=credentials,
        audit=audit,
        keys=MasterKeys(records, audit, Marks(documents), vault, "CREDENTIAL_MASTER_KEYS"),
        rotation=Rotation(records, credentials, audit, keyring),
    )


def link(name: str) -> Link:
    """Nothing sealed, nothing stored."""
    return Link(
        link_id=LinkId(name),
        user_id=UserId(f"user-{name}"),
        broker=BrokerId("alpaca"),
        environment=Environment.PAPER,
        label=name,
        created_at=NOON,
    )


def given(link_id: LinkId) -> Mapping[str, str]:
    """What the person of that link gave."""
    return {"api_key": f"key of {link_id}", "api_secret": f"{CANARY} of {link_id}"}


async def changed(on: Process, found: Link, **fields: object) -> Link:
    """Stores a change, as a person's command would."""
    present = await on.people.link(found.user_id, found.link_id)
    assert present is not None
    stored = await on.people.save_link(replace(present, **fields))  # type: ignore[arg-type]
    assert stored is not None
    return stored


def tampered(sealed: str) -> str:
    """The same text with another first character of its ciphertext."""
    head, dot, ciphertext = sealed.rpartition(".")
    other = "B" if ciphertext.startswith("A") else "A"
    return f"{head}{dot}{other}{ciphertext[1:]}"

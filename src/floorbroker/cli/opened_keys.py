"""Store and master keys for the commands that look after keys, without the rest of the bot.

They also open where the bot refuses to start for want of a key.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from floorbroker.bootstrap import build_master_keys
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.opening import sentences_for_trouble
from floorbroker.config import Settings
from floorbroker.domain.clock import SystemClock
from floorbroker.services.audit import Audit
from floorbroker.services.credentials import Credentials
from floorbroker.services.master_keys import MasterKeys
from floorbroker.services.rotation import Rotation
from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.opening import open_documents
from floorbroker.storage.sealed import SealedRecords
from floorbroker.vault.opening import KEY_FILE, open_keyring
from floorbroker.vault.seal import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedKeys:
    """What the commands work with."""

    keys: MasterKeys
    rotation: Rotation
    audit: Audit


@asynccontextmanager
async def opened_keys(settings: Settings) -> AsyncIterator[OpenedKeys]:
    """Opens both until the block is left.

    Raises:
        GivenUp: A setting cannot be used, or the store does not answer, also inside the block.
    """
    with sentences_for_trouble(settings):
        _expect_keys(settings)
        vault = Vault(open_keyring(settings))
        documents = open_documents(settings)
        try:
            await documents.start(INDEXES)
            yield _built(settings, documents, vault)
        finally:
            await documents.close()


def _expect_keys(settings: Settings) -> None:
    """At home the first start makes the key; looking after keys makes none."""
    file = settings.data_dir / KEY_FILE
    if settings.credential_master_keys is None and settings.single_user and not file.exists():
        raise GivenUp(f"{file} is not there: the first start makes it.", MISCONFIGURED)


def _built(settings: Settings, documents: Documents, vault: Vault) -> OpenedKeys:
    clock = SystemClock()
    trail = Audit(AuditTrail(documents), vault, clock)
    rotation = Rotation(SealedRecords(documents), Credentials(vault), trail, vault.keyring)
    keys = build_master_keys(settings, documents, vault, clock)
    return OpenedKeys(keys=keys, rotation=rotation, audit=trail)

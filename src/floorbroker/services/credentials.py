"""Credentials on their way into the store and out of it; open only inside a lease."""

import json
from collections.abc import Mapping
from dataclasses import replace

import structlog

from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.people import Link
from floorbroker.vault.seal import Unsealable, Vault, key_of

_log = structlog.get_logger(__name__)


class Credentials:
    """Seals what a person gave, and opens it for the one adapter that needs it."""

    def __init__(self, vault: Vault) -> None:
        """See the class's first line."""
        self._vault = vault

    def sealed(self, link: Link, given: Mapping[str, str]) -> Link:
        """`link` with `given` sealed for it: for this person, broker and environment only."""
        text = self._vault.seal(json.dumps(dict(given)), belongs_to(link))
        return replace(link, sealed=text, sealed_by=key_of(text))

    def opened(self, link: Link) -> Mapping[str, str]:
        """What the person gave, by field; empty where the broker asks for nothing.

        Raises:
            AuthenticationFailed: It was changed, moved or sealed with a key that is not here.
        """
        if not link.sealed and not link.sealed_by:
            return {}
        try:
            given: dict[str, str] = json.loads(self._vault.open(link.sealed, belongs_to(link)))
        except Unsealable as error:
            _log.error("credential_not_opened", broker=link.broker, why=str(error))
            raise AuthenticationFailed(
                "What was stored to reach this account cannot be opened.", broker=link.broker
            ) from None
        return given

    def resealed(self, link: Link) -> Link:
        """`link` with the same credential sealed by the newest key; no key where it was removed.

        Raises:
            Unsealable: It was changed, moved or sealed with a key that is not here.
        """
        if link.removed and not link.sealed:
            return replace(link, sealed_by="")
        given = self._vault.open(link.sealed, belongs_to(link))
        text = self._vault.seal(given, belongs_to(link))
        return replace(link, sealed=text, sealed_by=key_of(text))


def belongs_to(link: Link) -> dict[str, str]:
    """What a sealed credential is bound to; moved anywhere else it does not open."""
    return {
        "what": "credential",
        "user": link.user_id,
        "link": link.link_id,
        "broker": link.broker,
        "environment": link.environment.value,
    }

"""Writes the audit trail: every action that matters, chained per person."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from weakref import WeakValueDictionary

import structlog

from floorbroker.domain.audit import chained
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.people import Link
from floorbroker.services.audit_check import AuditCheck
from floorbroker.storage.audit import AuditTrail
from floorbroker.vault.seal import Unsealable, Vault, key_of

_log = structlog.get_logger(__name__)
_TRIES: Final = 8
_KEY_BELONGS_TO: Final = {"what": "pseudonym key"}


class Audit:
    """Appends; never changes. A person is known to the trail by a keyed pseudonym only."""

    def __init__(self, trail: AuditTrail, vault: Vault, clock: Clock) -> None:
        """The pseudonym key is read, or made, on first use."""
        self._trail = trail
        self._vault = vault
        self._clock = clock
        self._key: bytes | None = None
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def order(self, order: Order) -> None:
        """An order reached a state, filled further, or was asked to be canceled or changed."""
        await self.write(order.user_id, "order", order_fields(order))

    async def link(self, link: Link, action: str) -> None:
        """A link was made or removed."""
        fields = {
            # Not the id itself: the paper link's holds the person's.
            "link": await self.pseudonym(UserId(link.link_id)),
            "broker": link.broker,
            "environment": link.environment.value,
        }
        await self.write(link.user_id, action, fields)

    async def write(self, user_id: UserId, action: str, fields: Mapping[str, str]) -> None:
        """Appends one entry. If the store fails that is logged: orders hold their events too."""
        try:
            await self._append(user_id, action, fields)
        except (StoreUnavailable, Unsealable) as error:
            _log.error("audit_not_written", action=action, error=type(error).__name__)

    async def verify(self, user_id: UserId) -> int | None:
        """The number of the first broken entry in a person's chain; None if it is whole."""
        walked = await AuditCheck(self._trail).chain(await self.pseudonym(user_id))
        return None if walked.broken is None else walked.broken.number

    async def pseudonym(self, user_id: UserId) -> str:
        """The name of a person in the trail."""
        if self._key is None:
            fresh = self._vault.seal(secrets.token_hex(32), _KEY_BELONGS_TO)
            sealed = await self._trail.sealed_key(fresh)
            self._key = bytes.fromhex(self._vault.open(sealed, _KEY_BELONGS_TO))
        return hmac.new(self._key, user_id.encode(), hashlib.sha256).hexdigest()[:32]

    async def key_sealed_by(self) -> str | None:
        """The id of the master key that sealed the pseudonym key; None if there is none yet."""
        sealed = await self._trail.known_key()
        return None if sealed is None else key_of(sealed)

    async def key_opens(self) -> bool:
        """Whether the stored pseudonym key, if there is one, opens with the master keys at hand."""
        sealed = await self._trail.known_key()
        try:
            return sealed is None or bool(self._vault.open(sealed, _KEY_BELONGS_TO))
        except Unsealable:
            return False

    async def reseal_key(self) -> bool:
        """Seals the pseudonym key with the newest master key. The pseudonyms stay what they are.

        Returns:
            Whether it did: False if there is none, it was done already, or somebody else does it.

        Raises:
            Unsealable: It does not open.
        """
        sealed = await self._trail.known_key()
        if sealed is None or key_of(sealed) == self._vault.keyring.newest:
            return False
        fresh = self._vault.seal(self._vault.open(sealed, _KEY_BELONGS_TO), _KEY_BELONGS_TO)
        return await self._trail.reseal_key(sealed, fresh)

    async def _append(self, user_id: UserId, action: str, fields: Mapping[str, str]) -> None:
        person = await self.pseudonym(user_id)
        turn = self._turns.setdefault(person, asyncio.Lock())
        async with turn:  # of this process; the chain itself decides between several
            await self._append_next(person, action, fields)

    async def _append_next(self, person: str, action: str, fields: Mapping[str, str]) -> None:
        for _ in range(_TRIES):
            number, digest = await self._trail.end(person)
            entry = chained(
                person=person,
                number=number + 1,
                at=self._clock.now(),
                action=action,
                fields=fields,
                previous=digest,
            )
            if await self._trail.append(entry):
                return
        raise StoreUnavailable(detail="audit chain contended")


def order_fields(order: Order) -> Mapping[str, str]:
    """What an entry says of an order: ids and amounts only, prices where it has them."""
    request, intent = order.request, order.intent
    changes = intent.changes if intent else None
    given = {
        "limit": request.limit_price,
        "stop": request.stop_price,
        "trail_percent": request.trail_percent,
        "trail_amount": request.trail_amount,
        "take_profit": request.take_profit,
        "stop_loss": request.stop_loss,
        "asked_quantity": changes.quantity if changes else None,
        "asked_limit": changes.limit_price if changes else None,
        "asked_stop": changes.stop_price if changes else None,
    }
    return {
        "order_id": order.order_id,
        "state": order.state.value,
        "broker": order.broker,
        "environment": order.environment.value,
        "symbol": request.instrument.symbol,
        "side": request.side.value,
        "type": request.type.value,
        "quantity": _text(request.quantity),
        "notional": _text(request.notional),
        "filled": _text(order.filled_quantity),
        "intent": f"{intent.kind}:{intent.state}" if intent else "",
        **{name: _text(number) for name, number in given.items() if number is not None},
    }


def _text(number: Decimal | None) -> str:
    """As it is stored: exact, and the same before and after."""
    return "" if number is None else format(number, "f")

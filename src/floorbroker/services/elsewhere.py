"""Open orders at a person's brokers that this bot did not send, or no longer knows that it did.

Shown, so that nobody takes the bot's own list for all there is. Nothing here can be canceled: what
was given elsewhere is ended there.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.errors import BrokerTimeout, FloorbrokerError
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, WORKING, OrderState
from floorbroker.services.accounts import Accounts
from floorbroker.services.listing import SENT
from floorbroker.services.reachable import LinkedAccount, UnreachableLink
from floorbroker.services.sessions import Sessions
from floorbroker.storage.orders import Orders

PATIENCE_SECONDS: Final = 5.0
"""For every account at once: a list that waits for one slow broker is no help."""

_MOST: Final = 500
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedElsewhere:
    """One of them.

    Attributes:
        perhaps_ours: An order of ours in the same instrument has no known outcome: it may be this.
    """

    account: LinkedAccount
    order: BrokerOrder
    perhaps_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """All that answered in time, by account.

    Attributes:
        failed: Links whose orders could not be listed.
        complete: Whether it was possible to ask at all.
    """

    orders: Sequence[PlacedElsewhere] = ()
    failed: Sequence[UnreachableLink] = ()
    complete: bool = True


class Elsewhere:
    """Reads a person's own accounts only."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        orders: Orders,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """See the module's first line."""
        self._accounts = accounts
        self._sessions = sessions
        self._orders = orders
        self._patience = patience_seconds

    async def open(self, user_id: UserId) -> Others:
        """What is open and not ours; whoever fails or is slow is named, and hides nothing else."""
        try:
            async with asyncio.timeout(self._patience):
                accounts, failed = await self._accounts.accounts(user_id)
        except (FloorbrokerError, TimeoutError):
            return Others(complete=False)
        answers = await asyncio.gather(*(self._at(user_id, one) for one in accounts))
        return Others(
            orders=[one for told, _ in answers for one in told],
            failed=[*failed, *(why for _, why in answers if why is not None)],
        )

    async def _at(
        self, user_id: UserId, account: LinkedAccount
    ) -> tuple[Sequence[PlacedElsewhere], UnreachableLink | None]:
        link = account.link
        failure: FloorbrokerError
        try:
            async with asyncio.timeout(self._patience), self._sessions.lease(link) as adapter:
                listed = await adapter.open_orders(account.account)
            return await self._others(user_id, account, listed), None
        except TimeoutError:
            failure = BrokerTimeout(broker=link.broker)
        except FloorbrokerError as error:
            failure = error
        except Exception as error:  # noqa: BLE001  # the edge: the other accounts are shown
            _log.exception("elsewhere_failed", broker=link.broker, error=type(error).__name__)
            failure = FloorbrokerError()
        return (), UnreachableLink(link=link, error=failure)

    async def _others(
        self, user_id: UserId, account: LinkedAccount, listed: Sequence[BrokerOrder]
    ) -> Sequence[PlacedElsewhere]:
        # Read after the broker's list, so that an order sent meanwhile is known to be ours.
        ours = await self._ours(user_id, account, WORKING | UNRESOLVED)
        in_doubt = {
            order.request.instrument.symbol
            for order in ours
            if order.state in UNRESOLVED and order.broker_order_id is None
        }
        others = _without(listed, ours)
        if others:  # closing orders of one that has filled, or the end of one is not known here yet
            others = _without(others, await self._ours(user_id, account, SENT))
        return [
            PlacedElsewhere(
                account=account, order=one, perhaps_ours=one.instrument.symbol in in_doubt
            )
            for one in others
        ]

    async def _ours(
        self, user_id: UserId, account: LinkedAccount, states: frozenset[OrderState]
    ) -> Sequence[Order]:
        key = account.key
        return await self._orders.of_account(
            user_id, key.link_id, key.account_id, states=states, limit=_MOST
        )


def _without(listed: Sequence[BrokerOrder], ours: Sequence[Order]) -> Sequence[BrokerOrder]:
    client_ids = {order.order_id for order in ours}
    broker_ids = {known for order in ours for known in _ids(order)}
    return [
        one
        for one in listed
        if one.order_id not in client_ids and one.receipt.broker_order_id not in broker_ids
    ]


def _ids(order: Order) -> list[str]:
    """Every id that a broker has given to it or to a part of it."""
    legs = (leg.broker_order_id for leg in order.legs)
    return [known for known in (order.broker_order_id, *order.replaced, *legs) if known]

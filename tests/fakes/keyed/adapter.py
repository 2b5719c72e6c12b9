"""The adapter of the keyed exchange: keys reach accounts, and can be revoked."""

from collections.abc import Sequence

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.port import KeyRights
from floorbroker.domain.errors import AuthenticationFailed
from floorbroker.domain.portfolio import BrokerAccount
from tests.fakes.exchange.adapter import ExchangeAdapter
from tests.fakes.exchange.credentials import ExchangeCredentials
from tests.fakes.exchange.venue import Venue
from tests.fakes.keyed.credentials import KeyedCredentials


class KeyedAdapter(ExchangeAdapter):
    """Option `venue`: what it asks; `venue.keys` says which keys fit, and to which accounts."""

    def __init__(self, context: BrokerContext, credentials: KeyedCredentials) -> None:
        """See the class's first line."""
        super().__init__(context, ExchangeCredentials())
        self._given = (credentials.api_key, credentials.api_secret.get_secret_value())
        self._door: Venue = context.options["venue"]

    async def connect(self) -> None:
        """See the port."""
        await super().connect()
        self._reached()

    async def accounts(self) -> Sequence[BrokerAccount]:
        """See the port."""
        await super().accounts()
        return self._reached()

    async def key_rights(self) -> KeyRights:
        """See the port."""
        await self._door.called("key_rights")
        assert self._door.rights is not None
        return self._door.rights

    def _reached(self) -> Sequence[BrokerAccount]:
        accounts = self._door.keys.get(self._given)
        if accounts is None:
            raise AuthenticationFailed("The exchange does not know these keys.", broker="alpaca")
        return accounts

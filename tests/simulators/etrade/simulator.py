"""The simulator: start it, add people, set prices, make it misbehave, look at what it was asked."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Self
from urllib.parse import urlencode
from uuid import uuid4

from tests.simulators.etrade.accounts_api import AccountsApi
from tests.simulators.etrade.authorize_page import PATH, AuthorizePage
from tests.simulators.etrade.desk import Desk
from tests.simulators.etrade.gate import Gate
from tests.simulators.etrade.limits import Limits
from tests.simulators.etrade.listing_api import ListingApi
from tests.simulators.etrade.market import Market
from tests.simulators.etrade.market_api import MarketApi
from tests.simulators.etrade.oauth_api import OAuthApi
from tests.simulators.etrade.options_api import OptionsApi
from tests.simulators.etrade.orders_api import OrdersApi
from tests.simulators.etrade.people import Account, Bank, Person
from tests.simulators.etrade.portfolio_api import PortfolioApi
from tests.simulators.etrade.previews import Previews
from tests.simulators.etrade.sabotage import Sabotage
from tests.simulators.etrade.signing import Signatures
from tests.simulators.etrade.steering import Steering
from tests.simulators.etrade.tokens import AccessToken, App, Office
from tests.simulators.etrade.transactions_api import TransactionsApi


def _utc_now() -> datetime:
    return datetime.now(UTC)


class EtradeSimulator(Steering, Sabotage):
    """E*TRADE's OAuth and v1 API on loopback; see `Steering` and `Sabotage`.

    ```python
    async with EtradeSimulator(now=clock.now) as sim:
        app = sim.add_app("key", "secret")
        anna = sim.add_person("anna", cash="10000")
        sim.market.set("AAPL", bid="200.10", ask="200.12")
        token = sim.grant(anna, app.key)
        http = httpx.AsyncClient(transport=SentTo(sim.url), trust_env=False)
    ```

    Attributes:
        market: Prices, names and option contracts; see `Market`.
        office: Applications and tokens; see `Office`.
        orders_bodies: The raw body of every order request that was carried out or refused.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        signed_now: Callable[[], datetime] | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Times are aware; with `ssl_context` it speaks TLS.

        Args:
            signed_now: The clock that oauth_timestamp is held against, if it is another: the SDK
                stamps with this machine's unless it is told otherwise.
        """
        self.market = Market(now)
        self.office = Office(now)
        self.orders_bodies: list[bytes] = []
        self._bank = Bank()
        self._signatures = Signatures(signed_now or now)
        desk = Desk(self.market, Previews(now), now)
        listing = ListingApi(desk, self._bank)
        routes = [
            *OAuthApi(self.office).routes(),
            *AuthorizePage(self.office, self._bank).routes(),
            *OrdersApi(desk, self._bank, self.orders_bodies).routes(),
            *listing.routes(),
            *AccountsApi(desk, self._bank).routes(),
            *PortfolioApi(desk, self._bank).routes(),
            *TransactionsApi(desk, self._bank).routes(),
            *MarketApi(self.market).routes(),
            *OptionsApi(self.market).routes(),
        ]
        Steering.__init__(self, desk, listing)
        gate = Gate(routes, self.office, self._signatures, Limits(now))
        Sabotage.__init__(self, gate, ssl_context=ssl_context)

    async def __aenter__(self) -> Self:
        """Listens on a free port; requests may be signed for it from then on."""
        await super().__aenter__()
        self._signatures.hosts.add(self.url)
        return self

    # Applications and people

    def add_app(
        self,
        consumer_key: str | None = None,
        consumer_secret: str | None = None,
        *,
        callback: str | None = None,
        tells_token: bool = True,
    ) -> App:
        """An application with a key.

        Args:
            callback: The address that is registered for the key: browsers are sent there.
            tells_token: Whether they bring oauth_token along; see `App`.
        """
        app = App(
            key=consumer_key or uuid4().hex,
            secret=consumer_secret or uuid4().hex,
            callback=callback,
            tells_token=tells_token,
        )
        self.office.apps[app.key] = app
        return app

    def add_person(
        self,
        name: str | None = None,
        *,
        accounts: Sequence[Account] | None = None,
        cash: str | Decimal = "100000",
        positions: Mapping[str, str] | None = None,
    ) -> Person:
        """Somebody with one cash account, or with these; see `Account` for kinds and levels.

        Args:
            cash: Of the first account, if no accounts are given.
            positions: Of the first account: symbols and quantities, at what they are worth now.
        """
        own = list(accounts) if accounts is not None else [Account(cash=Decimal(cash))]
        person = Person(name=name or f"person {len(self._bank.people) + 1}", accounts=own)
        self._bank.people.append(person)
        for symbol, quantity in (positions or {}).items():
            self.give(person.account, symbol, quantity)
        return person

    # Links

    def grant(self, person: Person, consumer_key: str) -> AccessToken:
        """An access token without a browser."""
        return self.office.grant(person, self.office.apps[consumer_key])

    def accept(self, request_token: str, person: Person) -> str:
        """What the page does when `person` accepts; the verifier."""
        return self.office.accept(self.office.requests[request_token], person)

    def revoke(self, token: AccessToken) -> None:
        """At E*TRADE's side: it opens nothing any more."""
        token.revoked = True

    def page(self, consumer_key: str, request_token: str) -> str:
        """Where a browser goes for us.etrade.com's page."""
        return f"{self.url}{PATH}?{urlencode({'key': consumer_key, 'token': request_token})}"
